"""The command `transient-transfer classify`: probabilities of new light curves.

It ends with 0 when done, 1 for what was not foreseen, 2 for wrong usage, 3 when model
or input is refused; the first line on stderr then says why.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pandas as pd
from tqdm import tqdm

from transients.encoding import ModelInput
from transients.errors import ConfigurationError, DataError, TransientsError
from transients.jobs import INTERRUPTED, whole_outputs
from transients.new_light_curves import read_file
from transients.own_format import READERS, files_read, read_format
from transients.probability_files import STANDARD, SUFFIXES, growing
from transients.standard_input import read_stream
from transients.tables import SurveyTables
from transients.wording import as_one_entry

if TYPE_CHECKING:
    from transients.classifier import Classifier, Show

DONE, FAILED, REFUSED = 0, 1, 3
ENDED_BY_READER = 141
"""As shells tell it of what ends with its reader: 128 + SIGPIPE."""

LONGEST_FILE_NAME = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if bool(options.files) == bool(options.reader):
        parser.error("give files, or --reader and --options, and not both")
    if bool(options.options) != bool(options.reader):
        parser.error("--reader and --options belong together")
    if STANDARD in options.files and len(options.files) > 1:
        parser.error("standard input, -, stands alone")
    try:
        _refuse_paths(options)
        _classify(options)
    except (DataError, ConfigurationError) as error:
        print(f"error: {as_one_entry(str(error))}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:  # of what reads our output: it has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ENDED_BY_READER
    except (TransientsError, OSError) as error:
        print(f"error: {as_one_entry(str(error))}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("stopped: a table that was begun is not kept", file=sys.stderr)
        return INTERRUPTED
    return DONE


def _refuse_paths(options: argparse.Namespace) -> None:
    """Raise ConfigurationError for a table that is read or written as another.

    Also for a folder that is a file.
    """
    read = files_read(Path(options.options)) if options.options else options.files
    used = {Path(file).resolve(): "is read, too" for file in read}
    for name in ("output", "left_out"):
        path = getattr(options, name)
        if not path or path == STANDARD:
            continue
        if use := used.get(Path(path).resolve()):
            option = name.replace("_", "-")
            raise ConfigurationError(f"--{option} {path}: {use}: name another file")
        used[Path(path).resolve()] = f"is --{name}, too"
    if (
        options.plots
        and Path(options.plots).exists()
        and not Path(options.plots).is_dir()
    ):
        raise ConfigurationError(f"--plots {options.plots}: is a file, not a folder")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="transient-transfer",
        description="Use models that the workflow has exported.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    classify = commands.add_parser(
        "classify",
        help="give class probabilities of new light curves",
        description=(
            "Give class probabilities of light curves: files .csv, .csv.gz or .parquet"
            " with the columns object_id, mjd, passband, flux, flux_err (FLUXCAL, zero"
            " point 27.5), and if known detected, mwebv, trigger_mjd; or - for CSV,"
            " JSON lines or ZTF alerts on standard input."
        ),
        epilog=(
            "Exit status: 0 done, 1 unforeseen, 2 usage, 3 model or input refused, 130"
            " interrupted, 141 the reader of the output has ended."
        ),
    )
    add = classify.add_argument
    add("files", nargs="*", metavar="FILE", help="light curves; - is standard input")
    add("--model", required=True, metavar="FOLDER", help="an exported model")
    add(
        "--output",
        required=True,
        type=_table,
        metavar="TABLE",
        help="probabilities: .csv, .parquet, or - for CSV on standard output",
    )
    add(
        "--left-out",
        type=_csv,
        metavar="CSV",
        help="what was left out or changed, and why; default: on standard error",
    )
    add("--reader", choices=READERS, help="a reader of the workflow, for its format")
    add("--options", metavar="YAML", help="its options and files")
    add("--plots", metavar="FOLDER", help="draw each object, in a PNG of its name")
    return parser


def _table(word: str) -> str:
    if word != STANDARD and not word.endswith(SUFFIXES):
        raise argparse.ArgumentTypeError(f"{word!r}: end it in .csv or .parquet")
    return word


def _csv(word: str) -> str:
    if not word.endswith(".csv"):
        raise argparse.ArgumentTypeError(f"{word!r}: end it in .csv")
    return word


def _classify(options: argparse.Namespace) -> None:
    classifier = _load(options.model)
    with ExitStack() as stack:
        table = stack.enter_context(growing(options.output, classifier.columns))
        notes = None
        if options.left_out:
            columns = ["object_id", "reason"]
            notes = stack.enter_context(growing(options.left_out, columns))
        bar = stack.enter_context(tqdm(unit=" objects", disable=None))
        nothing = True
        for portion in _portions(options, classifier):
            nothing = False
            show = _drawing(options.plots, classifier) if options.plots else None
            probabilities, left_out = classifier.classify_tables(portion, show)
            table.write(probabilities)
            if notes is not None:
                notes.write(left_out)
            else:
                _tell(left_out)
            bar.update(len(portion.objects))
        if nothing:
            print("there was no light curve", file=sys.stderr)


def _load(folder: str) -> Classifier:
    """Return the classifier; what TensorFlow prints when it starts is not shown."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    shown = os.dup(2)
    silent = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silent, 2)
        from transients.classifier import Classifier

        return Classifier(folder)
    finally:
        os.dup2(shown, 2)
        os.close(silent)
        os.close(shown)


