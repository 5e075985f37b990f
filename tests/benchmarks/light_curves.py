"""Light curves for the benchmark: lengths as ZTF's, content that can be learnt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transients.encoding import ARRAYS, Encoding, ModelInput

N_T = Encoding.max_points
"""Points to which the plain way pads every light curve (paper, section 2.2)."""
N_CLASSES = 12
MEDIAN, SIGMA, SHORTEST = 60, 0.6, 5
"""Of the log-normal distribution of lengths: mean 72, 95 % below 161 points."""


def ztf_lengths(n: int, seed: int = 0) -> NDArray[np.int64]:
    """Return n lengths; the longest is N_T, which is how N_T is defined."""
    drawn = np.random.default_rng(seed).lognormal(np.log(MEDIAN), SIGMA, n)
    lengths = np.clip(drawn.round(), SHORTEST, N_T).astype(np.int64)
    lengths[lengths.argmax()] = N_T
    return lengths


def light_curves(lengths: NDArray[np.int64]) -> ModelInput:
    """Return light curves of these lengths whose flux tells their class, with noise."""
    from toys import model_input  # imports Keras

    return model_input(lengths, N_CLASSES)


def write_light_curves(folder: Path, lengths: NDArray[np.int64]) -> None:
    """Write them as the workflow does, to be opened memory-mapped."""
    data = light_curves(lengths)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(data, name))
    np.save(folder / "object_id.npy", data.object_id.astype(str))
