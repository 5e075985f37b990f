"""A GRU over light curves of different lengths, and its gradient, in NumPy.

Light curves are packed: longest first, then step after step the points of those that go
on. So no arithmetic is spent on padding, and each step's products stay in the
processor's cache. The gates are those of Keras' GRU with reset_after, for inputs x and
states h of u units:

    z = sigmoid(x Wz + h Uz + bz)          update
    r = sigmoid(x Wr + h Ur + br)          reset
    i = r * (h Uc + dc)
    c = tanh(x Wc + bc + i)                candidate
    h' = c + z * (h - c)

The kernel holds (Wz, Wr, Wc), (F, 3u); the recurrent kernel (Uz, Ur, Uc), (u, 3u); the
bias (2, 3u) a row for inputs, (bz, br, bc), and one for states, of which dc is the last
third and the others add to the first row's.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

BLOCK = 256
"""Packed points whose part of the gradient of the weights is summed at once."""


class Packing(NamedTuple):
    """How B light curves of P points in all are packed.

    rows and steps (P,) tell the light curve of each point and which of its points it
    is; those of step t are starts[t]:starts[t + 1]. rank (B,) is each light curve's
    place among them, longest first, and last (B,) where its last point is.
    """

    rows: NDArray[np.int64]
    steps: NDArray[np.int64]
    starts: list[int]
    rank: NDArray[np.int64]
    last: NDArray[np.int64]


class Weights(NamedTuple):
    """kernel (F, 3u), recurrent kernel (u, 3u), bias (2, 3u), as Keras has them."""

    kernel: Array
    recurrent: Array
    bias: Array


class Forward(NamedTuple):
    """What comes of a GRU: its states, and what their gradient needs.

    last (B, u): the states after the last points, those of the longest light curve
    first. states (P, u): after each packed point. factors (P, 5u): by what a gradient
    is multiplied on its way from h' to x Wc, from h' to x Wz, from x Wc to x Wr, from
    x Wc to h Uc, and from h' to h directly.
    """

    last: Array
    states: Array
    factors: Array


def pack(lengths: NDArray[np.integer]) -> Packing:
    """Return how light curves of so many points (B,) are packed."""
    order = np.argsort(-lengths, kind="stable")
    longest_first = lengths[order]
    step, place = np.nonzero(np.arange(longest_first[0])[:, None] < longest_first)
    starts = np.append(0, np.cumsum(np.bincount(step)))
    rank = np.empty(len(lengths), np.int64)
    rank[order] = np.arange(len(lengths))
    last = starts[lengths - 1] + rank
    return Packing(order[place], step, starts.tolist(), rank, last)


def forward(
    points: Array, packing: Packing, weights: Weights, keep_states: bool, learn: bool
) -> Forward:
    """Run the GRU over packed points (P, F), from states of zero.

    States are kept (P, u) with keep_states or learn, factors with learn, which says
    that the gradient will be asked for; else they are empty.
    """
    u, rows = len(weights.recurrent), packing.starts[1]
    to_gates, to_inner, to_candidate = _joined(weights)
    joined = _rows_of_h_1_x(rows, u, points.shape[1])
    gates, (inner, candidate) = np.empty((2, 2, rows, u), np.float32)
    states = np.empty((len(points) * (keep_states or learn), u), np.float32)
    factors = np.empty((len(points) * learn, 5 * u), np.float32)
    last = np.zeros((rows, u), np.float32)  # so far; those that have ended stay
    for start, end in pairwise(packing.starts):
        n = end - start
        h_1_x, z_r, i, c = joined[:n], gates[:, :n], inner[:n], candidate[:n]
        h = last[:n]
        h_1_x[:, :u] = h
        h_1_x[:, u + 1 :] = points[start:end]
        np.matmul(h_1_x, to_gates, out=z_r)
        np.tanh(z_r, out=z_r)
        z_r += 1
        z_r *= 0.5
        np.matmul(h_1_x[:, : u + 1], to_inner, out=i)
        i *= z_r[1]
        np.matmul(h_1_x[:, u:], to_candidate, out=c)
        c += i
        np.tanh(c, out=c)
        h -= c
        h *= z_r[0]
        if learn:
            _store_factors(factors[start:end], z_r, i, c, h)
        h += c
        if len(states):
            states[start:end] = h
    return Forward(last, states, factors)


def _rows_of_h_1_x(rows: int, n_states: int, n_inputs: int) -> Array:
    """Return rows of states, a 1 and inputs: products with them add biases, too.

    Rows begin where a processor's cache lines do: products of few rows are a third
    faster so.
    """
    width = n_states + 1 + n_inputs
    aligned = np.zeros((rows, -(-width // 16) * 16), np.float32)
    aligned[:, n_states] = 1
    return aligned[:, :width]


def _joined(weights: Weights) -> tuple[Array, Array, Array]:
    """Return what takes (h, 1, x) to z and r, (h, 1) to h Uc + dc, (1, x) to x Wc + bc.

    As sigmoid(a) = (1 + tanh(a / 2)) / 2, the first two are halved.
    """
    (wz, wr, wc), (uz, ur, uc), (bz, br, bc) = (
        np.split(array, 3, axis=1)
        for array in (weights.kernel, weights.recurrent, weights.bias)
    )
    gates = [np.vstack([uz, bz.sum(0), wz]), np.vstack([ur, br.sum(0), wr])]
    half = np.float32(0.5)
    return np.stack(gates) * half, np.vstack([uc, bc[1]]), np.vstack([bc[0], wc])


def _store_factors(factors: Array, z_r: Array, i: Array, c: Array, kept: Array) -> None:
    """Store a step's factors; z_r is (2, n, u), kept (n, u) is z * (h - c)."""
    u = c.shape[1]
    z, r = z_r
    not_z, not_r = 1 - z_r
    c_squared = c * c
    np.subtract(1, c_squared, out=c_squared)
    np.multiply(c_squared, not_z, out=factors[:, :u])
    np.multiply(kept, not_z, out=factors[:, u : 2 * u])
    np.multiply(i, not_r, out=factors[:, 2 * u : 3 * u])
    factors[:, 3 * u : 4 * u] = r
    factors[:, 4 * u :] = z


