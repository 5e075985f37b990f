"""A job of several units: each finished on its own, none trained twice."""

import json
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from transients.errors import DataError
from transients.finished import content_hash
from transients.unit_jobs import UnitJob, by_seed, run_units

TABLES = ("scores", "training", "history", "predictions", "networks")


COMPUTE = {"backend": "tensorflow", "precision": "float32"}


class Table(dict):
    """A table in name alone: pyarrow has threads, and workers are forked."""

    def to_parquet(self, path, *, index):
        assert not index
        path.write_text(json.dumps(self))


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Training in name alone: seeds named in `broken` fail; a line for each begun."""
    begun, broken = tmp_path / "begun", tmp_path / "broken"
    broken.write_text("")
    begun.write_text("")

    def train_unit(columns, decisive, files, ran_on):
        seed = columns["seed"]
        with begun.open("a") as file:
            file.write(f"{seed}\n")
        if str(seed) in broken.read_text().split():
            raise DataError("no object of class ['TDE'] is left")
        row = {**columns, **ran_on, "labels": decisive["labels"]}
        row |= {"input": files.model_input.name}
        row |= {name: path.read_text() for name, path in files.sources.items()}
        row |= {"features": files.features and files.features.read_text()}
        row |= {name: path.read_text() for name, path in files.scores.items()}
        return {name: Table(row) for name in TABLES}

    training = ModuleType("transients.unit_training")
    training.train_unit = train_unit
    training.UnitFiles = namedtuple("UnitFiles", "model_input sources features scores")
    accelerators = ModuleType("transients.accelerators")
    accelerators.ran_on = lambda: {"host": "node1"}
    accelerators.require_gpu = lambda *_: None
    backends = ModuleType("transients.backends")
    backends.choose_backend = lambda _: None
    backends.computed_with = lambda compute: compute["precision"]
    for module in (training, accelerators, backends):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return lambda: sorted(int(line) for line in begun.read_text().split())


@pytest.fixture
def job(tmp_path):
    content_hash.cache_clear()
    arrays = [tmp_path / "model_input" / name for name in ("points.npy", "labels.npy")]
    sources = [
        {name: tmp_path / f"{name}{seed}.keras" for name in ("ztf", "lsst")}
        for seed in range(4)
    ]
    features, scores = tmp_path / "features.parquet", tmp_path / "scores.parquet"
    (tmp_path / "model_input").mkdir()
    (tmp_path / "logs").mkdir()
    models = [path for by_name in sources for path in by_name.values()]
    for path in (*arrays, *models, features, scores):
        path.write_text(path.name)
    return UnitJob(
        target="bts",
        n_train=20,
        decisive={"labels": 5, "compute": COMPUTE, "forests": ["ztf_forest"]},
        model_input=arrays,
        sources=sources,
        features=[features],
        scores=[scores],
        outputs=[
            [tmp_path / f"units/seed{seed}/{name}.parquet" for name in TABLES]
            for seed in range(4)
        ],
        finished=tmp_path / "finished",
        logs=tmp_path / "logs",
        gpus=0,
        missing_gpu="stop",
    )


def scores(job, seed):
    return json.loads(job.outputs[seed][0].read_text())


def remove_outputs(job):
    """What Snakemake does before it tries a job again."""
    for unit in job.outputs:
        for path in unit:
            path.unlink(missing_ok=True)


@pytest.mark.parametrize("at_once", [1, 3])
def test_every_unit_is_trained_on_what_is_its_own(job, trained, at_once):
    run_units(job, at_once)
    assert trained() == [0, 1, 2, 3]
    assert scores(job, 2) == {
        **{"target": "bts", "n_train": 20, "seed": 2, "host": "node1", "labels": 5},
        "computed_with": "float32",
        **{"input": "model_input", "ztf": "ztf2.keras", "lsst": "lsst2.keras"},
        **{"features": "features.parquet", "ztf_forest": "scores.parquet"},
    }
    assert all(path.is_file() for unit in job.outputs for path in unit)
    assert all(job.log(seed).is_file() for seed in range(4))


def test_a_failed_unit_costs_no_other(job, trained, tmp_path):
    (tmp_path / "broken").write_text("1 3")
    with pytest.raises(DataError) as told:
        run_units(job, at_once=2)
    assert str(told.value) == (
        f"bts, n_train 20, seed 1, 3 (log {job.log(1)}): no object of class ['TDE'] is"
        " left\nThe other 2 of the job's units are kept."
    )
    assert not any(path.exists() for unit in job.outputs for path in unit)
    (tmp_path / "broken").write_text("")
    remove_outputs(job)
    run_units(job, at_once=2)
    assert trained() == [0, 1, 1, 2, 3, 3]
    assert scores(job, 0)["seed"] == 0


def test_finished_units_are_taken_without_training(job, trained):
    run_units(job, at_once=2)
    remove_outputs(job)
    run_units(job, at_once=2)
    assert trained() == [0, 1, 2, 3]
    assert scores(job, 3)["lsst"] == "lsst3.keras"


def test_a_seed_that_is_added_is_trained_alone(job, trained):
    run_units(replace(job, outputs=job.outputs[:3]), at_once=2)
    run_units(job, at_once=2)
    assert trained() == [0, 1, 2, 3]


def test_other_data_of_one_source_train_its_seed_again(job, trained):
    run_units(job, at_once=2)
    job.sources[1]["lsst"].write_text("another")
    content_hash.cache_clear()
    run_units(job, at_once=2)
    assert trained() == [0, 1, 1, 2, 3]
    assert scores(job, 1)["lsst"] == "another"


@pytest.mark.parametrize(("given", "name"), [(0, "features"), (1, "ztf_forest")])
def test_other_features_or_scores_train_all_again(job, trained, given, name):
    run_units(job, at_once=2)
    [job.features, job.scores][given][0].write_text("another")
    content_hash.cache_clear()
    run_units(job, at_once=2)
    assert trained() == sorted([0, 1, 2, 3] * 2)
    assert scores(job, 1)[name] == "another"


def test_strategies_may_start_from_nothing_at_all(job, trained):
    bare = {**job.decisive, "forests": []}
    job = replace(job, sources=[], features=[], scores=[], decisive=bare)
    run_units(job, at_once=2)
    assert trained() == [0, 1, 2, 3]
    assert scores(job, 2)["features"] is None


def test_source_models_are_those_of_a_seed_in_the_order_of_their_names():
    paths = ["lsst/seed0", "ztf/seed0", "lsst/seed1", "ztf/seed0"]
    assert by_seed(paths, ["lsst", "ztf"]) == [
        {"lsst": Path("lsst/seed0"), "ztf": Path("ztf/seed0")},
        {"lsst": Path("lsst/seed1"), "ztf": Path("ztf/seed0")},
    ]
    assert by_seed([], []) == []


def test_another_configuration_trains_all_again(job, trained):
    run_units(job, at_once=2)
    run_units(replace(job, decisive={**job.decisive, "labels": 6}), at_once=2)
    assert trained() == sorted([0, 1, 2, 3] * 2)
    assert scores(job, 0)["labels"] == 6


def test_where_it_runs_does_not_decide_the_result(job, trained):
    run_units(job, at_once=2)
    run_units(replace(job, gpus=1, missing_gpu="warn"), at_once=1)
    assert trained() == [0, 1, 2, 3]
