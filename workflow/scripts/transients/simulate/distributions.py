"""Probability distributions of which the parameter table is made.

Every ``draw`` returns n values. ``widening`` multiplies the scatter, so that a survey
can be simulated with broader priors than those a classifier is trained on.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .arrays import FloatArray


class Distribution(Protocol):
    """Anything that can draw n values."""

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Draw n values."""
        ...


@dataclass(frozen=True)
class Constant:
    """The same value for every object."""

    value: float

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Repeat the value n times."""
        del rng, widening
        return np.full(n, self.value)


@dataclass(frozen=True)
class Uniform:
    """Uniform between two bounds; a hard range, so widening leaves it alone."""

    low: float
    high: float

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Draw n values."""
        del widening
        return rng.uniform(self.low, self.high, n)


@dataclass(frozen=True)
class LogUniform:
    """Uniform in the logarithm between two bounds."""

    low: float
    high: float

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Draw n values."""
        del widening
        return np.exp(rng.uniform(np.log(self.low), np.log(self.high), n))


@dataclass(frozen=True)
class Normal:
    """Gaussian clipped to [low, high]."""

    mean: float
    sigma: float
    low: float = -np.inf
    high: float = np.inf

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Draw n values."""
        values = self.mean + widening * self.sigma * rng.standard_normal(n)
        return np.clip(values, self.low, self.high)


@dataclass(frozen=True)
class SplitNormal:
    """Two half Gaussians joined at the mode, clipped to [low, high]."""

    mode: float
    sigma_below: float
    sigma_above: float
    low: float = -np.inf
    high: float = np.inf

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Draw n values."""
        fraction_below = self.sigma_below / (self.sigma_below + self.sigma_above)
        below = rng.random(n) < fraction_below
        sigma = np.where(below, -self.sigma_below, self.sigma_above)
        values = self.mode + widening * sigma * np.abs(rng.standard_normal(n))
        return np.clip(values, self.low, self.high)


@dataclass(frozen=True)
class LogNormal:
    """Log-normal with a median and a scatter in ln, clipped to [low, high]."""

    median: float
    sigma: float
    low: float = 0.0
    high: float = np.inf

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Draw n values."""
        values = self.median * np.exp(widening * self.sigma * rng.standard_normal(n))
        return np.clip(values, self.low, self.high)


@dataclass(frozen=True)
class Mixture:
    """``first`` with probability ``fraction``, else ``second``."""

    fraction: float
    first: Distribution
    second: Distribution

    def draw(
        self, rng: np.random.Generator, n: int, widening: float = 1.0
    ) -> FloatArray:
        """Draw n values."""
        from_first = rng.random(n) < self.fraction
        first = self.first.draw(rng, n, widening)
        second = self.second.draw(rng, n, widening)
        return np.where(from_first, first, second)
