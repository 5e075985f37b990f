"""Which simulated data sets are compared with a target's own, and shown in what way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transients.configuration import Config, compared_with

ALERTS = "first_detection"
"""The trigger of data sets that have detections alone."""


def as_target_shows(config: Config, target: str) -> dict[str, dict[str, Any]]:
    """Return how the target's data set and those of `realism` are shown, in that order.

    observations: detections, where the target has nothing else and the data set has, or
    all. class_map: from its classes to the target's. class_mix: how often each of its
    classes occurs, None where that is as given.
    """
    experiment = config["experiments"][target]
    ours = config["datasets"][experiment["dataset"]]
    shown = {}
    for name in [experiment["dataset"], *compared_with(config, target)]:
        theirs = config["datasets"][name]
        alerts = ours["trigger"] == ALERTS != theirs["trigger"]
        class_map = _class_map(experiment, ours, theirs)
        mix = experiment.get("realism_mix")
        as_given = mix is None or list(class_map) == list(class_map.values())
        shown[name] = {
            "observations": "detections" if alerts else "all",
            "class_map": class_map,
            "class_mix": None
            if as_given
            else {known: mix[known] for known in class_map},
        }
    return shown


def _class_map(
    experiment: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, str]:
    """Return the class of the target that a class of a data set stands for, if any."""
    own = {name: name for name in ours["classes"]}
    class_map = own | (experiment.get("class_map") or {})
    return {name: class_map[name] for name in theirs["classes"] if name in class_map}


def check_realism(config: Config, target: str) -> Iterator[str]:
    """Yield what is wrong with the comparison of a target, whose data set is known."""
    where = f"experiments.{target}.realism"
    experiment = config["experiments"][target]
    ours = config["datasets"][experiment["dataset"]]
    for name in compared_with(config, target):
        if name not in config["datasets"]:
            yield f"{where}: unknown {name!r}; known are {sorted(config['datasets'])}"
            continue
        theirs = config["datasets"][name]
        if name == experiment["dataset"]:
            yield f"{where}: {name!r} is the target's own data set"
        if theirs["passbands"] != ours["passbands"]:
            yield (
                f"{where}: {name!r} was observed in the passbands"
                f" {theirs['passbands']!r}, the target in {ours['passbands']!r}"
            )
        class_map = _class_map(experiment, ours, theirs)
        mix = experiment.get("realism_mix", class_map)
        same = list(class_map) == list(class_map.values())
        if not same and (unmixed := sorted(set(class_map).difference(mix))):
            yield f"{where}_mix: no share of {unmixed}"
        if not class_map:
            yield (
                f"{where}: {name!r} has no class of the target: say what its classes"
                f" stand for in experiments.{target}.class_map"
            )
