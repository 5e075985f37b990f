"""The benchmark of the readers: every format is written and read back, in small."""

from pathlib import Path

import bench_readers
import pytest


@pytest.mark.parametrize("name", bench_readers.FORMS)
def test_every_format_is_measured(tmp_path: Path, name: str) -> None:
    form, _ = bench_readers.FORMS[name]
    n_objects, n_points, per_second, peak = bench_readers.measure(
        form(tmp_path, bench_readers.light_curves(50))
    )
    assert n_objects > 40  # ALeRCE has no light curve of those never detected
    assert min(n_points, per_second, peak) > 0
