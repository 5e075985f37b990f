"""What a job is told of its place, by the environment, by Slurm and by the driver."""

import platform
import socket

import pytest
from programs import play

from transients.allocation import allocation_of, answer_of, cpu_name, gpu_names

IN_SLURM = {"SLURM_JOB_ID": "812", "SLURMD_NODENAME": "gpu2"}
SCONTROL = (
    "JobId=812 JobName=9b2b JobState=RUNNING Reason=None Dependency=(null) Requeue=1"
    " Restarts=1 RunTime=00:00:02 TimeLimit=00:30:00 SubmitTime=1732363700"
    " EligibleTime=1732363700 AccrueTime=1732363701 StartTime=1732363742"
    " EndTime=1732365542 Command=(null)\n"
)


def test_outside_slurm_there_is_a_host_and_a_processor():
    here = allocation_of({})
    assert here.host == socket.gethostname()
    assert here.cpu
    assert (here.job_id, here.gpus, here.queue_seconds) == (None, (), None)


def test_slurm_is_asked_how_long_the_job_was_queued(tmp_path, monkeypatch):
    calls = play(tmp_path / "a bin", monkeypatch, "scontrol", SCONTROL)
    here = allocation_of(IN_SLURM)
    assert (here.host, here.job_id, here.queue_seconds) == ("gpu2", "812", 42.0)
    assert calls.read_text() == "%s --oneliner show job 812\n"


def test_a_task_of_an_array_is_named_as_slurm_does(tmp_path, monkeypatch):
    calls = play(tmp_path / "bin", monkeypatch, "scontrol", SCONTROL)
    array = {"SLURM_ARRAY_JOB_ID": "810", "SLURM_ARRAY_TASK_ID": "3"}
    assert allocation_of(IN_SLURM | array).job_id == "810_3"
    assert calls.read_text().endswith(" 812\n")  # the number of the task alone


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("slurm_load_jobs error: Unable to contact slurm controller\n", 1),
        ("JobId=812 SubmitTime=1732363700 StartTime=Unknown EndTime=Unknown\n", 0),
        ("", 0),
    ],
)
def test_no_answer_is_no_wait(tmp_path, monkeypatch, said, status):
    play(tmp_path / "bin", monkeypatch, "scontrol", said, status)
    assert allocation_of(IN_SLURM).queue_seconds is None


def test_a_program_that_is_missing_or_hangs_has_no_answer(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert answer_of(["no-such-program"]) is None
    assert answer_of(["tail", "-f", "/dev/null"], patience=0.05) is None


@pytest.mark.parametrize(
    ("environment", "gpus"),
    [
        ({"CUDA_VISIBLE_DEVICES": "0"}, ("0",)),
        ({"CUDA_VISIBLE_DEVICES": "1,GPU-4f2a"}, ("1", "GPU-4f2a")),
        ({"CUDA_VISIBLE_DEVICES": ""}, ()),
        ({"CUDA_VISIBLE_DEVICES": "NoDevFiles"}, ()),
        ({"CUDA_VISIBLE_DEVICES": "-1", "SLURM_JOB_GPUS": "0"}, ()),  # the user's wish
        ({"SLURM_JOB_GPUS": "2"}, ("2",)),
        ({"SLURM_JOB_GPUS": "2,3", "SLURM_STEP_GPUS": "3"}, ("3",)),
    ],
)
def test_the_gpus_are_those_that_the_job_was_given(environment, gpus):
    assert allocation_of(environment).gpus == gpus


@pytest.mark.parametrize(
    ("said", "status", "names"),
    [
        ("NVIDIA H200\n", 0, "NVIDIA H200"),
        ("NVIDIA H200\nNVIDIA H200\n", 0, "2 x NVIDIA H200"),
        ("Tesla V100-SXM2-16GB\nNVIDIA A100\n", 0, "Tesla V100-SXM2-16GB, NVIDIA A100"),
        ("No devices were found\n", 6, "GPU 0,1"),
    ],
)
def test_the_driver_knows_the_models(tmp_path, monkeypatch, said, status, names):
    calls = play(tmp_path / "bin", monkeypatch, "nvidia-smi", said, status)
    assert gpu_names(["0", "1"]) == names
    assert "--id=0,1" in calls.read_text()


def test_no_gpu_has_no_name():
    assert gpu_names([]) is None


def test_the_processor_is_named_by_its_model(tmp_path):
    described = tmp_path / "cpuinfo"
    described.write_text("processor\t: 0\nmodel name\t: AMD EPYC 7\nmodel name\t: B\n")
    assert cpu_name(described) == "AMD EPYC 7"
    described.write_text("processor\t: 0\nBogoMIPS\t: 50.00\n")  # as on ARM
    for path in (described, tmp_path / "missing"):
        assert cpu_name(path) == platform.processor() or platform.machine()
