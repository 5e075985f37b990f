"""The tables of the report: which there are, and what of each is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from transients.aggregation import summarise
from transients.averages import AVERAGES

TITLES = {
    "performance": "AUROC of every strategy",
    "paired": "Strategies in pairs",
    "label_efficiency": "Labels that strategies need",
    "claims": "Claims of the paper",
    "claims_by_data": "Claims, by kind of data",
    "calibration": "Calibration of the probabilities",
    "training_time": "Training times",
    "resources": "What the jobs used",
    "class_counts": "Objects of each class",
    "realism": "Simulations beside the target's light curves",
    "ablation": "What each ingredient is worth",
    "provenance": "Configuration and versions",
}

ABOUT = {
    "performance": "Centre and spread over runs, of each class against all others and"
    " of their averages. n_defined of n_runs have an AUROC; counts are the fewest of"
    " any run; few_tested: fewer than 3 test objects of a class in some run.",
    "paired": "Difference of AUROC between two strategies on the same labels and test"
    " objects, mean over runs with its interval. Averages over classes only; each class"
    " is in tables/paired.csv.",
    "label_efficiency": "A strategy with n_train labels is as good as the other with"
    " this many labels. Averages over classes only; each class is in"
    " tables/label_efficiency.csv.",
    "claims": "What the paper says (paper_value), what was measured here, with its"
    " interval over the runs, from lo to hi, and the verdict: a claim holds or fails if"
    " the whole interval is on that side of what it says, else it is undecided."
    " baseline is the training from scratch that it is held against; few_tested: fewer"
    " than 3 test objects of a class that counts, in some run.",
    "claims_by_data": "The verdict on each claim for each kind of data, and with each"
    " from-scratch baseline.",
    "calibration": "Mean over runs (and standard deviation, _sd): accuracy, mean"
    " probability of the predicted class, expected calibration errors, Brier score,"
    " logarithmic loss [nat].",
    "training_time": "Mean over seeds, in seconds; ratio_to_scratch on the same labels"
    " and device.",
    "resources": "Memory [MiB] and time [s] that each job asked for and used.",
    "class_counts": "Objects of each data set that are used.",
    "realism": "How far apart the light curves of the simulation and the target are,"
    " class by class.",
    "ablation": "AUROC without an ingredient minus AUROC with it.",
    "provenance": "What decided this run: configuration, code, packages, data.",
}


def shown_part(name: str, table: pd.DataFrame, centre_and_spread: str) -> pd.DataFrame:
    """Return what the report shows of a table, by the name of its file.

    The runs of the performance table are summed up by centre_and_spread; tables with a
    row for each class are cut to the averages; claims have their verdict beside them.
    """
    if name == "performance":
        return summarise(table, centre_and_spread)
    if name in ("paired", "label_efficiency"):
        return table[table["class"].isin(AVERAGES)]
    if name == "claims":  # the verdict where it is seen on a narrow screen
        first = ["name", "claim", "verdict"]
        return table[first + [column for column in table if column not in first]]
    return table


def provenance_rows(provenance: Mapping[str, Any]) -> pd.DataFrame:
    """Return of, key and value of all that decided a run; keys joined by dots.

    The files that it made are left out.
    """
    rows = [
        (part, ".".join(keys), str(value))
        for part in ("code", "packages", "data", "configuration")
        for keys, value in _leaves(provenance[part], ())
    ]
    return pd.DataFrame(rows, columns=["of", "key", "value"])


def _leaves(tree: Any, keys: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    if not isinstance(tree, Mapping):
        return [(keys, tree)]
    return [
        leaf
        for key, below in tree.items()
        for leaf in _leaves(below, (*keys, str(key)))
    ]
