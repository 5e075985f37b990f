"""The card of an exported model: what it is, learnt from, and is not for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def model_card(described: Mapping[str, Any]) -> str:
    """Return the card, in Markdown, of a model that model.json describes."""
    training, test = described["training"], described["test"]
    return "\n".join(
        [
            f"# {described['target']}, {described['strategy']}",
            "",
            _what_it_is(described["strategies"]),
            "`transient-transfer classify --model` takes this folder; model.json holds"
            " every constant, and where the model comes from.",
            "",
            "## Data",
            "",
            f"- data set: {training['title']}",
            f"- {_real_or_not(training['real'])}",
            f"- labelled light curves: {training['n_labelled']}"
            f" (seed {training['seed']}); source models:"
            f" {', '.join(training['sources']) or 'none'}; forests of simulated light"
            f" curves: {', '.join(training['forests']) or 'none'}",
            "",
            "## Input",
            "",
            *_input(described),
            "",
            "## Classes and AUROC",
            "",
            f"One class against the rest, on the {test['n']} light curves of the data"
            " set that this model was not trained on:",
            "",
            "| class | tested | AUROC |",
            "|---|---|---|",
            *(_row(row) for row in test["auroc"]),
            "",
            "`macro` is the mean over classes, `macro_common` over the common ones, and"
            " `macro_common_only` the same where only these are tested.",
            "",
            "## Limits",
            "",
            *_limits(described),
            "",
        ]
    )


def _what_it_is(strategies: Sequence[Mapping[str, Any]]) -> str:
    kinds = {
        "network": "A recurrent network gives",
        "trees": "A forest on light-curve features gives",
        "blend": "A blend of what follows gives",
    }
    last = f"{kinds[strategies[-1]['kind']]} the class probabilities of a light curve."
    if len(strategies) == 1:
        return last
    words = {"network": "network", "trees": "forest", "blend": "blend"}
    before = [f"`{one['name']}` ({words[one['kind']]})" for one in strategies[:-1]]
    return f"{last} It builds on {', '.join(before)}."


def _real_or_not(real: bool) -> str:
    if real:
        return "these are real light curves"
    return "these light curves are SIMULATED: of real ones the numbers below say little"


def _input(described: Mapping[str, Any]) -> list[str]:
    encoding, mwebv = described["encoding"], described["mwebv"]
    low, high = encoding["window"]
    bands = [f"{name} ({w:g} um)" for name, w in described["passbands"].items()]
    kind = "detections alone" if described["detections_only"] else "all observations"
    extinction = f"used; where it is missing {mwebv['missing']:.3g} mag is taken"
    return [
        f"- passbands: {', '.join(bands)}",
        f"- difference flux and error, zero point {described['zero_point']:g}; {kind}",
        f"- from {low:g} d to {high:g} d about the trigger ({encoding['trigger']})",
        f"- at least {encoding['min_points']} points in that window; of more than"
        f" {encoding['max_points']} the first ones are used",
        f"- Milky Way E(B-V): {extinction if mwebv['used'] else 'not used'}",
    ]


def _row(row: Mapping[str, Any]) -> str:
    value = "" if row["auroc"] is None else f"{row['auroc']:.3f}"
    return f"| {row['class']} | {row['n_test']} | {value} |"


def _limits(described: Mapping[str, Any]) -> list[str]:
    return [
        "- An object of none of these classes is given to one of them all the same.",
        "- Probabilities carry the mix of classes that the model was trained for, and"
        " have not been calibrated on other samples.",
        "- Another telescope, depth or cadence than that of the data set is untested.",
        "- An alert packet of ZTF goes back 30 days: in it an older object has another"
        " trigger than the model was trained with. Give all that was seen of it.",
        f"- This is one run, of seed {described['training']['seed']}: the tables of the"
        " results show how much runs differ. Classes with few tested objects have an"
        " uncertain AUROC.",
    ]
