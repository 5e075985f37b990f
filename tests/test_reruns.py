"""What a change makes again: all that depends on it, and nothing else.

Jobs are planned, not run: a finished run is feigned, with empty results that Snakemake
takes for made (--touch), by a copy of the workflow that may be edited.
"""

import os
import re
import shutil
from contextlib import contextmanager

import numpy as np
import pytest
from command_line import ROOT, said, snakemake
from toy_bts import write_toy_bts

from transients.resources_table import WITHOUT

SCORES = {
    *("collect_performance", "compare_strategies", "compare_label_efficiency"),
    *("compare_training_time", "check_claims", "compare_claims"),
    *("draw_figure", "draw_strategies"),
}
AT_LARGEST = {
    *("find_misclassified", "draw_misclassified"),
    *("diagnose", "draw_diagnostic", "draw_learning"),
    *("score_since_trigger", "draw_since_trigger"),
}
"""What is looked at with the largest number of labels."""
EMBEDDINGS = {"embed_objects", "draw_embeddings"}
LOOKS = {
    *("count_classes", "describe_dataset", "draw_datasheet", "extract_features"),
    *("measure_coverage", "compare_with_sky", "collect_realism", "draw_realism"),
}
OF_BTS = {
    *("ingest", "encode", "list_dropped", "score_target", "classify_bts"),
    *("fine_tune_bts", *LOOKS, *SCORES, *AT_LARGEST, *EMBEDDINGS),
}
"""All that is made of the light curves of the target."""
LAST = {"compare_resources", "record_provenance", "write_pages"}
"""What a complete run says of itself: made again whenever anything is."""

TRAINING_PY = "workflow/scripts/transients/training.py"
DRAW_PY = "workflow/scripts/draw_strategies.py"
STYLE = "workflow/scripts/transients/plotting/transients.mplstyle"


class Finished:
    """A finished run of bts_real.yaml on toy data, and the copy that has made it."""

    def __init__(self, folder):
        self.folder, self.data = folder, folder / "data"
        write_toy_bts(self.data)
        for name in ("workflow", "config", "envs", "profiles"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "Snakefile", folder)
        curves = (self.data / "light-curves").iterdir()
        self.dates = {path: path.stat().st_mtime_ns for path in curves}
        summary = self._snakemake("--summary").stdout.splitlines()[1:]
        for path in (folder / "run" / line.split("\t")[0] for line in summary):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            if path.suffix == ".npy":
                np.save(path, np.zeros((1, 1)))
        self._snakemake("--touch", "--forceall")

    def _snakemake(self, *arguments, overlay=()):
        process = snakemake(
            *(self.folder / "run", "--cores", 1, *arguments),
            *("--configfile", self.folder / "config/bts_real.yaml", *overlay),
            *("--config", f"data_dir={self.data}"),
            *("--snakefile", self.folder / "Snakefile"),
        )
        assert process.returncode == 0, said(process)
        return process

    def planned(self, overlay=None):
        """The jobs of each rule that would run now."""
        if overlay is not None:
            (self.folder / "overlay.yaml").write_text(overlay)
            overlay = [self.folder / "overlay.yaml"]
        jobs = self.jobs(overlay=overlay or ())
        return {rule: n for rule, n in jobs.items() if rule not in LAST}

    def jobs(self, *options, overlay=()):
        """The jobs of each rule that would run now with these options."""
        text = said(self._snakemake("-n", *options, overlay=overlay))
        if "Nothing to be done" in text:
            return {}
        table = text.split("Job stats:")[1].split("total")[0]
        jobs = {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table, re.M)}
        return {rule: n for rule, n in jobs.items() if rule != "all"}

    @contextmanager
    def edited(self, path, old, new):
        """Have another text in a file for a while."""
        path = self.folder / path
        text, stat = path.read_text(), path.stat()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        try:
            yield
        finally:
            path.write_text(text)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return Finished(tmp_path_factory.mktemp("a finished run"))


def test_what_runs_after_the_table_of_resources_is_not_in_it(finished):
    assert finished.jobs("--forcerun", "compare_resources").keys() == {*WITHOUT} == LAST


def test_a_size_added_trains_that_size(finished):
    """What is looked at closely is the largest size, which this is not."""
    jobs = finished.planned("experiments: {bts: {n_train: [0, 100, 200, 300, 500]}}")
    assert set(jobs) == {"fine_tune_bts", *SCORES}
    assert jobs["fine_tune_bts"] == 1


def test_a_seed_added_trains_the_target(finished):
    """Units that are finished are not trained again: see test_unit_jobs."""
    jobs = finished.planned("experiments: {bts: {seeds: 6}}")
    assert set(jobs) == {"fine_tune_bts", *SCORES, *AT_LARGEST}


def test_another_class_map_reads_the_data_that_have_it_again(finished):
    with finished.edited("config/taxonomy.csv", "IIb,SN II\n", "IIb,SN Ib/c\n"):
        jobs = finished.planned()
    assert set(jobs) == OF_BTS
    assert jobs["ingest"] == jobs["encode"] == 1


def test_another_class_map_of_the_source_models_reads_nothing_again(finished):
    overlay = "experiments: {bts: {class_map: {SNIIb: SN Ib/c}}}"
    units = {"classify_bts", "fine_tune_bts", "score_target"}
    simulated = {"compare_with_sky", "collect_realism", "draw_realism"}
    expected = {*units, *simulated, *SCORES, *AT_LARGEST, *EMBEDDINGS}
    assert set(finished.planned(overlay)) == expected


def test_another_loss_trains_everything_and_reads_nothing_again(finished):
    with finished.edited(TRAINING_PY, "model.train_on_batch", "model.test_on_batch"):
        jobs = finished.planned()
    networks = {"pretrain", "list_dropped", "classify_bts", "fine_tune_bts"}
    networks |= {"draw_learning_of_sources", *EMBEDDINGS}
    assert set(jobs) == {*networks, *SCORES, *AT_LARGEST}


def test_a_comment_makes_nothing_again(finished):
    with finished.edited(TRAINING_PY, "import keras\n", "import keras  # a comment\n"):
        assert finished.planned() == {}


def test_a_comment_in_a_script_makes_nothing_again(finished):
    with finished.edited(DRAW_PY, "with job(", "# a comment\nwith job("):
        assert finished.planned() == {}


def test_another_statement_in_a_script_runs_its_rule_again(finished):
    with finished.edited(DRAW_PY, "with job(", "more = 1\nwith job("):
        assert set(finished.planned()) == {"draw_strategies"}


def test_another_style_draws_again(finished):
    with finished.edited(STYLE, "font.size", "# bigger\nfont.size"):
        jobs = finished.planned()
    shown = SCORES | LOOKS | AT_LARGEST | EMBEDDINGS
    drawn = {rule for rule in shown if rule.startswith("draw_")}
    assert set(jobs) == {"draw_schematic", "draw_learning_of_sources", *drawn}


def test_a_light_curve_replaced_by_one_of_the_same_size_and_date_is_read(finished):
    path = sorted((finished.data / "light-curves").iterdir())[3]
    with finished.edited(path, "g,", "R,"):
        os.utime(path, ns=(0, finished.dates[path]))
        jobs = finished.planned()
    assert set(jobs) == OF_BTS
    assert jobs["ingest"] == jobs["encode"] == 1
