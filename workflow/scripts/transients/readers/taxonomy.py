"""From the labels of a survey to the classes of the configuration.

A data set's class_map is the name of a scheme of taxonomy.csv, which has the columns
scheme, label and class, or a mapping from label to class in the configuration itself. A
label with an empty class, or null, is known but not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset
from transients.readers.tabular import read_text_columns, require_path, suggestion

ClassMap = str | Mapping[Any, str | None]
"""The name of a scheme, or class by label; YAML may take a label for a number."""


def read_class_map(taxonomy: Path, class_map: ClassMap, key: str) -> dict[str, str]:
    """Return class by label; the class "" means known but not used."""
    if isinstance(class_map, str):
        return read_scheme(taxonomy, class_map, key)
    return {str(label): name or "" for label, name in class_map.items()}


def read_scheme(path: Path, scheme: str, key: str) -> dict[str, str]:
    """Return class by label of one scheme; the class "" means known but not used."""
    require_path(path, "taxonomy")
    columns = {name: name for name in ("scheme", "label", "class")}
    table = read_text_columns(path, columns, "taxonomy")
    rows = table[table["scheme"] == scheme]
    if rows.empty:
        known = sorted(table["scheme"].unique())
        raise ConfigurationError(
            f"{key}: {path} has no scheme {scheme!r}{suggestion(scheme, known)};"
            f" its schemes: {', '.join(known)}"
        )
    twice = rows.loc[rows["label"].duplicated(), "label"]
    if len(twice):
        raise ConfigurationError(
            f"{path}: scheme {scheme!r} has the label {twice.iloc[0]!r} twice"
        )
    return dict(zip(rows["label"], rows["class"], strict=True))


def classify(
    labels: pd.Series,
    class_map: ClassMap,
    dataset: Dataset,
    source: Path,
    key: str,
    finding: str = "object {name!r} has the label {label!r}",
) -> pd.Series:
    """Return the class of each label, "" where the class is not used.

    Where the data set is not labelled, all are of its first class, whatever the label.
    labels has the object_id as index; source is the file they come from and key that of
    class_map in the configuration. finding says in an error message what a label is the
    label of; name is that of the index. Raises DataError for a label that class_map
    does not know, and for a class that the data set does not have.
    """
    if not dataset.labelled:
        return pd.Series(dataset.classes[0], index=labels.index)
    known = read_class_map(dataset.taxonomy, class_map, key)
    by_name = isinstance(class_map, str)
    where = f"scheme {class_map!r} of {dataset.taxonomy}" if by_name else key
    unknown = labels[~labels.isin(list(known))]
    if len(unknown):
        label = unknown.iloc[0]
        found = finding.format(name=unknown.index[0], label=label)
        others = len(unknown.unique()) - 1
        advice = (
            f"the line '{class_map},{label},CLASS' to it, with no CLASS"
            if by_name
            else f"'{label}: CLASS' to it, or '{label}: null'"
        )
        raise DataError(
            f"{source}: {found}, which {where} does not"
            f" know{suggestion(label, known)}"
            f"{f'; other unknown labels: {others}' if others else ''}."
            f" Add {advice} if objects of this label shall not be used"
        )
    classes = labels.map(known)
    foreign = classes[~classes.isin(["", *dataset.classes])]
    if len(foreign):
        name = foreign.index[0]
        found = finding.format(name=name, label=labels[name])
        raise DataError(
            f"{source}: {found}, which {where} makes"
            f" class {foreign.iloc[0]!r}, which is not among"
            f" datasets.{dataset.name}.classes: {', '.join(dataset.classes)}."
            f" Add the class there, or {'empty it' if by_name else 'say null'} in the"
            f" {'taxonomy' if by_name else 'class_map'}"
        )
    return classes
