"""Augmentation changes what it says, by as much as it says, and nothing else."""

import numpy as np
import pytest
from toys import mixed_lengths, model_input

from transients.augmentation import Augmentation, augment

N = 400


def light_curves(n=N, seed=0):
    """Zero-padded light curves of 5 to 29 points, most of them detections."""
    given = model_input(mixed_lengths(n, seed=seed), seed=seed)
    return given.padded(np.arange(n))


def bright(times, n=N):
    """n equal light curves with points of flux 10 and error 1 at the given times."""
    points = [[0.472, t, 10.0, 1.0] for t in times]
    return np.tile(np.array(points, dtype=np.float32), (n, 1, 1))


def changed(given, seed=0, **strengths):
    return augment(given, Augmentation(**strengths), np.random.default_rng(seed))


def n_points(curves):
    return (curves[:, :, 0] != 0).sum(axis=1)


def test_strength_zero_changes_nothing():
    given = light_curves()
    np.testing.assert_allclose(changed(given), given, atol=1e-6)


ALL = {
    "drop": 0.5,
    "noise": 1,
    "flux_scale": 0.2,
    "dilation": 0.1,
    "truncate": 0.5,
    "gap": 0.5,
    "calibration": 0.1,
}


def test_the_given_light_curves_stay_as_they_are():
    given = light_curves()
    before = given.copy()
    changed(given, **ALL)
    np.testing.assert_array_equal(given, before)


def test_shape_type_and_right_padding_stay():
    given = light_curves()
    after = changed(given, **ALL)
    assert after.shape == given.shape
    assert after.dtype == np.float32
    inside = np.arange(after.shape[1]) < n_points(after)[:, None]
    assert not after[~inside].any()
    assert after[inside][:, 0].all()
    assert np.all(after[inside][:, 3] > 0)


def test_a_seed_decides_everything():
    given = light_curves(20)
    np.testing.assert_array_equal(changed(given, 1, **ALL), changed(given, 1, **ALL))
    assert not np.array_equal(changed(given, 1, **ALL), changed(given, 2, **ALL))


def test_at_most_the_given_fraction_is_dropped_and_order_stays():
    given = bright(np.linspace(0, 1, 20))
    after = changed(given, drop=0.5, min_points=5)
    left = n_points(after)
    assert left.min() == 10
    assert left.max() == 20
    assert left.mean() == pytest.approx(15, abs=0.5)
    for curve, n in zip(after, left, strict=True):
        assert np.all(np.diff(curve[:n, 1]) > 0)


@pytest.mark.parametrize(
    "strengths", [{"drop": 0.99}, {"truncate": 1}, {"gap": 1}, {**ALL, "gap": 1}]
)
def test_min_points_stay_and_shorter_light_curves_stay_whole(strengths):
    given = light_curves()
    after = changed(given, **strengths, min_points=8)
    np.testing.assert_array_equal(n_points(after) >= 8, n_points(given) >= 8)
    assert n_points(after).max() > 8
    short = n_points(given) <= 8
    np.testing.assert_array_equal(n_points(after)[short], n_points(given)[short])


def test_the_first_detection_left_takes_the_place_of_the_first_there_was():
    given = bright(np.arange(0.3, 0.9, 0.05))
    given[:, :2, 2] = 1.0  # two points before the first detection at 0.4
    after = changed(given, drop=0.9, min_points=3)
    detected = (after[:, :, 2] > 5 * after[:, :, 3]) & (after[:, :, 0] != 0)
    first = np.take_along_axis(after[:, :, 1], detected.argmax(1)[:, None], axis=1)
    np.testing.assert_allclose(first[detected.any(axis=1)], 0.4, atol=1e-6)
    assert detected.any(axis=1).mean() > 0.9
    moved = after[n_points(after) < 12]
    assert (moved[:, 0, 1] < 0.3 - 0.01).any()  # what came before moves along


def test_without_reanchoring_points_that_are_left_stay_in_time():
    given = bright(np.arange(0.3, 0.9, 0.05))
    after = changed(given, drop=0.9, min_points=3, reanchor=False)
    times = after[:, :, 1][after[:, :, 0] != 0]
    np.testing.assert_allclose(times, np.round(times / 0.05) * 0.05, atol=1e-6)
    assert (after[:, 0, 1] > 0.3).mean() > 0.3


def test_times_stay_where_no_detection_is_left():
    """Extra noise may leave no point above 5 sigma: nothing to anchor on then."""
    given = bright([0.1, 0.3, 0.5])
    given[:, :, 2] = [0.0, 5.5, 0.0]
    after = changed(given, noise=1.0)
    lost = ~(after[:, :, 2] > 5 * after[:, :, 3]).any(axis=1)
    assert lost.sum() > 50
    np.testing.assert_allclose(after[lost, :, 1], given[lost, :, 1], atol=1e-6)


