"""Features of light curves that are known, point by point."""

import numpy as np
import pytest

from transients import features
from transients.dust import extinction_ratio
from transients.encoding import Encoding, ModelInput
from transients.errors import DataError
from transients.features import KEYS, extract
from transients.photometry import R_V
from transients.tables import ZERO_POINT

ENCODING = Encoding({"r": 0.634, "g": 0.472}, ("SN Ia", "SN II"))
STATISTICS_NEED = {"g_skew": 3, "g_kurtosis": 4, "g_bazin_fit_amplitude": 6}


def observed(passband, times, magnitudes, snr=100.0):
    """Points of one passband as they are encoded, at times since the trigger [d]."""
    low, high = ENCODING.window
    flux = 10 ** (0.4 * (ZERO_POINT - np.asarray(magnitudes, float)))
    flux /= ENCODING.flux_scale
    wavelength = np.full(len(flux), ENCODING.wavelengths[passband])
    scaled = (np.asarray(times, float) - low) / (high - low)
    return np.stack([wavelength, scaled, flux, flux / snr], axis=1)


def given(*light_curves, mwebv=0.0):
    """Light curves, each of several passbands, as model input."""
    joined = [np.concatenate(passbands) for passbands in light_curves]
    joined = [points[np.argsort(points[:, 1])] for points in joined]
    n = len(joined)
    return ModelInput(
        points=np.concatenate(joined).astype(np.float32),
        offsets=np.cumsum([0, *map(len, joined)]),
        metadata=np.full((n, 1), mwebv, np.float32),
        labels=np.arange(n) % 2,
        object_id=np.array([f"o{i}" for i in range(n)], dtype=object),
    )


TRIANGLE = [19.5, 18.5, 17.5, 18.0, 18.5, 19.0]
TRIANGLE_DAYS = [0, 10, 20, 30, 40, 50]
"""Rises by 0.1 mag a day to magnitude 17.5 on day 20, and fades by 0.05 mag a day."""


def triangle(passband="g", magnitude=0.0, day=0.0, snr=100.0):
    times = np.add(TRIANGLE_DAYS, day)
    return observed(passband, times, np.add(TRIANGLE, magnitude), snr)


def features_of(*passbands, **kwargs):
    return extract(given(passbands, **kwargs), ENCODING).drop(columns=KEYS).iloc[0]


def test_a_triangle_has_the_peak_rise_and_decline_that_it_was_made_with():
    found = features_of(triangle())
    expected = {
        "g_points": 6,
        "g_detections": 6,
        "g_peak_snr": 100,
        "g_peak_magnitude": 17.5,
        "g_peak_time": 20,
        "g_time_before_peak": 20,
        "g_time_after_peak": 30,
        "g_fade_at_first": 2.0,
        "g_fade_at_last": 1.5,
        "g_fade_at_-15d": 1.5,
        "g_fade_at_-5d": 0.5,
        "g_fade_at_+5d": 0.25,
        "g_fade_at_+15d": 0.75,
        "g_rise_time_0.5mag": 5,
        "g_rise_time_1.0mag": 10,
        "g_decline_time_0.5mag": 10,
        "g_decline_time_1.0mag": 20,
        "g_amplitude": 1.0,
        "g_mean": 18.5,
        "g_duration": 50,
        "g_standard_deviation": np.std(TRIANGLE, ddof=1),
    }
    assert found[list(expected)].to_dict() == pytest.approx(expected, abs=2e-3)


def test_times_and_magnitudes_that_a_light_curve_does_not_reach_are_nan():
    found = features_of(triangle())
    beyond = ["g_fade_at_+45d", "g_fade_at_+60d"]
    assert found[beyond].isna().all()
    flat = features_of(observed("g", [0, 10, 20], [18, 18.2, 18.4]))
    crossings = ["g_rise_time_0.5mag", "g_decline_time_0.5mag", "g_fade_at_-5d"]
    assert flat[crossings].isna().all()


def test_colours_are_bluer_minus_redder_where_both_are_observed():
    """r is 0.3 mag brighter and ten days later: the colour changes with phase."""
    found = features_of(triangle("g"), triangle("r", magnitude=-0.3, day=10))
    expected = {
        "g-r_peak_magnitudes": 0.3,
        "g-r_peak_times": -10,
        "g-r_at_first": -0.7,  # day 10: g has risen to 18.5, r begins at 19.2
        "g-r_at_blue_peak": -0.7,  # day 20
        "g-r_at_red_peak": 0.8,  # day 30
        "g-r_at_+10d": 0.8,
        "g-r_at_-5d": 0.05,  # day 25: 17.75 and 17.7
        "g-r_at_last": 0.8,  # day 50
    }
    assert found[list(expected)].to_dict() == pytest.approx(expected, abs=2e-3)
    assert np.isnan(found["g-r_at_+30d"])  # day 60, after the last g


