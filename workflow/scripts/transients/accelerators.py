"""The hardware that trains, as the backend of Keras sees it."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Literal

import keras

from transients.allocation import Allocation, current_allocation, gpu_names
from transients.errors import ConfigurationError

BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}

log = logging.getLogger(__name__)


def ran_on() -> dict[str, str | float | None]:
    """Return where this process trains, as columns of a table of training times.

    host; device, the model of GPU or processor; slurm_job_id; and queue_seconds [s],
    that job's wait in the queue. The last two are None outside Slurm.
    """
    allocation = current_allocation()
    return {
        "host": allocation.host,
        "device": device_name(),
        "slurm_job_id": allocation.job_id,
        "queue_seconds": allocation.queue_seconds,
    }


def device_name() -> str:
    """Return the model of the accelerator that trains, or else of the processor."""
    gpus = visible_gpus()
    return gpus[0] if gpus else current_allocation().cpu  # more than one is not used


def visible_gpus() -> list[str]:
    """Return the model name of every GPU that the backend of Keras can use."""
    name = keras.backend.backend()
    if name == "tensorflow":
        return _tensorflow_gpus()
    if name == "torch":
        cuda = importlib.import_module("torch").cuda
        return [cuda.get_device_name(i) for i in range(cuda.device_count())]
    if name == "jax":
        devices = importlib.import_module("jax").local_devices()
        return [device.device_kind for device in devices if device.platform != "cpu"]
    return []


def _tensorflow_gpus() -> list[str]:
    config = importlib.import_module("tensorflow").config
    details = config.experimental.get_device_details
    gpus = config.list_physical_devices("GPU")
    return [details(gpu).get("device_name", gpu.name) for gpu in gpus]


def require_gpu(asked: int, when_missing: Literal["stop", "warn"] = "stop") -> None:
    """Raise ConfigurationError if the job has a GPU that the backend does not see.

    asked is the number of GPUs that the job's rule asks for: one that asks for none,
    or is given none, trains on the processor. With "warn" so does any other, and the
    log says why.
    """
    allocation = current_allocation()
    if not asked or not allocation.gpus or visible_gpus():
        return
    if when_missing == "stop":
        raise ConfigurationError(f"{_missing(allocation)} {_REMEDY}")
    log.warning("%s It trains on the processor.", _missing(allocation))


def _missing(allocation: Allocation) -> str:
    backend = keras.backend.backend()
    by = f" by Slurm job {allocation.job_id}" if allocation.job_id else ""
    return (
        f"this job was given {gpu_names(allocation.gpus)} on host"
        f" {allocation.host}{by}, but {BACKENDS.get(backend, backend)} sees no GPU."
    )


_REMEDY = (
    "Usually the packages for processors alone are installed. Those for GPUs come with"
    f" `{sys.executable} -m pip install --require-hashes -r envs/gpu.txt`, typed in the"
    " workflow's folder; with `--sdm conda` copy envs/gpu.yaml over envs/workflow.yaml."
    " If they are there, the node's NVIDIA driver may be missing or too old: try"
    " `nvidia-smi` on it. To train on the processor instead, set `missing_gpu: warn` in"
    " the configuration."
)
