"""Fetch the light curves of a label table's objects from the ALeRCE broker.

Every answer is checked and stored at once, so that whatever ends a run, the next one
asks only for what is not there yet. An object that the broker does not know is not
asked for again; whatever else failed is. Both are listed in missing.csv beside the
light curves (readers/alerce/files.py).

Options of the fetching (in the section alerce of a data set, see readers/alerce.py):

url
    The broker's address, https://api.alerce.online by default.
connections
    Requests at a time, 4 by default.
max_failed
    Objects that may be left without a light curve because fetching them failed, 0 by
    default; they are asked for again in the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
from tqdm import tqdm

from transients.errors import DataError
from transients.fetching.alerce_client import (
    FAILED,
    FETCHED,
    UNKNOWN,
    Broker,
    Outcome,
    Patience,
)
from transients.fetching.alone import alone
from transients.jobs import whole_outputs
from transients.readers import Dataset
from transients.readers.alerce import labels
from transients.readers.alerce.files import (
    MISSING,
    MISSING_COLUMNS,
    light_curve_file,
    read_missing,
)

log = logging.getLogger(__name__)

URL = "https://api.alerce.online"
CONNECTIONS = 4
PASSES = 2
"""What failed is asked for once more at the end."""

GIVE_UP = 10
"""Objects that fail in a row before no more are asked for: the broker is down."""


def fetch(
    options: Mapping[str, Any],
    dataset: Dataset,
    terminal: TextIO,
    patience: Patience | None = None,
) -> pd.DataFrame:
    """Fetch what is not there yet; return object_id, status and message of each object.

    The objects are those of classes in use, in the order of the label table. A progress
    bar goes to terminal, if it is one. Raises DataError if more than max_failed objects
    failed.
    """
    names = labels(options, dataset)[0]["object_id"].tolist()
    folder = dataset.files["light_curves"]
    files = {name: light_curve_file(folder, name) for name in names}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be made ({error}); name another folder:"
            f" datasets.{dataset.name}.alerce.files.light_curves"
        ) from error
    before = read_missing(folder)
    outcomes = {n: before[n] for n in names if n in before and before[n][0] == UNKNOWN}
    wanted = [n for n in names if n not in outcomes and not files[n].exists()]
    log.info("%d of %d light curves are to be fetched", len(wanted), len(names))
    broker = Broker(options.get("url", URL), folder, patience or Patience())
    bar = tqdm(
        total=len(wanted),
        desc=dataset.name,
        file=terminal,
        disable=not terminal.isatty(),
    )
    try:
        with bar:
            connections = options.get("connections", CONNECTIONS)
            _fetch_all(wanted, broker, connections, outcomes, bar)
    finally:
        if not any(file.exists() for file in files.values()):
            _doubt_unknown(outcomes)
        with alone(folder / MISSING):
            # Read again: a run for another data set with this folder may have written.
            _write_missing(folder, read_missing(folder) | outcomes)
    _refuse_failures(outcomes, len(names), options, dataset)
    rows = [(name, *outcomes.get(name, (FETCHED, ""))) for name in names]
    return pd.DataFrame(rows, columns=list(MISSING_COLUMNS))


def _fetch_all(
    names: Sequence[str],
    broker: Broker,
    connections: int,
    outcomes: dict[str, Outcome],
    bar: tqdm,
) -> None:
    """Fill outcomes: ask for all objects, and once more for those that failed."""
    for _ in range(PASSES):
        if names and not broker.stop.is_set():
            _one_pass(names, broker, connections, outcomes, bar)
            names = [name for name in names if outcomes[name][0] == FAILED]
            log.info("%d light curves failed", len(names))


def _one_pass(
    names: Sequence[str],
    broker: Broker,
    connections: int,
    outcomes: dict[str, Outcome],
    bar: tqdm,
) -> None:
    """Ask for each object once, until GIVE_UP in a row have failed."""
    in_a_row = 0
    pool = ThreadPoolExecutor(connections)
    try:
        futures = {pool.submit(broker.fetch, name): name for name in names}
        for n_done, future in enumerate(as_completed(futures), start=1):
            name = futures[future]
            if future.cancelled():
                outcomes.setdefault(
                    name, (FAILED, f"not asked for: {GIVE_UP} in a row had failed")
                )
                continue
            outcomes[name] = future.result()
            failed = outcomes[name][0] == FAILED
            if failed:
                log.warning("%s: %s", name, outcomes[name][1])
            in_a_row = in_a_row + 1 if failed else 0
            if in_a_row == GIVE_UP:
                broker.stop.set()
                for waiting in futures:
                    waiting.cancel()
            bar.update(not failed)
            if n_done % max(1, len(names) // 10) == 0:
                log.info("%d of %d asked for", n_done, len(names))
    except BaseException:
        broker.stop.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _doubt_unknown(outcomes: dict[str, Outcome]) -> None:
    """Ask for unknown objects again: where none is known, the question was wrong."""
    for name, (status, message) in outcomes.items():
        if status == UNKNOWN:
            outcomes[name] = FAILED, f"not one object is known, is url right? {message}"


def _write_missing(folder: Path, outcomes: Mapping[str, Outcome]) -> None:
    """List the objects without a file, if there are any."""
    rows = [
        (name, *outcome)
        for name, outcome in sorted(outcomes.items())
        if not light_curve_file(folder, name).exists()
    ]
    path = folder / MISSING
    if not rows:
        path.unlink(missing_ok=True)
        return
    with whole_outputs(path) as (draft,):
        pd.DataFrame(rows, columns=list(MISSING_COLUMNS)).to_csv(draft, index=False)


def _refuse_failures(
    outcomes: Mapping[str, Outcome],
    n_objects: int,
    options: Mapping[str, Any],
    dataset: Dataset,
) -> None:
    failed = {n: why for n, (status, why) in outcomes.items() if status == FAILED}
    if len(failed) > options.get("max_failed", 0):
        first = "; ".join(f"{name}: {failed[name]}" for name in sorted(failed)[:3])
        raise DataError(
            f"{len(failed)} of {n_objects} light curves could not be fetched ({first});"
            f" {dataset.files['light_curves'] / MISSING} lists them. Run again to ask"
            " for these alone, or allow for some:"
            f" datasets.{dataset.name}.alerce.max_failed"
        )
