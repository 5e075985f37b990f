"""The label table: coordinates, numbers, names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from transients.readers.labels import degrees


def test_degrees() -> None:
    words = pd.Series(["12:00:00", "-00:30:00", "180.5", "-", "12h30m00s", "?"])
    expected = [180.0, -7.5, 180.5, np.nan, 187.5, np.nan]
    assert degrees(words, "hourangle").to_numpy() == pytest.approx(
        expected, nan_ok=True
    )
    assert degrees(words[1:2], "deg").to_numpy() == pytest.approx([-0.5])
