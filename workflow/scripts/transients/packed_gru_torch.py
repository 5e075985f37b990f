"""The packed GRU of recurrence.py as a differentiable PyTorch function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from transients.packed_gru import Use, run_ahead, run_back


def packed_gru(
    points: torch.Tensor,
    n_points: torch.Tensor,
    weights: Sequence[Any],
    use: Use,
) -> torch.Tensor:
    """Do what packed_gru_tensorflow.packed_gru does, on the processor."""
    tensors = (weight.value for weight in weights)
    return _PackedGRU.apply(use, n_points, points, *tensors)


class _PackedGRU(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        use: Use,
        *tensors: torch.Tensor,
    ) -> torch.Tensor:
        given = [tensor.detach().numpy() for tensor in tensors]
        output, *kept = run_ahead(use, *given)
        ctx.use, ctx.given = use, [*given, *kept]
        return torch.from_numpy(output)

    @staticmethod
    def backward(ctx: Any, of_output: torch.Tensor) -> Any:  # noqa: ANN401
        found = run_back(ctx.use, of_output.numpy(), *ctx.given)
        return (None, None, *map(torch.from_numpy, found))
