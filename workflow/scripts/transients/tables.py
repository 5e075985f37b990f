"""The two tables every data set is turned into: their schema, validation and writing.

A data set is one Parquet file of objects and one of photometry. Photometry is long
(one row per observation), grouped by object in the order of the object table and
chronological within each object, so that per-object slices are contiguous.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transients.errors import DataError
from transients.wording import spelt_out

ZERO_POINT = 27.5
"""Zero point of FLUXCAL: flux = 10 ** (0.4 * (27.5 - AB magnitude)) (SNANA manual)."""


def _field(name: str, kind: pa.DataType, meaning: str, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"description": meaning})


OBJECTS = pa.schema(
    [
        _field("object_id", pa.string(), "name, unique within the data set"),
        _field("class", pa.string(), "class in the words of the configuration"),
        _field("ra", pa.float64(), "right ascension, J2000 [deg]", null=True),
        _field("dec", pa.float64(), "declination, J2000 [deg]", null=True),
        _field("mwebv", pa.float64(), "Milky Way E(B-V) [mag]", null=True),
        _field("redshift", pa.float64(), "redshift, heliocentric", null=True),
        _field("trigger_mjd", pa.float64(), "the survey's own trigger [d]", null=True),
    ]
)

RANGES = {
    "ra": (0.0, 360.0),
    "dec": (-90.0, 90.0),
    "mwebv": (0.0, 100.0),
    "redshift": (-0.01, 20.0),
    "trigger_mjd": (0.0, 1e6),
}
"""Lowest and highest value of the numbers in OBJECTS. An E(B-V) [mag] beyond, which no
dust map has, would overflow the fluxes that it corrects."""

LIGHT_CURVES = pa.schema(
    [
        _field("object_id", pa.string(), "object the observation belongs to"),
        _field("mjd", pa.float64(), "time of mid-exposure, MJD [d]"),
        _field("passband", pa.string(), "passband in the words of the configuration"),
        _field("flux", pa.float32(), "difference flux, FLUXCAL (zero point 27.5, AB)"),
        _field("flux_err", pa.float32(), "1-sigma error of flux, FLUXCAL, positive"),
        _field("detected", pa.bool_(), "whether the survey calls it a detection"),
    ]
)

LONGEST_NAME = 200
"""Letters of an object_id. Names are stored as wide as the longest of them."""

STORED_OBJECTS = {"compression": "zstd"}

STORED_LIGHT_CURVES = {
    "compression": "lz4",
    "use_dictionary": ["object_id", "passband"],
    "use_byte_stream_split": ["mjd", "flux", "flux_err"],
}
"""How pyarrow writes the file: a quarter smaller than with zstd, read in a third of
its time. Byte by byte, the exponents of the numbers compress well."""

DROPPED_COLUMNS = ["dataset", "object_id", "reason"]


@dataclass(frozen=True)
class SurveyTables:
    """One portion of a data set, as a reader delivers it.

    objects and light_curves follow OBJECTS and LIGHT_CURVES; dropped lists the
    (object_id, reason) of what the reader left out or changed.
    """

    objects: pd.DataFrame
    light_curves: pd.DataFrame
    dropped: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=DROPPED_COLUMNS[1:])
    )


@dataclass(frozen=True)
class Vocabulary:
    """The classes and passbands that a data set may contain."""

    dataset: str
    classes: Collection[str]
    passbands: Collection[str]


def validate(portion: SurveyTables, vocabulary: Vocabulary) -> None:
    """Raise DataError naming data set, object and column of the first violated rule."""
    _validate_objects(portion.objects, vocabulary)
    _validate_light_curves(portion.light_curves, vocabulary)
    objects = portion.objects["object_id"]
    owners = portion.light_curves["object_id"]
    codes, names = pd.factorize(owners)
    rows = np.append(pd.Index(objects).get_indexer(pd.Index(names)), -1)[codes]
    _refuse(rows < 0, owners, vocabulary, "observations of an object not listed")
    empty = np.bincount(rows, minlength=len(objects)) == 0
    _refuse(empty, objects, vocabulary, "an empty light curve")
    same_object = np.diff(rows, prepend=-1) == 0
    groups = owners[~same_object].reset_index(drop=True)
    misplaced = np.ones(len(groups), dtype=bool)
    misplaced[: len(objects)] = groups[: len(objects)].to_numpy() != objects.to_numpy()
    rule = "light curves not grouped in the order of the object table"
    _refuse(misplaced, groups, vocabulary, rule)
    steps_back = np.diff(portion.light_curves["mjd"], prepend=-np.inf) < 0
    out_of_order = steps_back & same_object
    _refuse(out_of_order, owners, vocabulary, "observations out of chronological order")


def _validate_objects(objects: pd.DataFrame, vocabulary: Vocabulary) -> None:
    names = objects["object_id"]
    _refuse(unreadable(names), names, vocabulary, f"an object_id {UNREADABLE}")
    _refuse(names.duplicated(), names, vocabulary, "an object_id that occurs twice")
    foreign = ~objects["class"].isin(list(vocabulary.classes))
    _refuse(foreign, names, vocabulary, f"a class not in {sorted(vocabulary.classes)}")
    for column, (low, high) in RANGES.items():
        values = objects[column]
        wrong = values.notna() & ~values.between(low, high)
        _refuse(wrong, names, vocabulary, f"{column} outside {low:g} to {high:g}")


def _validate_light_curves(points: pd.DataFrame, vocabulary: Vocabulary) -> None:
    owners = points["object_id"]
    for column in ("mjd", "flux", "flux_err"):
        values = _as_stored(points, column)
        bad = ~np.isfinite(values)
        _refuse(bad, owners, vocabulary, f"{column} that is not a finite number")
        if column == "flux_err":
            _refuse(values <= 0, owners, vocabulary, "flux_err not above zero")
    missing = points["detected"].isna()
    _refuse(missing, owners, vocabulary, "detected that is missing")
    foreign = ~points["passband"].isin(list(vocabulary.passbands))
    known = sorted(vocabulary.passbands)
    _refuse(foreign, owners, vocabulary, f"a passband not in {known}")


UNREADABLE = f"not readable (empty, control characters, or over {LONGEST_NAME} letters)"


def unreadable(names: pd.Series | pd.Index) -> NDArray[np.bool_]:
    """Tell which names (n,) have control characters, none or too many letters."""
    words = pa.array(names, pa.string())
    length = pc.utf8_length(words).to_numpy()
    printable = pc.utf8_is_printable(words).to_numpy(zero_copy_only=False)
    return ~printable | (length == 0) | (length > LONGEST_NAME)


def _as_stored(points: pd.DataFrame, column: str) -> NDArray[np.floating]:
    """Values in the type that they are stored in, too large ones as infinity."""
    kind = LIGHT_CURVES.field(column).type.to_pandas_dtype()
    with np.errstate(over="ignore"):
        return points[column].to_numpy(dtype=float, na_value=np.nan).astype(kind)


def _refuse(
    wrong: pd.Series | NDArray[np.bool_],
    names: pd.Series,
    vocabulary: Vocabulary,
    what: str,
) -> None:
    if wrong.any():
        examples = ", ".join(str(x)[:100] for x in names[wrong].unique()[:3])
        raise DataError(
            f"data set {vocabulary.dataset!r}: {what}: {int(wrong.sum())} rows,"
            f" first in {examples}"
        )


class TablesWriter:
    """Write validated portions to objects.parquet and light_curves.parquet.

    Memory is bounded by one portion. The provenance mapping (reader, parameters,
    source file hashes, seed) goes into the Parquet metadata under "provenance".
    An object_id that returns in a later portion is refused.
    """

    def __init__(
        self,
        objects_path: str | Path,
        light_curves_path: str | Path,
        vocabulary: Vocabulary,
        provenance: Mapping[str, Any],
    ) -> None:
        self.vocabulary = vocabulary
        self._seen: set[str] = set()
        note = {"provenance": json.dumps(provenance, sort_keys=True)}
        self._objects = pq.ParquetWriter(
            objects_path, OBJECTS.with_metadata(note), **STORED_OBJECTS
        )
        self._light_curves = pq.ParquetWriter(
            light_curves_path, LIGHT_CURVES.with_metadata(note), **STORED_LIGHT_CURVES
        )

    def write(self, portion: SurveyTables) -> None:
        """Validate one portion and append it to both files."""
        validate(portion, self.vocabulary)
        names = set(portion.objects["object_id"])
        if again := self._seen & names:
            raise DataError(
                f"data set {self.vocabulary.dataset!r}: an object_id that occurs"
                f" twice: {sorted(again)[:3]}"
            )
        self._seen |= names
        self._objects.write_table(_to_arrow(portion.objects, OBJECTS))
        self._light_curves.write_table(_to_arrow(portion.light_curves, LIGHT_CURVES))

    def __enter__(self) -> TablesWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._objects.close()
        self._light_curves.close()


def join(
    parts: Sequence[tuple[Path, Path]],
    objects_path: str | Path,
    light_curves_path: str | Path,
) -> None:
    """Write the shares of one data set, (objects, light_curves) files, as one.

    Memory is bounded by one row group and the names. The provenance is the first
    share's, with the source files of all. Raises DataError if an object is in two.
    """
    names = pd.concat(
        [pd.read_parquet(path, columns=["object_id"]) for path, _ in parts]
    )["object_id"]
    if len(again := names[names.duplicated()]):
        raise DataError(
            f"object {again.iloc[0]!r} occurs in more than one of the source files"
            f" ({again.nunique()} such objects): give each object a name of its own"
        )
    provenance = read_provenance(parts[0][0])
    for path, _ in parts[1:]:
        provenance["source_files"] |= read_provenance(path)["source_files"]
    note = {"provenance": json.dumps(provenance, sort_keys=True)}
    for target, schema, stored, paths in (
        (objects_path, OBJECTS, STORED_OBJECTS, [path for path, _ in parts]),
        (
            light_curves_path,
            LIGHT_CURVES,
            STORED_LIGHT_CURVES,
            [path for _, path in parts],
        ),
    ):
        schema = schema.with_metadata(note)
        with pq.ParquetWriter(target, schema, **stored) as writer:
            for path in paths:
                with pq.ParquetFile(path) as file:
                    for i in range(file.num_row_groups):
                        rows = file.read_row_group(i)
                        writer.write_table(rows.replace_schema_metadata(note))


def _to_arrow(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pandas(
        frame[schema.names], schema=schema, preserve_index=False
    ).replace_schema_metadata()


def read_tables(
    objects_path: str | Path, light_curves_path: str | Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the object table and the photometry of one data set."""
    return pd.read_parquet(objects_path), pd.read_parquet(light_curves_path)


def read_provenance(path: str | Path) -> dict[str, Any]:
    """Return the provenance recorded in one of a data set's Parquet files."""
    return json.loads(pq.read_schema(path).metadata[b"provenance"])


def dropped_frame(object_ids: Iterable[str], reason: str) -> pd.DataFrame:
    """Return rows (object_id, reason) for the list of what was dropped."""
    return pd.DataFrame({"object_id": list(object_ids), "reason": reason})


def read_dropped(*paths: str | Path) -> pd.DataFrame:
    """Return the rows of lists of what was dropped; an object may be called "NA"."""
    tables = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths]
    return pd.concat(tables, ignore_index=True)


def collect_dropped(dataset: str, *frames: pd.DataFrame) -> pd.DataFrame:
    """Return one table `dataset, object_id, reason` out of several lists.

    Control characters in names and labels are spelt out: each row is one line.
    """
    table = pd.concat(frames, ignore_index=True).assign(dataset=dataset)
    for column in ("object_id", "reason"):
        words = pa.array(table[column], pa.string())
        plain = pc.utf8_is_printable(words).fill_null(True).to_pandas()
        table[column] = table[column].where(plain, table[column][~plain].map(spelt_out))
    return table[DROPPED_COLUMNS]