def _portions(
    options: argparse.Namespace, classifier: Classifier
) -> Iterator[SurveyTables]:
    """Yield the light curves of all that is given, no object in two files."""
    passbands = tuple(classifier.model.encoding.wavelengths)
    if options.files == [STANDARD]:
        yield from read_stream(sys.stdin.buffer, passbands)
        return
    if options.reader:
        yield from read_format(options.reader, Path(options.options), passbands)
    seen: set[str] = set()
    for file in options.files:
        for portion in read_file(Path(file), passbands):
            _refuse_again(portion, seen)
            yield portion


def _refuse_again(portion: SurveyTables, seen: set[str]) -> None:
    """Raise DataError for an object that was in a file before."""
    names = set(portion.objects["object_id"])
    if again := seen & names:
        raise DataError(
            f"object {min(again)!r} is in two of the files: give each object a name of"
            " its own, or its observations in one file"
        )
    seen |= names


def _tell(left_out: pd.DataFrame) -> None:
    for name, reason in left_out[["object_id", "reason"]].itertuples(index=False):
        tqdm.write(as_one_entry(f"{name}: {reason}"), file=sys.stderr)


def _drawing(folder: str, classifier: Classifier) -> Show:
    """Return what draws each object of a portion into a folder."""
    from transients.misclassified import light_curves_of
    from transients.plotting.classified import draw_classified
    from transients.plotting.page import SheetOptions
    from transients.plotting.style import save_figure

    encoding = classifier.model.encoding
    Path(folder).mkdir(parents=True, exist_ok=True)

    def draw(model_input: ModelInput, probabilities: pd.DataFrame) -> None:
        names = probabilities["object_id"].tolist()
        points = light_curves_of(names, model_input, encoding).groupby("object_id")
        for name, *values in probabilities.itertuples(index=False):
            options = SheetOptions(
                str(name),
                encoding.classes,
                encoding.wavelengths,
                encoding.window,
                encoding.flux_scale,
            )
            by_class = dict(zip(encoding.classes, values, strict=True))
            figure = draw_classified(points.get_group(name), by_class, options)
            with whole_outputs(Path(folder, f"{file_name(str(name))}.png")) as drafts:
                save_figure(figure, drafts)

    return draw


def file_name(name: str) -> str:
    """Return a file name for an object: of letters that every file system knows."""
    safe = quote(name, safe=" +()")
    if len(safe) <= LONGEST_FILE_NAME:
        return safe
    return safe[:100] + hashlib.sha256(name.encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
