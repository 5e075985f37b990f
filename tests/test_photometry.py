"""Laws of photometry."""

import numpy as np
import pytest

from transients.photometry import flux_from_magnitude, flux_scale, near_duplicates


def test_flux_law() -> None:
    flux, error = flux_from_magnitude([27.5, 25.0], [0.1, 0.2])
    assert flux == pytest.approx([1.0, 10.0])
    assert error == pytest.approx([0.0921034, 1.8420681])
    assert flux_scale([27.5, 25.0]) == pytest.approx([1.0, 10.0])


def test_near_duplicates_follow_the_kept_one() -> None:
    """In a chain the third is compared with the first, not with the dropped second."""
    mjd = 59000 + np.array([0.0, 0.8e-4, 1.6e-4, 2.4e-4, 0.8e-4])
    marked = near_duplicates(np.array([0, 0, 0, 0, 1]), mjd)
    assert marked.tolist() == [False, True, False, True, False]
