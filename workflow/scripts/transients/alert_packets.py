"""Alert packets of ZTF, as JSON lines that arrive one by one.

A packet has objectId, candidate, and in prv_candidates what was seen of the object in
the 30 days before (Masci et al. 2019, PASP 131, 018003): of an object that is older the
first detections are missing.
"""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping
from typing import IO, Any

import numpy as np

from transients.photometry import JD_OF_MJD, flux_from_magnitude

CHUNK = 1024**2
"""Read at a time, or less where no more has arrived [bytes]."""

ZTF_FILTERS = {1: "g", 2: "r", 3: "i"}
PASSBANDS = tuple(ZTF_FILTERS.values())
"""A packet has what was seen in all of them, whether a model uses it or not."""
POSITIVE = dict.fromkeys(("t", "true", "1"), True)
POSITIVE |= dict.fromkeys(("f", "false", "0", "-1"), False)
"""What isdiffpos says of the sign of a flux; -1 is some brokers' word."""


def is_packet(told: object) -> bool:
    """Say whether a line of JSON is an alert packet."""
    return isinstance(told, dict) and "candidate" in told


def observations(told: object) -> list[dict[str, Any]]:
    """Return the detections of a packet, in the columns of new_light_curves.SCHEMA."""
    if not isinstance(told, dict) or "candidate" not in told:
        raise TypeError("a line is no alert packet, as those before it")
    name = told["objectId"]
    if not isinstance(name, str):
        raise TypeError(f"objectId is {name!r}, not text")
    earlier = told.get("prv_candidates") or []
    measured = [c for c in [*earlier, told["candidate"]] if c.get("magpsf") is not None]
    return [_observation(name, one) for one in measured]


def _observation(name: str, candidate: Mapping[str, Any]) -> dict[str, Any]:
    """Return a detection of an alert; a negative difference has a negative flux."""
    with np.errstate(over="ignore"):  # an infinite flux is refused, as in other formats
        flux, flux_err = flux_from_magnitude(candidate["magpsf"], candidate["sigmapsf"])
    positive = POSITIVE[str(candidate["isdiffpos"]).lower()]
    return {
        "object_id": name,
        "mjd": candidate["jd"] - JD_OF_MJD,
        "passband": ZTF_FILTERS[candidate["fid"]],
        "flux": float(flux) if positive else -float(flux),
        "flux_err": float(flux_err),
        "detected": True,
    }


def arrived(stream: IO[bytes], most: int) -> Iterator[list[bytes]]:
    """Yield the lines of a stream, those that have arrived, about `most` at a time.

    Waits only where not one whole line has.
    """
    held, waiting, ended = bytearray(), 0, False
    while not ended:
        chunk = stream.read1(CHUNK)  # type: ignore[attr-defined]
        ended = not chunk
        held += chunk
        waiting += chunk.count(b"\n")
        if not ended and waiting < most and (not waiting or _has_more(stream)):
            continue
        *lines, rest = bytes(held).split(b"\n")
        held, waiting = bytearray(rest), 0
        yield lines
    if held:
        yield [bytes(held)]


def _has_more(stream: IO[bytes]) -> bool:
    """Say whether a stream can be read at once; what is no file has no more."""
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except (OSError, ValueError):
        return False
