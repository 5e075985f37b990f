"""Networks of a strategy: started, trained on a unit's labelled objects, and asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.batches import Batches, Fetch, embedding_source, light_curve_source
from transients.encoding import ModelInput
from transients.kept_networks import Weights
from transients.model import count_trainable
from transients.networks import Network, build_network
from transients.strategies import NetworkStrategy
from transients.training import (
    PREDICTION_BATCH,
    Recipe,
    Training,
    class_weights,
    predict,
    train,
)
from transients.units import Outcome, Unit, asked, in_place, no_history

log = logging.getLogger(__name__)

TIMED_EPOCHS = 3
"""Epochs through the frozen network that tell what cached embeddings save."""

SMALLEST = 1e-30  # a probability, so that its logarithm is finite

_NETWORKS: dict[str, Network] = {}


def run_networks(
    unit: Unit,
    strategy: NetworkStrategy,
    keep: Callable[[keras.Model], object] | None = None,
) -> Outcome:
    """Train every network of a strategy and average their probabilities.

    Strategy.members networks start from each source; the average is geometric. Of the
    training table, epochs are those of the first network, seconds those of all, and
    parameters those of one. keep is shown each whole network when it is trained; its
    weights change afterwards.
    """
    starts: list[str | None] = list(strategy.sources) or [None]
    outcomes = [
        _run_network(unit, strategy, source, place * strategy.members + member, keep)
        for place, source in enumerate(starts)
        for member in range(strategy.members)
    ]
    if len(outcomes) == 1:
        return outcomes[0]
    costs = {
        name: sum(outcome.training[name] for outcome in outcomes)
        for name in outcomes[0].training
        if name.startswith("seconds")
    }
    return Outcome(
        geometric_mean([outcome.probabilities for outcome in outcomes]),
        {**outcomes[0].training, **costs},
        pd.concat([outcome.history for outcome in outcomes], ignore_index=True),
        [weights for outcome in outcomes for weights in outcome.networks],
    )


def ask_networks(
    unit: Unit,
    strategy: NetworkStrategy,
    networks: Sequence[Weights],
    shown: Sequence[ModelInput],
) -> list[NDArray[np.float64]]:
    """Return what trained networks say of the unit's test set, (n_test, n_classes).

    networks are those that run_networks has trained for the unit; shown are versions of
    the target's light curves, for each of which there is an answer. The light curves
    that were trained on give the bits of run_networks, on a machine of the same kind.
    """
    rows = asked(unit, strategy.needs_labels)
    tested = np.isin(rows, unit.sample.test)
    starts: list[str | None] = list(strategy.sources) or [None]
    said: list[list[NDArray[np.float64]]] = [[] for _ in shown]
    for place, weights in enumerate(networks):
        network = _start(unit, strategy, starts[place // strategy.members], place)
        network.trained.set_weights(weights)
        for given, answers in zip(shown, said, strict=True):
            seen = replace(unit, target=replace(unit.target, model_input=given))
            fetch = _what_is_shown(seen, network)
            answer = predict(network.trained, fetch, rows, given.lengths)
            answers.append(answer[tested].astype(np.float64))
    return [a[0] if len(a) == 1 else geometric_mean(a) for a in said]


def geometric_mean(
    probabilities: Sequence[NDArray[np.floating]],
) -> NDArray[np.float64]:
    """Return the mean of several networks' class probabilities, (n, n_classes) each."""
    mean = np.exp(np.mean([np.log(np.maximum(p, SMALLEST)) for p in probabilities], 0))
    return mean / mean.sum(axis=1, keepdims=True)