def backward(
    gradient: Array,
    points: Array,
    packing: Packing,
    weights: Weights,
    states: Array,
    factors: Array,
) -> tuple[Array, Weights]:
    """Return the gradients of the points (P, F) and of the weights.

    gradient (P, u) is that of the states; states and factors are what forward returned.
    """
    u = len(weights.recurrent)
    of_kernel = np.zeros_like(weights.kernel)  # in the order c, z, r
    of_recurrent = np.zeros_like(weights.recurrent)
    of_sums = np.zeros(4 * u, np.float32)
    of_points = np.empty_like(points)
    to_points = np.roll(weights.kernel, u, axis=1).T.copy()
    blocks = _through_time(gradient, packing, weights.recurrent, states, factors)
    for some, before, reached in blocks:
        of_kernel += points[some].T @ reached[:, : 3 * u]
        of_recurrent += before.T @ reached[:, u:]
        of_sums += reached.sum(0)
        np.matmul(reached[:, : 3 * u], to_points, out=of_points[some])
    of_bias = np.stack([np.roll(of_sums[: 3 * u], -u), of_sums[u:]])
    weights_too = Weights(np.roll(of_kernel, -u, axis=1), of_recurrent, of_bias)
    return of_points, weights_too


def _through_time(
    gradient: Array, packing: Packing, recurrent: Array, states: Array, factors: Array
) -> Iterator[tuple[slice, Array, Array]]:
    """Yield blocks of n packed points, the states before them, and what reaches them.

    The latter, (n, 4u), is the gradient of x Wc, x Wz (and h Uz), x Wr (and h Ur), and
    h Uc. Both arrays are used again for the next block.
    """
    u, rows, starts = len(recurrent), packing.starts[1], packing.starts
    to_states = recurrent.T.copy()
    befores = np.empty((max(BLOCK, rows), u), np.float32)
    reached = np.empty((max(BLOCK, rows), 4 * u), np.float32)
    carried, product = np.zeros((rows, u), np.float32), np.empty((rows, u), np.float32)
    for first, stop in _blocks(starts):
        base = starts[first]
        for t in reversed(range(first, stop)):
            start, end = starts[t], starts[t + 1]
            n = end - start
            here = slice(start - base, end - base)
            h, f, out = carried[:n], factors[start:end], reached[here]
            h += gradient[start:end]
            np.multiply(h, f[:, :u], out=out[:, :u])
            np.multiply(h, f[:, u : 2 * u], out=out[:, u : 2 * u])
            np.multiply(out[:, :u], f[:, 2 * u : 3 * u], out=out[:, 2 * u : 3 * u])
            np.multiply(out[:, :u], f[:, 3 * u : 4 * u], out=out[:, 3 * u :])
            np.matmul(out[:, u:], to_states, out=product[:n])
            h *= f[:, 4 * u :]
            h += product[:n]
            befores[here] = states[starts[t - 1] :][:n] if t else 0
        size = starts[stop] - base
        yield slice(base, starts[stop]), befores[:size], reached[:size]


def _blocks(starts: list[int]) -> Iterator[tuple[int, int]]:
    """Yield first step and end of blocks of BLOCK points or a step, from the end."""
    stop = len(starts) - 1
    while stop > 0:
        first = stop - 1
        while first > 0 and starts[stop] - starts[first - 1] <= BLOCK:
            first -= 1
        yield first, stop
        stop = first
