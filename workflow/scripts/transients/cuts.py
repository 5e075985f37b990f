"""Light curves as they are known some days after their trigger.

What is cut is the model input: each of its points follows from one observation and the
trigger alone, so a cut input is the input of the cut light curve. From the night of the
trigger on the trigger itself follows from what was observed by then. Before it the time
zero is hindsight, and so is, at every cut, that an object is tested at all: one without
a trigger or with too few points in the whole window is not in the input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from transients.encoding import CHANNELS, ModelInput

TIME = CHANNELS.index("time")


def cut_after(
    model_input: ModelInput, days: float, window: tuple[float, float]
) -> ModelInput:
    """Return all light curves without the points later than days after the trigger.

    window is that of the encoding, which scaled time to 0..1 [d]. A light curve may
    have no point left. Times are rounded to float32, so a point may stay that is
    up to 0.6 s too late in a window of 100 d.
    """
    low, high = window
    # Rounded as the encoding rounds, which keeps the order: the trigger stays at 0 d.
    latest = np.float32((days - low) / (high - low))
    kept = np.asarray(model_input.points[:, TIME]) <= latest
    before = np.append(0, np.cumsum(kept))
    return replace(
        model_input,
        points=np.asarray(model_input.points)[kept],
        offsets=before[model_input.offsets].astype(np.int64),
    )


def cuts_in_window(days: Iterable[float], window: tuple[float, float]) -> list[float]:
    """Return the days at which to cut: those inside the window [d], and its end.

    The last is the whole light curve.
    """
    low, high = window
    return sorted({float(day) for day in days if low < day < high} | {float(high)})
