"""Forced photometry: its zero level, errors and trigger, and which epochs are good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toy_csv import reasons
from toy_forced_photometry import (
    NAME,
    PEAK,
    days_from_peak,
    epochs,
    event,
    read,
    read_one,
    write,
)

from transients.readers.ztf_forced_photometry import baseline

# The zero level and the errors


def test_each_reference_image_has_its_offset(tmp_path: Path) -> None:
    """Two CCDs with offsets of -350 and 900 DN, in zero points that vary by epoch."""
    parts = []
    for ccd, offset in ((10, -350.0), (3, 900.0)):
        rows = event(seed=ccd, ccdid=ccd, rfid=ccd)
        zero_points = 26.275 + np.random.default_rng(ccd).normal(0, 0.3, len(rows))
        scale = 10 ** (0.4 * (zero_points - 26.275))
        flux = (rows["forcediffimflux"] + offset) * scale
        error = rows["forcediffimfluxunc"] * scale
        parts.append(
            rows.assign(
                zpdiff=zero_points, forcediffimflux=flux, forcediffimfluxunc=error
            )
        )
    tables = read_one(tmp_path, pd.concat(parts))
    flux = tables.light_curves["flux"].to_numpy() / 10 ** (0.4 * (27.5 - 26.275))
    days = days_from_peak(tables)
    quiet = np.abs(days) > 100
    assert np.abs(flux[quiet]).max() < 5 * 20
    truth = 1000 * np.exp(-((days[~quiet] / 15) ** 2))
    assert flux[~quiet] == pytest.approx(truth, abs=5 * 20)
    assert (NAME, "360 epochs brought to their baseline") in reasons(tables)


@pytest.mark.parametrize("noise", [1.0, 2.0, 5.0])
def test_errors_grow_to_the_scatter(tmp_path: Path, noise: float) -> None:
    tables = read_one(tmp_path, event(seed=1, noise=noise))
    scale = 10 ** (0.4 * (27.5 - 26.275))
    growth = tables.light_curves["flux_err"].to_numpy() / (20 * scale)
    assert growth == pytest.approx(noise, rel=0.25)
    assert growth.min() >= 1  # never smaller than the service says


def test_errors_never_shrink(tmp_path: Path) -> None:
    tables = read_one(tmp_path, event(seed=1, noise=0.3))
    assert tables.light_curves["flux_err"].to_numpy() == pytest.approx(
        20 * 10 ** (0.4 * (27.5 - 26.275))
    )
    assert not any("errors" in reason for _, reason in reasons(tables))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (-20, 99, "20 epochs at the zero level of the file"),  # only the event
        (-20, 1000, "60 epochs brought to their baseline"),  # only epochs after it
        (-800, 99, "140 epochs brought to their baseline"),  # only epochs before it
    ],
)
def test_an_event_is_not_eaten_by_its_baseline(
    tmp_path: Path, first: float, last: float, words: str
) -> None:
    rows = event(seed=2)
    tables = read_one(tmp_path, rows[(rows["jd"] - PEAK).between(first, last)])
    flux = tables.light_curves["flux"] / 10 ** (0.4 * (27.5 - 26.275))
    assert flux.max() == pytest.approx(1000, abs=5 * 20)
    assert any(reason.startswith(words) for _, reason in reasons(tables))


def test_enough_epochs_before_the_event_are_the_baseline(tmp_path: Path) -> None:
    """Few things shine before they explode, some still do long after it."""
    rows = event(seed=7).drop(range(90))
    rows.loc[140:, "forcediffimflux"] += 500.0
    tables = read_one(tmp_path, rows)
    before = days_from_peak(tables) < -100
    assert before.sum() == 30
    assert abs(np.median(tables.light_curves["flux"][before])) < 5
    assert (NAME, "90 epochs brought to their baseline") in reasons(tables)


def test_no_event_no_correction(tmp_path: Path) -> None:
    rows = event(seed=3)
    rows["forcediffimflux"] = 40.0 + 20.0 * (-1.0) ** np.arange(len(rows))
    tables = read_one(tmp_path, rows)
    assert set(np.round(tables.light_curves["flux"] / 10**0.49)) == {20.0, 60.0}
    words = "180 epochs at the zero level of the file: no event, or baseline below 10"
    assert (NAME, words) in reasons(tables)


def test_lone_bad_subtractions_are_no_event(tmp_path: Path) -> None:
    """Two of them alone in their 14 d, brighter than the event, change nothing."""
    rows = event(seed=4).drop([*range(13, 20), *range(22, 29)])
    good = read_one(tmp_path, rows.drop([20, 21])).light_curves
    rows.loc[[20, 21], "forcediffimflux"] = 1e4
    points = read_one(tmp_path, rows).light_curves.drop([13, 14]).reset_index()
    assert points["flux"].to_numpy() == pytest.approx(good["flux"], abs=5)
    assert points["flux_err"].to_numpy() == pytest.approx(good["flux_err"], rel=0.1)


def test_the_margins_are_options(tmp_path: Path) -> None:
    """No epoch lies 2,000 days before or behind the peak."""
    tables = read_one(tmp_path, event(seed=5), baseline={"before": 2000, "after": 2000})
    assert any(
        "180 epochs at the zero level" in reason for _, reason in reasons(tables)
    )


def test_without_a_baseline_the_fit_scales_the_errors(tmp_path: Path) -> None:
    """The median of 4, 4 and 9 is 4: errors are twice as large."""
    rows = epochs(
        PEAK + np.arange(3),
        forcediffimflux=1.0,
        forcediffimfluxunc=1.0,
        forcediffimchisq=[4.0, 9.0, 4.0],
        zpdiff=27.5,
    )
    tables = read_one(tmp_path, rows)
    assert list(tables.light_curves["flux_err"]) == [2.0, 2.0, 2.0]
    assert (NAME, "3 errors scaled up") in reasons(tables)


def test_peaks_of_many_objects_at_once() -> None:
    """The running median is blind to the objects that stand beside it."""
    days = np.tile(np.arange(0, 300, 3.0), 3)
    owner = np.repeat([0, 7, 8], 100)
    center = np.repeat([30.0, 150.0, 0.0], 100)
    snr = 50 * np.exp(-(((days - center) / 10) ** 2)) * (owner != 8)
    peaks = baseline.event_peaks(owner, 58200 + days, snr)
    assert peaks.to_dict() == pytest.approx({0: 58230.0, 7: 58350.0}, abs=6)


def test_chance_detections_long_before_the_event_trigger_nothing(
    tmp_path: Path,
) -> None:
    rows = event(seed=1)
    rows.loc[[10, 50], "forcediffimflux"] = 200.0
    tables = read_one(tmp_path, rows)
    points, peak = tables.light_curves, PEAK - 2400000.5
    seen = points.loc[points["detected"], "mjd"]
    assert (seen < peak - 100).sum() == 2
    trigger = tables.objects["trigger_mjd"].item()
    assert trigger == seen[seen > peak - 100].iloc[1]


def test_an_object_without_an_event_has_no_trigger(tmp_path: Path) -> None:
    days = np.arange(0, 300, 3.0)
    rows = epochs(PEAK + days, forcediffimflux=0.0, forcediffimfluxunc=20.0)
    assert read_one(tmp_path, rows).objects["trigger_mjd"].isna().all()


# Quality


@pytest.mark.parametrize(
    ("column", "bad", "good", "reason"),
    [
        ("infobitssci", 33554432, 33554431, "infobitssci of 2**25 or more"),
        ("scisigpix", 25.1, 25.0, "scisigpix above 25"),
        ("sciinpseeing", 4.01, 4.0, "seeing above 4 pixels"),
        ("procstatus", "56", "57", "processing status"),
        ("procstatus", "61", "0", "processing status"),
        ("procstatus", "57,63", "57,62", "processing status"),
        ("procstatus", "64", "58", "processing status"),
        ("procstatus", "255", "59", "processing status"),
        ("procstatus", "null", "0", "processing status"),
        ("forcediffimflux", "null", 0.0, "no flux, or no error of it"),
        ("forcediffimflux", "inf", -5.0, "no flux, or no error of it"),
        ("forcediffimfluxunc", "nan", 1.0, "no flux, or no error of it"),
        ("forcediffimfluxunc", -99999, 1.0, "no flux, or no error of it"),
        ("forcediffimfluxunc", 0.0, 1.0, "no flux, or no error of it"),
        ("zpdiff", "null", 26.0, "no zero point"),
        ("zpdiff", -99999, 26.0, "no zero point"),
        ("scisigpix", "null", 1.0, "scisigpix above 25"),
    ],
)
def test_bad_epochs_are_removed_and_counted(
    tmp_path: Path, column: str, bad: Any, good: Any, reason: str
) -> None:
    rows = epochs(PEAK + np.arange(3), forcediffimfluxunc=2.0).astype({column: object})
    rows[column] = [bad, good, bad]
    tables = read_one(tmp_path, rows)
    assert list(tables.light_curves["mjd"]) == [59001.0]
    assert (NAME, f"2 epochs removed: {reason}") in reasons(tables)


def test_bad_epochs_are_no_baseline(tmp_path: Path) -> None:
    rows = event(seed=6)
    rows.loc[:99, ["forcediffimflux", "scisigpix"]] = [500.0, 30.0]
    tables = read_one(tmp_path, rows)
    quiet = np.abs(days_from_peak(tables)) > 100
    assert abs(np.median(tables.light_curves["flux"][quiet])) < 20
    assert (NAME, "80 epochs brought to their baseline") in reasons(tables)


def test_an_object_without_a_usable_epoch_is_listed(tmp_path: Path) -> None:
    good = epochs([PEAK], forcediffimflux=1.0, forcediffimfluxunc=1.0)
    write(tmp_path, {"a": good.assign(procstatus="56"), "b": good, "c": good[:0]})
    tables = read(tmp_path)
    assert list(tables.objects["object_id"]) == ["b"]
    lost = [
        ("a", "no usable epoch in its files"),
        ("c", "no usable epoch in its files"),
    ]
    assert set(lost) <= set(reasons(tables))


def test_all_objects_may_be_without_a_usable_epoch(tmp_path: Path) -> None:
    tables = read_one(tmp_path, epochs([PEAK], procstatus="56"))
    assert tables.objects.empty
    assert tables.light_curves.empty


def test_passband_not_in_use_is_listed(tmp_path: Path) -> None:
    rows = epochs(PEAK + np.arange(3), filter=["ZTF_i", "ZTF_g", "ZTF_i"])
    tables = read_one(tmp_path, rows)
    assert list(tables.light_curves["passband"]) == ["g"]
    assert (NAME, "2 observations in passbands not in use removed") in reasons(tables)
