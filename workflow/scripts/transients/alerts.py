"""Forced photometry as an alert stream would show it: detections alone.

A source model for a target of alerts is better pretrained on what alerts look like:
no upper limits, and time counted from the first detection.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transients.encoding import ModelInput
from transients.photometry import DETECTION_SNR
from transients.tables import dropped_frame


def as_alerts(
    model_input: ModelInput, window: tuple[float, float], min_points: int
) -> tuple[ModelInput, pd.DataFrame]:
    """Return the light curves reduced to their detections (S/N > 5, positive flux).

    Times are moved so that the first detection is the trigger; what then lies behind
    the window [d] is cut, and light curves with fewer than min_points are left out:
    the second table lists their object_id and the reason.
    """
    points = np.asarray(model_input.points)
    owner = np.repeat(np.arange(len(model_input)), model_input.lengths)
    detected = points[:, 2] > DETECTION_SNR * points[:, 3]
    points, owner = points[detected], owner[detected]
    seen, first, inverse = np.unique(owner, return_index=True, return_inverse=True)
    trigger = -window[0] / (window[1] - window[0])
    time = points[:, 1] - points[first, 1][inverse] + trigger
    inside = time <= 1
    counts = np.bincount(inverse[inside], minlength=len(seen))
    enough = counts >= min_points
    kept = inside & enough[inverse]
    moved = points[kept].copy()
    moved[:, 1] = time[kept]
    rows = seen[enough]
    alerts = ModelInput(
        points=moved,
        offsets=np.append(0, np.cumsum(counts[enough])).astype(np.int64),
        metadata=np.asarray(model_input.metadata[rows]),
        labels=np.asarray(model_input.labels[rows]),
        object_id=model_input.object_id[rows],
    )
    left_out = np.setdiff1d(np.arange(len(model_input)), rows)
    why = f"fewer than {min_points} detections in the window"
    return alerts, dropped_frame(model_input.object_id[left_out], why)
