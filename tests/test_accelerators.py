"""Which hardware trains, and what is said when it is not the one that was given."""

import logging
import sys
from types import ModuleType, SimpleNamespace

import keras
import pytest

from transients import accelerators
from transients.accelerators import device_name, ran_on, require_gpu, visible_gpus
from transients.allocation import Allocation
from transients.errors import ConfigurationError

IN_SLURM = Allocation("gpu2", "AMD EPYC", "812", ("0",), 42.0)
AT_HOME = Allocation("desk", "AMD EPYC")


@pytest.fixture
def backend(monkeypatch):
    """Return what gives Keras another backend, played by a module."""

    def play(name, **attributes):
        module = ModuleType(name)
        vars(module).update(attributes)
        monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setattr(keras.backend, "backend", lambda: name)

    return play


@pytest.fixture
def given(monkeypatch):
    """Return what gives this process another allocation."""
    monkeypatch.setattr(accelerators, "gpu_names", lambda gpus: f"GPU {gpus[0]}")

    def give(allocation):
        monkeypatch.setattr(accelerators, "current_allocation", lambda: allocation)

    return give


def tensorflow(*names):
    """TensorFlow as it tells of GPUs; None is one whose details lack the name."""
    gpus = [
        SimpleNamespace(name=f"/physical_device:GPU:{i}", model=model)
        for i, model in enumerate(names)
    ]
    config = SimpleNamespace(
        list_physical_devices=lambda kind: gpus if kind == "GPU" else [],
        experimental=SimpleNamespace(
            get_device_details=lambda gpu: (
                {"device_name": gpu.model} if gpu.model else {}
            )
        ),
    )
    return {"config": config}


def test_tensorflow_tells_the_model_of_its_gpu(backend):
    backend("tensorflow", **tensorflow("NVIDIA H200", "NVIDIA H200"))
    assert visible_gpus() == ["NVIDIA H200", "NVIDIA H200"]
    assert device_name() == "NVIDIA H200"
    backend("tensorflow", **tensorflow(None))
    assert device_name() == "/physical_device:GPU:0"


def test_the_other_backends_tell_it_too(backend):
    cuda = SimpleNamespace(
        device_count=lambda: 1, get_device_name=lambda i: f"A100 {i}"
    )
    backend("torch", cuda=cuda)
    assert device_name() == "A100 0"
    devices = [
        SimpleNamespace(platform="cpu", device_kind="cpu"),
        SimpleNamespace(platform="gpu", device_kind="NVIDIA L4"),
    ]
    backend("jax", local_devices=lambda: devices)
    assert device_name() == "NVIDIA L4"


def test_without_a_gpu_the_processor_trains(backend, given):
    given(AT_HOME)
    backend("tensorflow", **tensorflow())
    assert device_name() == "AMD EPYC"
    backend("openvino")
    assert device_name() == "AMD EPYC"


def test_where_a_unit_ran_is_told_in_columns(backend, given):
    given(IN_SLURM)
    backend("tensorflow", **tensorflow("NVIDIA H200"))
    assert ran_on() == {
        "host": "gpu2",
        "device": "NVIDIA H200",
        "slurm_job_id": "812",
        "queue_seconds": 42.0,
    }


@pytest.mark.parametrize(
    ("allocation", "asked", "seen"),
    [
        (IN_SLURM, 1, ["NVIDIA H200"]),
        (IN_SLURM, 0, []),  # the rule trains on the processor
        (AT_HOME, 1, []),  # so does a machine without a GPU
    ],
)
def test_training_begins(backend, given, allocation, asked, seen):
    given(allocation)
    backend("tensorflow", **tensorflow(*seen))
    require_gpu(asked, "stop")


def test_a_gpu_that_is_not_seen_stops_the_job_with_what_to_do(backend, given):
    given(IN_SLURM)
    backend("tensorflow", **tensorflow())
    with pytest.raises(ConfigurationError) as caught:
        require_gpu(1)
    message = str(caught.value)
    assert message.startswith(
        "this job was given GPU 0 on host gpu2 by Slurm job 812, but TensorFlow sees no"
        " GPU. "
    )
    assert (
        f"{sys.executable} -m pip install --require-hashes -r envs/gpu.txt" in message
    )
    assert "envs/gpu.yaml" in message
    assert "`missing_gpu: warn`" in message
    assert "\n" not in message


def test_it_is_a_warning_where_the_configuration_says_so(backend, given, caplog):
    given(IN_SLURM)
    backend("tensorflow", **tensorflow())
    with caplog.at_level(logging.WARNING):
        require_gpu(1, "warn")
    assert "but TensorFlow sees no GPU. It trains on the processor." in caplog.text
    assert "pip" not in caplog.text
