"""The ways to classify a target's light curves, as the configuration states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transients.training import Recipe
from transients.trees import TreeRecipe


@dataclass(frozen=True)
class NetworkStrategy:
    """A network that starts from source models, or from random weights.

    sources: the names of the source models; none is a random start. head: "new";
    "kept" from the source model; or "merged": the source's logits, summed over the
    source classes of each target class. new_layers: units of dense layers put before a
    new head. trainable: the layers of the backbone that are trained beside the new
    ones, or "all". recipe: None trains nothing and asks for no labels. members: the
    networks that start from each source (or at random), whose probabilities are
    averaged. class_mix: whether the target's known mix of classes weights the
    probabilities. flux: how a network from random weights sees it; None is as in the
    configuration's model.
    """

    recipe: Recipe | None
    sources: Sequence[str] = ()
    head: str = "new"
    new_layers: Sequence[int] = ()
    trainable: Sequence[str] | str = ()
    members: int = 1
    class_mix: bool = False
    flux: str | None = None

    @property
    def frozen_backbone(self) -> bool:
        """Whether the backbone's output never changes, so that it can be cached."""
        changes = self.trainable or (self.recipe and self.recipe.augmentation)
        return bool(self.sources) and not changes

    @property
    def needs_labels(self) -> bool:
        """Whether it learns from labelled objects of the target."""
        return self.recipe is not None

    @property
    def refers_to(self) -> Sequence[str]:
        """The strategies that must have run before."""
        return ()


@dataclass(frozen=True)
class TreeStrategy:
    """A tree ensemble on light-curve features.

    It learns from the labelled objects by its recipe, or it is a forest, which knows
    simulated light curves alone: one of recipe and forest is None. scores_of: the
    strategies without labels whose log-probabilities join the features.
    """

    recipe: TreeRecipe | None
    forest: str | None = None
    scores_of: Sequence[str] = ()
    class_mix: bool = False

    @property
    def needs_labels(self) -> bool:
        """Whether it learns from labelled objects of the target."""
        return self.recipe is not None

    @property
    def refers_to(self) -> Sequence[str]:
        """The strategies that must have run before."""
        return self.scores_of


@dataclass(frozen=True)
class BlendStrategy:
    """The geometric mean of the probabilities of other strategies, by weight."""

    of: Mapping[str, float]

    @property
    def refers_to(self) -> Sequence[str]:
        """The strategies that must have run before."""
        return tuple(self.of)


Strategy = NetworkStrategy | TreeStrategy | BlendStrategy


def strategies_from_config(
    sections: Mapping[str, Mapping[str, Any]],
) -> dict[str, Strategy]:
    """Build strategies by name: see strategy_from_config."""
    return {name: strategy_from_config(section) for name, section in sections.items()}


def in_order(strategies: Mapping[str, Strategy]) -> list[str]:
    """Return the names of strategies, each after those that it refers to."""
    ordered: list[str] = []
    while len(ordered) < len(strategies):
        ready = [
            name
            for name, strategy in strategies.items()
            if name not in ordered and set(strategy.refers_to) <= set(ordered)
        ]
        if not ready:
            raise ValueError("strategies refer to each other in a circle")
        ordered += ready
    return ordered


def strategy_from_config(section: Mapping[str, Any]) -> Strategy:
    """Build a strategy from its section, recipe and sources spelled out in place."""
    fields = {k: v for k, v in section.items() if k not in ("kind", "n_train")}
    kind = section["kind"]
    if kind == "blend":
        return BlendStrategy(**fields)
    recipe = fields.pop("recipe")
    if kind == "trees":
        learnt = None if recipe is None else TreeRecipe.from_config(recipe)
        return TreeStrategy(learnt, **fields)
    trained = None if recipe is None else Recipe.from_config(recipe)
    return NetworkStrategy(trained, **fields)
