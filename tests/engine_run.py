"""The engine on the backend that KERAS_BACKEND names: what test_backends.py compares.

As a program: engine_run.py NETWORK RESULTS, files that are read and written.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from toys import mixed_lengths, model_input

from transients.augmentation import Augmentation
from transients.batches import Batches, light_curve_source
from transients.model import freeze_except
from transients.saved_networks import load_classifier
from transients.training import EarlyStopping, Recipe, class_weights, predict, train

N = 50
GIVEN = model_input(mixed_lengths(N, low=1, high=25))
EVERYTHING = Recipe(
    epochs=12,
    batch_size=16,
    learning_rate=0.03,
    schedule="cosine",
    warm_up=0.2,
    clip_norm=0.5,
    early_stopping=EarlyStopping(patience=2, min_delta=0.1),
    augmentation=Augmentation(drop=0.3, noise=0.5, flux_scale=0.1, dilation=0.1),
)


def learn(model, recipe, weight_power=1.0):
    """Train on 37 light curves, the last batch short, and judge by the other 13."""
    weights = class_weights(GIVEN.labels, 3, weight_power) * [1, 2, 3]
    training = Batches(
        light_curve_source(GIVEN, recipe.augmentation),
        np.arange(37),
        GIVEN.lengths,
        recipe.batch_size,
        labels=GIVEN.labels,
        weights=weights.astype(np.float32)[GIVEN.labels],
        shuffle_seed=1,
    )
    judging = Batches(
        light_curve_source(GIVEN), np.arange(37, N), GIVEN.lengths, 8, GIVEN.labels
    )
    history = train(model, training, judging, recipe).history
    return history[["loss", "val_loss"]].to_numpy()


def probabilities(model):
    rows = np.random.default_rng(2).permutation(N)
    return predict(model, light_curve_source(GIVEN), rows, GIVEN.lengths)


def results(network):
    """Return by name what the engine makes of a saved network, as arrays."""
    model = load_classifier(network)
    found = {"probabilities": probabilities(model)}
    if keras.backend.backend() == "numpy":  # it cannot train
        return found
    start = model.get_weights()
    for run in ("losses", "losses again"):
        model.set_weights(start)
        found[run] = learn(model, EVERYTHING)
    found["probabilities learnt"] = probabilities(model)
    model = load_classifier(network)
    freeze_except(model, ["gru_2", "head"])
    learn(model, Recipe(epochs=2, batch_size=16))
    for layer in model.layers:
        for i, weight in enumerate(layer.get_weights()):
            found[f"weights of {layer.name} {i}"] = weight
    return found


if __name__ == "__main__":
    network, written = map(Path, sys.argv[1:])
    np.savez(written, **results(network))
