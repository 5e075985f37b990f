"""From the labels of a survey to the classes of the configuration (taxonomy.csv).

The table has the columns scheme, label and class. A label with an empty class is known
but not used.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset
from transients.readers.tabular import read_text_columns, require_path, suggestion


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
    scheme: str,
    dataset: Dataset,
    source: Path,
    key: str,
    finding: str = "object {name!r} has the label {label!r}",
) -> pd.Series:
    """Return the class of each label, "" where the class is not used.

    labels has the object_id as index; source is the file they come from and key the
    configuration key that names the scheme. finding says in an error message what a
    label is the label of; name is that of the index.
    """
    known = read_scheme(dataset.taxonomy, scheme, key)
    unknown = labels[~labels.isin(list(known))]
    if len(unknown):
        label = unknown.iloc[0]
        found = finding.format(name=unknown.index[0], label=label)
        others = len(unknown.unique()) - 1
        raise DataError(
            f"{source}: {found}, which scheme {scheme!r} of {dataset.taxonomy} does not"
            f" know{suggestion(label, known)}"
            f"{f'; other unknown labels: {others}' if others else ''}."
            f" Add the line '{scheme},{label},CLASS' to it, with no CLASS if objects"
            " of this label shall not be used"
        )
    classes = labels.map(known)
    foreign = classes[~classes.isin(["", *dataset.classes])]
    if len(foreign):
        name = foreign.index[0]
        found = finding.format(name=name, label=labels[name])
        raise DataError(
            f"{source}: {found}, which scheme {scheme!r} of {dataset.taxonomy} makes"
            f" class {foreign.iloc[0]!r}, which is not among"
            f" datasets.{dataset.name}.classes: {', '.join(dataset.classes)}."
            " Add the class there, or empty it in the taxonomy"
        )
    return classes
