"""The README's command for GPUs, run as it stands: CUDA is where TensorFlow looks.

It installs eight gigabytes. No GPU is needed: all that TensorFlow opens to see one, but
for the driver, opens without.
"""

import json
import platform
import subprocess
import sys
import venv

import pytest
from command_line import ROOT
from documentation import README, commands

(COMMAND,) = (words for words in commands(README) if "pip" in words)
OPENED = """
import ctypes, json, re, sysconfig
from pathlib import Path
import tensorflow

site = Path(sysconfig.get_path("purelib"))
looked_in = {
    site / folder.decode()
    for path in (site / "tensorflow").glob("libtensorflow_*.so.2")
    for folder in re.findall(rb"nvidia/\\w+/lib", path.read_bytes())
}
opened = []
for name in "cudart cublas cudnn cufft cusolver cusparse nccl cupti".split():
    for folder in looked_in:
        for path in folder.glob(f"lib{name}.so.*"):
            ctypes.CDLL(str(path))
            opened.append(path.name)
built_for = tensorflow.sysconfig.get_build_info()
print(json.dumps([opened, built_for["cuda_version"], built_for["cudnn_version"]]))
"""


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="CUDA packages are pinned for Linux on x86-64",
)
def test_the_command_for_gpus_installs_what_tensorflow_opens(tmp_path):
    def run(*words):
        given = {"cwd": tmp_path, "capture_output": True, "text": True}
        process = subprocess.run(words, **given)
        assert process.returncode == 0, process.stderr[-4000:]
        return process.stdout

    venv.create(tmp_path / ".venv", with_pip=True)
    (tmp_path / "envs").symlink_to(ROOT / "envs")
    run(*COMMAND)
    run(COMMAND[0], "-m", "pip", "check")
    opened, cuda, cudnn = json.loads(run(COMMAND[0], "-c", OPENED).splitlines()[-1])
    assert len(opened) == 8
    assert f"libcudart.so.{cuda.split('.')[0]}" in opened
    assert f"libcudnn.so.{cudnn}" in opened