def test_the_peak_time_counts_from_the_first_detection_in_any_passband():
    before = observed("r", [-25], [20], snr=4.0)  # not detected
    found = features_of(triangle("g"), before, observed("r", [-8], [20], snr=6.0))
    assert found["g_peak_time"] == pytest.approx(28, abs=1e-3)
    assert found["r_detections"] == 1


def test_an_outlier_of_large_error_is_not_the_peak():
    outlier = observed("g", [45], [17.0], snr=1.2)
    assert features_of(triangle(), outlier)["g_peak_magnitude"] == pytest.approx(
        17.5, abs=2e-3
    )


def test_fluxes_at_and_below_zero_are_measured_too():
    points = observed("g", TRIANGLE_DAYS, TRIANGLE, snr=100.0)
    points[0, 2] = 0.0
    points[-1, 2] *= -1
    found = features_of(points)
    assert np.isfinite(found[["g_fade_at_first", "g_fade_at_last", "g_mean"]]).all()
    assert found["g_fade_at_last"] > found["g_fade_at_first"] > 2


def test_milky_way_extinction_is_taken_back():
    e_bv = 0.3
    dimmed = R_V * e_bv * extinction_ratio(np.array([4720.0, 6340.0]))
    seen = triangle("g", dimmed[0]), triangle("r", dimmed[1])
    found = features_of(*seen, mwebv=e_bv)
    clear = features_of(triangle("g"), triangle("r"))
    brightness = ["g_peak_magnitude", "r_peak_magnitude", "g-r_at_red_peak", "g_mean"]
    assert found[brightness].tolist() == pytest.approx(
        clear[brightness].tolist(), abs=1e-3
    )
    assert found["mwebv"] == pytest.approx(e_bv)


def test_a_passband_without_points_is_nan_and_has_none():
    found = features_of(triangle("g"))
    of_r = [name for name in found.index if name.startswith(("r_", "g-r"))]
    counted = ["r_points", "r_detections"]
    assert found[counted].tolist() == [0, 0]
    assert found[of_r].drop(counted).isna().all()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_statistics_of_too_few_points_are_nan(n):
    found = features_of(observed("g", TRIANGLE_DAYS[:n], TRIANGLE[:n]))
    finite = {name: bool(np.isfinite(found[name])) for name in STATISTICS_NEED}
    assert finite == {name: n >= least for name, least in STATISTICS_NEED.items()}


def survey(n=40, seed=1):
    """Noisy triangles of all lengths in both passbands."""
    rng = np.random.default_rng(seed)
    light_curves = []
    for _ in range(n):
        parts = []
        for passband in "gr":
            curve = triangle(passband, rng.normal(0, 1), rng.uniform(-20, 15))
            curve[:, 2] += rng.normal(0, 3, len(curve)) * curve[:, 3]
            parts.append(curve[rng.random(len(curve)) < 0.7])
        parts.append(triangle("r")[:1])
        light_curves.append(parts)
    return given(*light_curves, mwebv=0.1)


def test_each_light_curve_is_measured_by_itself(monkeypatch):
    """Neither its neighbours, nor their order, nor the portion it is in matter."""
    together = extract(survey(), ENCODING)
    assert together.drop(columns=KEYS).dtypes.eq(np.float32).all()
    monkeypatch.setattr(features, "PORTION", 7)
    in_portions = extract(survey(), ENCODING)
    assert in_portions.equals(together)
    given_input = survey()
    order = np.random.default_rng(0).permutation(len(given_input))
    slices = zip(given_input.offsets[:-1], given_input.offsets[1:], strict=True)
    points = [given_input.points[a:b] for a, b in slices]
    shuffled = ModelInput(
        points=np.concatenate([points[i] for i in order]),
        offsets=np.append(0, np.cumsum(given_input.lengths[order])),
        metadata=given_input.metadata[order],
        labels=given_input.labels[order],
        object_id=given_input.object_id[order],
    )
    again = extract(shuffled, ENCODING)
    assert again.equals(together.iloc[order].reset_index(drop=True))


def test_the_class_is_named_beside_its_object():
    table = extract(given([triangle()], [triangle()]), ENCODING)
    assert table[KEYS].to_numpy().tolist() == [["o0", "SN Ia"], ["o1", "SN II"]]


def test_without_any_light_curve_there_is_nothing_to_measure():
    none = ModelInput(
        points=np.empty((0, 4), np.float32),
        offsets=np.zeros(1, np.int64),
        metadata=np.empty((0, 1), np.float32),
        labels=np.empty(0, np.int64),
        object_id=np.empty(0, object),
    )
    with pytest.raises(DataError, match="no light curve is left"):
        extract(none, ENCODING)


def test_points_of_no_passband_are_refused():
    points = triangle()
    points[:, 0] = 0.55
    with pytest.raises(DataError, match=r"wavelength 0\.55 .*0\.472, 0\.634"):
        extract(given([points]), ENCODING)
