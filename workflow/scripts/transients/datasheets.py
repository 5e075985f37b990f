"""The data sheet of a data set: what a person looks at before training anything.

Numbers per class, histograms for the drawing, and example light curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transients.encoding import Encoding
from transients.light_curve_statistics import (
    FLUX_IN_WINDOW,
    Histogram,
    Measured,
    measure,
)

ALL = "all"
"""Stands for all classes together."""

LEVELS = (0.05, 0.5, 0.95)
NUMBERS_COLUMNS = ["class", "quantity", "p05", "p50", "p95"]
HISTOGRAM_COLUMNS = ["class", "quantity", "left", "right", "n"]

OBJECTS = "objects"
OBJECTS_IN_EXPERIMENT = "objects in the experiment"
DROPPED = "left out or changed: "
"""Begins the quantity that counts the objects, or observations, of one reason."""

DRAWN = (
    "points in the window",
    "time span [d]",
    "gap between nights [d]",
    "peak flux [FLUXCAL]",
    "peak |S/N|",
    "redshift",
)
"""Quantities per object whose histograms are drawn; beside them FLUX_IN_WINDOW."""

LINEAR = "redshift"
"""Its bins are equally wide, those of the others on a logarithmic axis."""

N_BINS = 24
EXAMPLES_AT = (0.25, 0.5, 0.75)
"""Examples are the objects at these fractions of their class, ordered by peak |S/N|."""


@dataclass(frozen=True)
class DataSheet:
    """The tables behind a data sheet.

    numbers has NUMBERS_COLUMNS: 5th, 50th and 95th percentile over the objects of a
    class, or over their points; single numbers stand under p50. histograms has
    HISTOGRAM_COLUMNS; examples has the points in the window of a few objects of each
    class: class, example (0, 1, ...), object_id, redshift, days (since the trigger or,
    without one, the first observation), passband, flux, flux_err, detected.
    """

    numbers: pd.DataFrame
    histograms: pd.DataFrame
    examples: pd.DataFrame


def describe(
    objects: pd.DataFrame,
    light_curves_path: str | Path,
    encoding: Encoding,
    counts: pd.DataFrame,
    dropped: pd.DataFrame,
) -> DataSheet:
    """Describe a data set as it is and as it enters the experiment.

    objects follows tables.OBJECTS, the light curves are read in portions. counts is
    `dataset, class, n` of what enters the experiment, dropped lists object_id and
    reason.
    """
    measured = measure(light_curves_path, objects, encoding)
    per_object = measured.per_object.assign(
        redshift=objects["redshift"].to_numpy(dtype=float),
        **{"E(B-V) [mag]": objects["mwebv"].to_numpy(dtype=float)},
    )
    vocabulary = pd.CategoricalDtype(list(encoding.classes))
    classes = pd.Series(objects["class"].to_numpy(), dtype=vocabulary)
    numbers = [
        _single(OBJECTS, _of_classes(pd.Series(1, range(len(objects))), classes)),
        _single(OBJECTS_IN_EXPERIMENT, _with_total(counts.set_index("class")["n"])),
        _object_quantiles(per_object.drop(columns="zero_mjd"), classes),
        _known(per_object["redshift"], classes),
        _point_quantiles(measured, encoding),
        count_reasons(dropped),
    ]
    return DataSheet(
        _ordered(pd.concat(numbers, ignore_index=True), encoding.classes),
        _histograms(per_object, measured, classes),
        _examples(objects, light_curves_path, per_object, encoding),
    )


def _single(quantity: str, values: pd.Series) -> pd.DataFrame:
    """One number for each class of the index."""
    rows = {"class": values.index, "quantity": quantity, "p05": np.nan}
    return pd.DataFrame({**rows, "p50": values.to_numpy(dtype=float), "p95": np.nan})


def _of_classes(values: pd.Series, classes: pd.Series) -> pd.Series:
    return _with_total(values.groupby(classes, observed=False).sum())


def _with_total(counts: pd.Series) -> pd.Series:
    return pd.concat([counts.astype(float), pd.Series({ALL: float(counts.sum())})])


def _known(redshift: pd.Series, classes: pd.Series) -> pd.DataFrame:
    n = _of_classes(pd.Series(1, redshift.index), classes)
    share = _of_classes(redshift.notna(), classes) / n.where(n > 0)
    return _single("fraction of objects with a redshift", share)


def _object_quantiles(values: pd.DataFrame, classes: pd.Series) -> pd.DataFrame:
    levels = np.array(LEVELS)
    by_class = values.groupby(classes, observed=False).quantile(levels)
    together = pd.concat({ALL: values.quantile(levels)})
    wide = pd.concat([by_class, together]).rename_axis(["class", "level"])
    wide.columns.name = "quantity"
    long = wide.stack().unstack("level").reset_index()  # noqa: PD010, PD013
    return long.set_axis(NUMBERS_COLUMNS, axis="columns")


def _point_quantiles(measured: Measured, encoding: Encoding) -> pd.DataFrame:
    """Quantiles over points, and the mean and median |flux| in units of flux_scale."""
    names = [*encoding.classes, ALL]
    frames = []
    for quantity, histogram in measured.per_point.items():
        found = histogram.quantiles(LEVELS)
        frames.append(_quantile_rows(quantity, names, found))
        if quantity == FLUX_IN_WINDOW:
            scaled = scaled_flux(encoding.flux_scale)
            frames.append(_quantile_rows(scaled, names, found / encoding.flux_scale))
            means = pd.Series(histogram.means() / encoding.flux_scale, names)
            frames.append(_single(f"mean {scaled}", means))
    return pd.concat(frames)


def scaled_flux(flux_scale: float) -> str:
    """Return the name of |flux| in the window in units of flux_scale [FLUXCAL]."""
    return f"|flux| in the window / {flux_scale:g} FLUXCAL"


def _quantile_rows(
    quantity: str, names: list[str], found: NDArray[np.float64]
) -> pd.DataFrame:
    rows = pd.DataFrame(found, columns=NUMBERS_COLUMNS[2:])
    return rows.assign(**{"class": names}, quantity=quantity)[NUMBERS_COLUMNS]


def count_reasons(dropped: pd.DataFrame) -> pd.DataFrame:
    """Return how many objects, or observations of theirs, each reason names.

    Reasons that begin with a number of observations ("3 near-duplicate observations
    removed") are added up by their words, and so are those that differ in a quoted
    value only, but for the name of a class.
    """
    reasons = dropped["reason"].astype(str)
    parts = reasons.str.extract(r"^(?:(?P<n>\d+) )?(?P<words>.*)$", flags=16)
    words = parts["words"].str.replace(r"^(?!class )(.*?)'.*'", r"\1'...'", regex=True)
    observations = pd.to_numeric(parts["n"])
    objects = words.groupby(words).size()
    objects.index += " [objects]"
    total = observations.groupby(words).sum(min_count=1).dropna()
    total.index += " [observations]"
    counts = pd.concat([objects, total]).sort_index()
    rows = _single("", pd.Series(counts.to_numpy(float), [ALL] * len(counts)))
    return rows.assign(quantity=DROPPED + counts.index.to_numpy(dtype=object))


def _ordered(numbers: pd.DataFrame, classes: tuple[str, ...]) -> pd.DataFrame:
    """Rows class by class, all of them first, quantities in their order."""
    rank = numbers["class"].map({name: i for i, name in enumerate((ALL, *classes))})
    order = rank.sort_values(kind="stable").index
    return numbers.loc[order].reset_index(drop=True)


def _histograms(
    per_object: pd.DataFrame, measured: Measured, classes: pd.Series
) -> pd.DataFrame:
    frames = [_coarse(measured.per_point[FLUX_IN_WINDOW], list(classes.cat.categories))]
    for quantity in DRAWN:
        values = per_object[quantity].to_numpy(dtype=float)
        drawn = np.isfinite(values) & ((values > 0) | (quantity == LINEAR))
        if drawn.any():
            edges = _edges(quantity, values[drawn])
            inside = np.clip(values[drawn], edges[0], edges[-1])
            counts = np.array(
                [
                    np.histogram(inside[classes.cat.codes[drawn] == i], edges)[0]
                    for i in range(len(classes.cat.categories))
                ]
            )
            frames.append(_bins(quantity, list(classes.cat.categories), counts, edges))
    return pd.concat(frames, ignore_index=True)


def _edges(quantity: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of the bins, which hold 99.8 % of the values; the outermost the rest.

    Edges of whole numbers are between them.
    """
    low, high = np.quantile(values, [0.001, 0.999])
    if quantity == LINEAR:
        return np.linspace(low, max(high, low + 0.01), N_BINS + 1)
    edges = np.geomspace(low, max(high, 1.5 * low), N_BINS + 1)
    if quantity.startswith("points"):
        return np.unique(np.round(np.append(edges, edges[-1] + 1))) - 0.5
    return edges


def _coarse(histogram: Histogram, names: list[str], merged: int = 20) -> pd.DataFrame:
    """Merge bins of positive values for drawing."""
    counts = histogram.counts[:, histogram.HALF :]
    counts = counts.reshape(len(counts), -1, merged).sum(axis=2)
    edges = histogram.edges()[histogram.HALF :: merged].clip(Histogram.UNIT / 10)
    return _bins(FLUX_IN_WINDOW, names, counts, edges)


def _bins(
    quantity: str,
    names: list[str],
    counts: NDArray[np.int64],
    edges: NDArray[np.float64],
) -> pd.DataFrame:
    """Return the bins between the first and the last that hold anything."""
    filled = np.flatnonzero(counts.any(axis=0))
    first, last = (filled[0], filled[-1] + 1) if len(filled) else (0, 0)
    counts, edges = counts[:, first:last], edges[first : last + 1]
    n_classes, n_bins = counts.shape
    rows = {
        "class": np.repeat(np.array(names, dtype=object), n_bins),
        "quantity": quantity,
        "left": np.tile(edges[:-1], n_classes),
        "right": np.tile(edges[1:], n_classes),
        "n": counts.ravel(),
    }
    return pd.DataFrame(rows, columns=HISTOGRAM_COLUMNS)


def _examples(
    objects: pd.DataFrame, path: str | Path, per_object: pd.DataFrame, rules: Encoding
) -> pd.DataFrame:
    chosen = _choose(objects["class"].to_numpy(), per_object, rules.classes)
    details = objects.loc[chosen.index, ["object_id", "class", "redshift"]].assign(
        example=chosen, zero_mjd=per_object["zero_mjd"]
    )
    wanted = [("object_id", "in", list(details["object_id"]))]
    columns = ["object_id", "mjd", "passband", "flux", "flux_err", "detected"]
    reading = {"columns": columns, "filters": wanted, "pre_buffer": False}
    points = pq.read_table(path, **reading).to_pandas()
    points = points.merge(details, on="object_id", how="left")
    points["days"] = points["mjd"] - points["zero_mjd"]
    return points[points["days"].between(*rules.window)].drop(
        columns=["mjd", "zero_mjd"]
    )


def _choose(
    labels: NDArray[np.object_], per_object: pd.DataFrame, classes: tuple[str, ...]
) -> pd.Series:
    """Return the rows of the examples and which of its class's examples each is.

    Objects without a point in the window are examples only where a class has no other.
    """
    chosen: dict[int, int] = {}
    in_window = per_object["points in the window"].to_numpy() > 0
    by_snr = np.argsort(per_object["peak |S/N|"].to_numpy(), kind="stable")
    for name in classes:
        of_class = by_snr[labels[by_snr] == name]
        seen = of_class[in_window[of_class]]
        pool = seen if len(seen) else of_class
        ranks = {int(level * len(pool)) for level in EXAMPLES_AT if len(pool)}
        chosen |= {int(pool[rank]): i for i, rank in enumerate(sorted(ranks))}
    return pd.Series(chosen, dtype=np.int64)
