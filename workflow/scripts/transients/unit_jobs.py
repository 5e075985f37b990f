"""One job for all seeds of a (target, n_train), each of its units finished alone."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from transients.errors import DataError
from transients.finished import COMPUTES, copy_out, is_finished, keeping, unit_key
from transients.jobs import limit_threads, logging_to, whole_outputs
from transients.workers import run_side_by_side

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UnitJob:
    """What the units of a job have in common, and where theirs is found and put.

    decisive holds all of the configuration that decides a result, and the fingerprint
    of the code; model_input the arrays of the target; sources and outputs have one
    entry a seed: the source models by name, and the files of its tables. features holds
    the file of the target's features, if any strategy learns from them, scores those of
    the forests' scores, in the order of decisive. finished and logs are folders.
    gpus is the number asked for, missing_gpu what to do where none is seen: see
    accelerators.require_gpu.
    """

    target: str
    n_train: int
    decisive: Mapping[str, Any]
    model_input: Sequence[Path]
    sources: Sequence[Mapping[str, Path]]
    features: Sequence[Path]
    scores: Sequence[Path]
    outputs: Sequence[Sequence[Path]]
    finished: Path
    logs: Path
    gpus: int
    missing_gpu: Literal["stop", "warn"]

    def columns(self, seed: int) -> dict[str, str | int]:
        """What every table of a unit starts with."""
        return {"target": self.target, "n_train": self.n_train, "seed": seed}

    def key(self, seed: int) -> str:
        """The key of a seed's result: see finished.unit_key."""
        described = {**self.columns(seed), "decisive": self.decisive}
        started = self.sources[seed].values() if self.sources else []
        files = [*self.model_input, *started, *self.features, *self.scores]
        return unit_key(
            described, files, [*COMPUTES, self.decisive["compute"]["backend"]]
        )

    def folder(self, seed: int) -> Path:
        """Where a seed's result is kept when it is finished."""
        return self.finished / self.target / f"n{self.n_train}" / f"seed{seed}"

    def log(self, seed: int) -> Path:
        """The log of a unit."""
        return self.logs / f"seed{seed}.log"


def by_seed(paths: Sequence[str], names: Iterable[str]) -> list[dict[str, Path]]:
    """Return the source models of each seed by name, from all seeds' in a row."""
    order = list(names)
    rows = range(0, len(paths), len(order)) if order else []
    return [
        dict(zip(order, map(Path, paths[start : start + len(order)]), strict=True))
        for start in rows
    ]


def run_units(job: UnitJob, at_once: int) -> None:
    """Train what is not finished, `at_once` units at a time; then write all outputs.

    Raises DataError that names the failed units, when all others are finished and
    kept: the next attempt begins with the failed ones.
    """
    keys = {seed: job.key(seed) for seed in range(len(job.outputs))}
    missing = [seed for seed in keys if not is_finished(job.folder(seed), keys[seed])]
    log.info("%d of %d units were finished before", len(keys) - len(missing), len(keys))
    failed = run_side_by_side(missing, partial(_train_unit, job, keys), at_once)
    if failed:
        raise DataError(_explain(job, failed))
    for seed, key in keys.items():
        with whole_outputs(*job.outputs[seed]) as drafts:
            copy_out(job.folder(seed), key, drafts)


def _explain(job: UnitJob, failed: Mapping[int, str]) -> str:
    """What went wrong, each reason once with the units that it stopped."""
    seeds: dict[str, list[int]] = {}
    for seed, reason in sorted(failed.items()):
        seeds.setdefault(reason.strip(), []).append(seed)
    told = [
        f"{job.target}, n_train {job.n_train}, seed {', '.join(map(str, those))}"
        f" (log {job.log(those[0])}): {reason}"
        for reason, those in seeds.items()
    ]
    kept = len(job.outputs) - len(failed)
    return "\n".join([*told, f"The other {kept} of the job's units are kept."])


def _train_unit(job: UnitJob, keys: Mapping[int, str], seed: int) -> None:
    """Run one unit in a worker process and keep its tables."""
    limit_threads(1)
    with logging_to(job.log(seed)):
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # others use it, too
        # Backends read all this when they are first imported.
        from transients.backends import choose_backend, computed_with

        choose_backend(job.decisive["compute"])
        from transients.accelerators import ran_on, require_gpu
        from transients.unit_training import UnitFiles, train_unit

        require_gpu(job.gpus, job.missing_gpu)
        files = UnitFiles(
            job.model_input[0].parent,
            job.sources[seed] if job.sources else {},
            job.features[0] if job.features else None,
            dict(zip(job.decisive["forests"], job.scores, strict=True)),
        )
        where = {**ran_on(), "computed_with": computed_with(job.decisive["compute"])}
        tables = train_unit(job.columns(seed), job.decisive, files, where)
        with keeping(job.folder(seed), keys[seed]) as draft:
            for name, table in tables.items():
                table.to_parquet(draft / f"{name}.parquet", index=False)
