"""The two Parquet files of a data set, in portions of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transients.tables import SurveyTables
from transients.trigger import trigger_mjd


def count_rows(light_curves: pq.ParquetFile, names: pd.Series) -> NDArray[np.int64]:
    """Return the number of observations of each named object, (n,)."""
    index = pd.Index(names)
    n_obs = np.zeros(len(index), dtype=np.int64)
    for i in range(light_curves.num_row_groups):
        column = light_curves.read_row_group(i, columns=["object_id"])["object_id"]
        counts = pc.value_counts(column)
        positions = index.get_indexer(counts.field("values").to_pandas())
        n_obs[positions] += counts.field("counts").to_numpy()
    return n_obs


def portions_of(
    chosen: NDArray[np.bool_],
    objects: pd.DataFrame,
    n_obs: NDArray[np.int64],
    light_curves: pq.ParquetFile,
    size: int,
) -> Iterator[SurveyTables]:
    """Yield the chosen objects (n,) with their light curves, size objects at a time.

    light_curves is grouped by object in the order of objects (see transients.tables),
    n_obs (n,) rows each. Memory is bounded by one portion and one row group.
    """
    starts = np.cumsum(n_obs) - n_obs
    members = np.flatnonzero(chosen)
    for first in range(0, len(members), size):
        taken = members[first : first + size]
        lengths = n_obs[taken]
        shift = starts[taken] - np.cumsum(lengths) + lengths
        rows = np.arange(lengths.sum()) + np.repeat(shift, lengths)
        yield SurveyTables(
            objects.iloc[taken].reset_index(drop=True), _take_rows(light_curves, rows)
        )


def _take_rows(file: pq.ParquetFile, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return the given rows, in ascending order, of a Parquet file."""
    groups = range(file.num_row_groups)
    lengths = [file.metadata.row_group(i).num_rows for i in groups]
    tables = [file.schema_arrow.empty_table()]
    for i, (start, stop) in zip(
        groups, pairwise(np.cumsum([0, *lengths])), strict=True
    ):
        wanted = rows[np.searchsorted(rows, start) : np.searchsorted(rows, stop)]
        if len(wanted):
            tables.append(file.read_row_group(i).take(pa.array(wanted - start)))
    return pa.concat_tables(tables).to_pandas()


def with_triggers(tables: SurveyTables, rule: str) -> SurveyTables:
    """Fill in trigger_mjd by a rule of trigger.trigger_mjd where the survey has none.

    The rule "survey" fills in nothing.
    """
    if rule == "survey":
        return tables
    points = tables.light_curves
    owners, _ = pd.factorize(points["object_id"])
    starts = np.unique(owners, return_index=True)[1]
    ours = trigger_mjd(
        points["mjd"].to_numpy(), points["detected"].to_numpy(), starts, rule
    )
    theirs = tables.objects["trigger_mjd"].to_numpy()
    filled = np.where(np.isnan(theirs), ours, theirs)
    return replace(tables, objects=tables.objects.assign(trigger_mjd=filled))
