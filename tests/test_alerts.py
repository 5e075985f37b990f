"""Forced photometry reduced to alerts."""

import numpy as np

from transients.alerts import as_alerts
from transients.encoding import ModelInput

WINDOW = (-30.0, 70.0)


def light_curve(*points):
    """Points (time, S/N) with unit errors."""
    return [[0.5, time, snr, 1.0] for time, snr in points]


def given(*light_curves):
    n = len(light_curves)
    return ModelInput(
        points=np.concatenate(light_curves).astype(np.float32),
        offsets=np.cumsum([0, *map(len, light_curves)]),
        metadata=np.arange(n, dtype=np.float32)[:, None],
        labels=np.arange(n),
        object_id=np.array([f"o{i}" for i in range(n)], dtype=object),
    )


def test_detections_alone_stay_and_the_first_is_the_trigger():
    faint_then_bright = light_curve((0.1, 1), (0.2, 6), (0.3, 4), (0.5, 9), (0.6, -8))
    alerts, _ = as_alerts(given(faint_then_bright), WINDOW, 1)
    np.testing.assert_allclose(alerts.points[:, 1], [0.3, 0.6], atol=1e-6)
    np.testing.assert_allclose(alerts.points[:, 2], [6, 9])


def test_what_moves_out_of_the_window_is_cut():
    alerts, _ = as_alerts(given(light_curve((0.1, 6), (0.79, 6), (0.81, 6))), WINDOW, 1)
    np.testing.assert_allclose(alerts.points[:, 1], [0.3, 0.99], atol=1e-6)


def test_light_curves_with_too_few_detections_are_left_out():
    none = light_curve((0.3, 1), (0.4, 2))
    one = light_curve((0.3, 7), (0.4, 2))
    two = light_curve((0.3, 7), (0.4, 8))
    alerts, dropped = as_alerts(given(none, one, two, none), WINDOW, 2)
    assert dropped["object_id"].tolist() == ["o0", "o1", "o3"]
    assert set(dropped["reason"]) == {"fewer than 2 detections in the window"}
    assert alerts.object_id.tolist() == ["o2"]
    assert alerts.labels.tolist() == [2]
    assert alerts.metadata.tolist() == [[2.0]]
    assert alerts.offsets.tolist() == [0, 2]