def _run_network(
    unit: Unit,
    strategy: NetworkStrategy,
    source: str | None,
    member: int,
    keep: Callable[[keras.Model], object] | None,
) -> Outcome:
    network = _start(unit, strategy, source, member)
    fetch = _what_is_shown(unit, network)
    took = Training(no_history(), 0.0)
    if strategy.recipe is not None:
        took = _fit(unit, strategy.recipe, network.trained, fetch, member)
    rows = asked(unit, strategy.needs_labels)
    lengths = unit.target.model_input.lengths
    scores = predict(network.trained, fetch, rows, lengths)
    weights = network.trained.get_weights()  # timing, below, trains on
    if keep is not None:
        keep(network.whole)
    seconds, per_epoch = took.seconds, took.seconds_per_epoch
    if strategy.recipe is not None and strategy.frozen_backbone:
        log.info("timing %d epochs through the frozen network", TIMED_EPOCHS)
        per_epoch = _seconds_per_epoch_uncached(unit, strategy.recipe, network.whole)
        seconds = per_epoch * took.epochs_run
    trained = count_trainable(network.whole) if strategy.needs_labels else 0
    training = {
        "epochs_best": took.epochs_best,
        "epochs_run": took.epochs_run,
        "seconds": took.seconds,
        "seconds_per_epoch": took.seconds_per_epoch,
        "seconds_uncached": seconds,
        "seconds_per_epoch_uncached": per_epoch,
        "trainable_parameters": trained,
    }
    history = took.history.assign(member=member)
    return Outcome(in_place(unit, rows, scores), training, history, [weights])


def _start(
    unit: Unit, strategy: NetworkStrategy, source: str | None, member: int
) -> Network:
    """Return a network of a strategy with the weights that the unit starts from.

    Tracing takes longer than training a few hundred light curves, so units in one
    process share the traced network, each with weights of its own.
    """
    keras.utils.set_random_seed(unit.random_seed(member))
    classes = unit.target.classes
    known = None if source is None else unit.sources[source]
    fresh = build_network(strategy, unit.architecture, classes, known)
    alike = repr((strategy, source, unit.architecture, classes))
    network = _NETWORKS.setdefault(alike, fresh)
    if network is not fresh:
        network.whole.set_weights(fresh.whole.get_weights())
    return network


def _what_is_shown(unit: Unit, network: Network) -> Fetch:
    """Light curves, or where the backbone is frozen their embeddings, cached."""
    model_input = unit.target.model_input
    if network.frozen_backbone is None:
        return light_curve_source(model_input)
    used = np.sort(np.concatenate([unit.sample.labelled, unit.sample.test]))
    embedded = predict(
        network.frozen_backbone,
        light_curve_source(model_input),
        used,
        model_input.lengths,
    )
    embeddings = np.zeros((len(model_input), embedded.shape[1]), np.float32)
    embeddings[used] = embedded
    return embedding_source(embeddings)


def _fit(
    unit: Unit, recipe: Recipe, model: keras.Model, fetch: Fetch, member: int = 0
) -> Training:
    """Train a model; only what it learns from is augmented, nothing that judges it."""
    sample = unit.sample
    learnt_from = fetch
    if recipe.augmentation is not None:
        learnt_from = light_curve_source(unit.target.model_input, recipe.augmentation)
    labels = np.asarray(unit.target.model_input.labels)
    fitting = sample.train if recipe.early_stopping else sample.labelled
    training = Batches(
        learnt_from,
        fitting,
        unit.target.model_input.lengths,
        recipe.batch_size,
        labels=labels,
        weights=_weights(unit, recipe, fitting)[labels],
        shuffle_seed=unit.random_seed(member),
    )
    validation = None
    if recipe.early_stopping:
        lengths = unit.target.model_input.lengths
        validation = Batches(
            fetch, sample.validation, lengths, PREDICTION_BATCH, labels=labels
        )
    return train(model, training, validation, recipe)


def _weights(
    unit: Unit, recipe: Recipe, fitting: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Weight of each class, (n_classes,)."""
    labels = np.asarray(unit.target.model_input.labels)[fitting]
    n_classes = len(unit.target.classes.names)
    return class_weights(labels, n_classes, recipe.class_weight_power)


def _seconds_per_epoch_uncached(
    unit: Unit, recipe: Recipe, whole: keras.Model
) -> float:
    """Time a few epochs of training the head through the frozen backbone.

    Trains the network on: call it after everything else is done with it.
    """
    few = replace(recipe, epochs=TIMED_EPOCHS)
    if recipe.early_stopping:
        never = replace(recipe.early_stopping, patience=TIMED_EPOCHS)
        few = replace(few, early_stopping=never)
    through = light_curve_source(unit.target.model_input)
    return _fit(unit, few, whole, through).seconds_per_epoch
