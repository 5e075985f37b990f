"""A toy unit: light curves of three classes, and source models on disk."""

import keras
import numpy as np
import pandas as pd
from toys import TINY, mixed_lengths, model_input

from transients.model import build_backbone, build_head, with_head
from transients.networks import Source
from transients.sampling import draw_sample
from transients.strategies import BlendStrategy, NetworkStrategy, TreeStrategy
from transients.target_classes import TargetClasses
from transients.training import EarlyStopping, Recipe
from transients.trees import TreeRecipe
from transients.units import Target, Unit

NAMES = ("SN Ia", "SN II", "TDE")
SOURCE_CLASSES = ("SNIa", "AGN", "SNIa-91bg", "SNII", "TDE")
CLASSES = TargetClasses(
    NAMES,
    {"SNIa": "SN Ia", "SNIa-91bg": "SN Ia", "SNII": "SN II"},  # the TDE is its own
    {"SN Ia": 6, "SN II": 3, "TDE": 1},
)
MEMBERS = [[0, 2], [3], [4]]
"""Positions of the source classes that make up each class."""

PAPER = Recipe(epochs=3, batch_size=8, early_stopping=EarlyStopping(patience=1))
TRANSFER = NetworkStrategy(PAPER, ["ztf"])
SCRATCH = NetworkStrategy(PAPER, trainable="all")
FAIR = NetworkStrategy(Recipe(epochs=2, batch_size=8), trainable="all")
ZERO_SHOT = NetworkStrategy(None, ["ztf"], head="merged")

FOREST = TreeRecipe(n_estimators=10)
EVERY_KIND = {
    "zero_shot": ZERO_SHOT,
    "scratch": SCRATCH,
    "transfer": TRANSFER,
    "scratch_fair": FAIR,
    "features": TreeStrategy(FOREST),
    "features_and_scores": TreeStrategy(FOREST, scores_of=["zero_shot"]),
    "best": BlendStrategy({"features_and_scores": 2, "zero_shot": 1}),
}
"""Strategies by name, of every kind."""


def saved_source(path, architecture=TINY, classes=SOURCE_CLASSES, seed=5):
    """Save an untrained source model."""
    keras.utils.set_random_seed(seed)
    backbone = build_backbone(architecture)
    head = build_head(backbone.output.shape[-1], len(classes), [])
    with_head(backbone, head).save(path)
    return Source(path, tuple(classes))


def the_unit(source, n=90, n_train=20, seed=1):
    """A unit that starts from a source model called ztf, or from features."""
    sample = draw_sample(n, n_train, ("bts", seed), validation_fraction=0.2)
    given = model_input(mixed_lengths(n, 4, 12))
    pairs = [("SN II", "TDE")]
    target = Target("bts", CLASSES, given, features_of(given), NAMES[:2], pairs)
    return Unit(target, n_train, seed, sample, TINY, {"ztf": source})


def features_of(given):
    """A table with one feature that tells the classes apart, and one that does not."""
    fluxes = np.add.reduceat(given.points[:, 2], given.offsets[:-1]) / given.lengths
    told = {"object_id": given.object_id, "class": "unknown"}
    return pd.DataFrame({**told, "flux": fluxes, "mwebv": given.metadata[:, 0]})


def inputs(given, rows):
    """What a network is fed with."""
    return {"light_curve": given.padded(rows), "metadata": given.metadata[rows]}
