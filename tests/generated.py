"""Generated survey tables, for tests that write them in a format and read them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from transients.tables import LIGHT_CURVES, OBJECTS, SurveyTables

NAMES = st.text("aZ09_+.;,'\" é", min_size=1, max_size=6).filter(
    lambda name: name == name.strip()
)


def numbers(low: float, high: float, width: int = 64) -> st.SearchStrategy[float]:
    return st.floats(low, high, width=width, allow_subnormal=False)  # type: ignore[arg-type]


@st.composite
def survey_tables(
    draw: st.DrawFn,
    classes: Sequence[str],
    passbands: Sequence[str],
    names: st.SearchStrategy[str] = NAMES,
) -> SurveyTables:
    """Draw up to four objects, each with up to six observations 0.01 d apart."""
    ids = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    known = {"ra": (0, 360), "dec": (-90, 90), "mwebv": (0, 5), "redshift": (0.01, 9)}
    objects = [
        {
            "object_id": name,
            "class": draw(st.sampled_from(classes)),
            **{
                key: draw(st.none() | numbers(*limits)) for key, limits in known.items()
            },
            "trigger_mjd": None,
        }
        for name in ids
    ]
    points = [row for name in ids for row in draw(_points(name, passbands))]
    return SurveyTables(
        pd.DataFrame(objects).astype(dict.fromkeys([*known, "trigger_mjd"], float)),
        pd.DataFrame(points).astype({"flux": np.float32, "flux_err": np.float32}),
    )


@st.composite
def _points(
    draw: st.DrawFn, name: str, passbands: Sequence[str]
) -> list[dict[str, Any]]:
    ticks = draw(st.lists(st.integers(0, 9999), min_size=1, max_size=6, unique=True))
    return [
        {
            "object_id": name,
            "mjd": 58000 + tick / 100,
            "passband": draw(st.sampled_from(passbands)),
            "flux": draw(numbers(-(2.0**30), 2.0**30, 32)),
            "flux_err": draw(numbers(2.0**-10, 2.0**20, 32)),
            "detected": draw(st.booleans()),
        }
        for tick in sorted(ticks)
    ]


def assert_same(found: SurveyTables, expected: SurveyTables) -> None:
    """Compare the objects and light curves of two tables, which must be equal."""
    for name, schema in (("objects", OBJECTS), ("light_curves", LIGHT_CURVES)):
        left, right = (getattr(t, name)[schema.names] for t in (found, expected))
        pd.testing.assert_frame_equal(left, right, check_dtype=False, check_exact=True)