def test_noise_is_added_and_its_error_is_owned_up_to():
    """Flux error grows by sqrt(1 + e^2), e up to 1; pulls stay those of the errors."""
    given = bright(np.linspace(0.1, 0.9, 50))
    after = changed(given, noise=1.0)
    growth = after[:, :, 3] / given[:, :, 3]
    np.testing.assert_allclose(growth, growth[:, :1].repeat(50, axis=1), rtol=1e-6)
    assert growth.min() == pytest.approx(1.0, abs=0.01)
    assert growth.max() == pytest.approx(np.sqrt(2), abs=0.01)
    added = np.sqrt(growth**2 - 1)
    pull = (after[:, :, 2] - given[:, :, 2]) / np.maximum(added, 1e-3)
    enough = added[:, 0] > 0.05
    assert pull[enough].std() == pytest.approx(1.0, abs=0.03)
    assert pull[enough].mean() == pytest.approx(0.0, abs=0.03)


def test_one_factor_scales_flux_and_error_of_a_light_curve():
    given = bright(np.linspace(0.1, 0.9, 7))
    after = changed(given, flux_scale=0.15)
    factor = after[:, :, 2] / given[:, :, 2]
    np.testing.assert_allclose(factor, after[:, :, 3] / given[:, :, 3], rtol=1e-5)
    np.testing.assert_allclose(factor, factor[:, :1].repeat(7, axis=1), rtol=1e-5)
    assert np.log(factor[:, 0]).std() == pytest.approx(0.15, rel=0.1)
    assert np.log(factor[:, 0]).mean() == pytest.approx(0.0, abs=0.03)


def test_time_stretches_around_the_first_detection():
    given = bright(np.linspace(0.2, 0.8, 7))
    after = changed(given, dilation=0.05)
    np.testing.assert_allclose(after[:, 0, 1], 0.2, atol=1e-6)
    stretch = (after[:, 1:, 1] - 0.2) / (given[:, 1:, 1] - 0.2)
    np.testing.assert_allclose(stretch, stretch[:, :1].repeat(6, axis=1), rtol=1e-4)
    assert stretch[:, 0].std() == pytest.approx(0.05, rel=0.1)
    np.testing.assert_array_equal(after[:, :, [0, 2, 3]], given[:, :, [0, 2, 3]])


def test_a_truncated_light_curve_ends_at_any_time_after_its_first_detection():
    times = np.linspace(0.0, 1.0, 51)
    given = bright(times, 2000)
    given[:, :21, 2] = 1.0  # the first detection is at 0.42
    after = changed(given, truncate=0.5, min_points=5)
    left = n_points(after)
    cut = left < 51
    assert cut.mean() == pytest.approx(0.5, abs=0.05)
    assert left.min() == 22
    assert np.median(times[left[cut] - 1]) == pytest.approx(0.7, abs=0.03)
    for points, n in zip(after, left, strict=True):
        np.testing.assert_allclose(points[:n], given[0, :n], atol=1e-6)


def test_a_gap_takes_up_to_two_fifths_of_the_window_out_anywhere():
    given = bright(np.linspace(0.01, 1.0, 100), 2000)
    after = changed(given, gap=0.8, reanchor=False)
    day = np.round(after[:, :, 1] * 100).astype(int)  # 0: padding
    is_left = np.stack([np.isin(np.arange(1, 101), days) for days in day])
    lost = 100 - is_left.sum(axis=1)
    assert (lost > 0).mean() == pytest.approx(0.8, abs=0.04)
    assert lost.max() == pytest.approx(40, abs=1)
    edges = np.abs(np.diff(is_left, axis=1)).sum(axis=1)
    assert set(edges[lost > 0]) == {1, 2}  # one stretch of days, or an end of them
    covered = 1 - is_left.mean(axis=0)
    assert covered.min() > 0.5 * covered.max()


def test_calibration_scales_each_passband_of_a_light_curve_by_a_factor_of_its_own():
    given = bright(np.linspace(0.1, 0.9, 8), 4000)
    given[:, ::2, 0] = 0.634
    after = changed(given, calibration=0.05)
    factor = after[:, :, 2] / given[:, :, 2]
    np.testing.assert_allclose(factor, after[:, :, 3] / given[:, :, 3], rtol=1e-5)
    np.testing.assert_allclose(factor[:, 2:], factor[:, :-2], rtol=1e-5)
    logs = np.log(factor[:, :2])
    assert logs.std(axis=0) == pytest.approx(0.05, rel=0.05)
    assert np.corrcoef(logs.T)[0, 1] == pytest.approx(0, abs=0.05)
