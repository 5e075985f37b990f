"""Readers: one module per format, each turning survey files into the two tables.

A reader is a module of this package with two functions,
`read(options, dataset) -> Iterator[SurveyTables]` and `count(options, dataset) -> int`,
the number of objects with a class in use; options are the section of its name in the
data set's configuration. A new one needs its module and its section in
config/schema.yaml, nothing else.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transients.tables import SurveyTables


@dataclass(frozen=True)
class Dataset:
    """What a reader knows of the data set it reads.

    files are the resolved paths of the reader's option "files", taxonomy the file
    that maps survey labels to classes. A reader with an option "parts" delivers its
    share number `part` of that many; the others are always asked for part 0 of 1.
    Of light curves that are not `labelled` no label is looked for, and all are of the
    first class: they are to be classified.
    """

    name: str
    classes: tuple[str, ...]
    passbands: tuple[str, ...]
    files: Mapping[str, Path]
    taxonomy: Path
    part: int = 0
    parts: int = 1
    labelled: bool = True


def read(
    reader: str, options: Mapping[str, Any], dataset: Dataset
) -> Iterator[SurveyTables]:
    """Return the portions of a data set that the reader of that name delivers."""
    module = importlib.import_module(f"transients.readers.{reader}")
    portions: Iterator[SurveyTables] = module.read(options, dataset)
    return portions
