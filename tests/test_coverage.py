"""How a light curve is covered, told by hand-made points."""

import numpy as np
import pytest

from transients.coverage import coverage
from transients.encoding import Encoding, ModelInput

ENCODING = Encoding(wavelengths={"g": 0.5, "r": 0.6}, classes=("a",))
G, R = 0.5, 0.6


def given(*light_curves):
    """Light curves of points (wavelength, day, flux [FLUXCAL], S/N)."""
    points = np.array([point for points in light_curves for point in points])
    wavelength, day, flux, snr = points.T
    time, flux = (day + 30) / 100, flux / 500
    n = len(light_curves)
    return ModelInput(
        points=np.stack([wavelength, time, flux, flux / snr], axis=1).astype(
            np.float32
        ),
        offsets=np.cumsum([0, *map(len, light_curves)]),
        metadata=np.zeros((n, 1), np.float32),
        labels=np.zeros(n, np.int64),
        object_id=np.array([f"o{i}" for i in range(n)], dtype=object),
    )


THREE_NIGHTS = [(G, 0, 100, 6), (R, 0.05, 200, 8), (R, 2, 900, 30), (G, 9, 300, 7)]
ONE_NIGHT = [(R, 3, 50, 5), (R, 3.1, 60, 9)]


def test_every_number_of_light_curves_that_follow_one_another():
    table = coverage(given(THREE_NIGHTS, ONE_NIGHT), ENCODING).set_index("object_id")
    assert table.loc["o0"].to_dict() == pytest.approx(
        {
            **{"points": 4, "nights": 3, "nights_in_several_passbands": 1 / 3},
            **{"median_gap": (1.95 + 7) / 2, "longest_gap": 7},
            **{"peak_flux": 900, "highest_snr": 30, "median_snr": 7.5},
        },
        rel=1e-4,
    )
    one = table.loc["o1"]
    assert (one["nights"], one["nights_in_several_passbands"]) == (1, 0)
    assert np.isnan(one["median_gap"]) and np.isnan(one["longest_gap"])


def test_a_night_ends_with_its_light_curve():
    """The next object's first point may come at the same time of the same night."""
    same_time = [(G, 9.01, 10, 5), (G, 12, 10, 5)]
    table = coverage(given(THREE_NIGHTS, same_time), ENCODING)
    assert table["nights"].tolist() == [3, 2]
    assert table["nights_in_several_passbands"].tolist() == [pytest.approx(1 / 3), 0]
