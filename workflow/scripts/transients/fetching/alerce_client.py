"""ALeRCE's client with what it lacks: time limits, retries with back-off, threads."""

from __future__ import annotations

import gzip
import io
import json
import threading
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import requests
from alerce.exceptions import APIError, ObjectNotFoundError
from alerce.ztf_search import ZTFSearch
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from transients.errors import DataError
from transients.fetching.client import Stopped, read_body, retries, unreachable
from transients.jobs import whole_outputs
from transients.readers.alerce.files import (
    LONGEST_ANSWER,
    light_curve,
    light_curve_file,
)
from transients.wording import spelt_out

CONNECTIONS_REFUSED = 3  # in a row, before an object is given up
FETCHED, UNKNOWN, FAILED = "fetched", "unknown to ALeRCE", "failed"

Outcome = tuple[str, str]
"""Status of an object, and the reason for it."""


@dataclass(frozen=True)
class Patience:
    """How long the broker is waited for.

    time_limits are those to connect and between two bytes [s]. A request that failed
    is made again at once, then after 2, 4, ... times backoff [s], or when the broker
    says (Retry-After); one that would wait longer than longest_wait [s] has failed.
    """

    retries: int = 5
    backoff: float = 1.0
    longest_wait: float = 300.0
    time_limits: tuple[float, float] = (15.0, 60.0)


class _ShortAnswers(HTTPAdapter):
    """Reads no more of an answer, and for no longer, than light curves need."""

    def send(self, *given: Any, **options: Any) -> requests.Response:  # noqa: ANN401
        response = super().send(*given, **options)
        with closing(response.raw):
            response.raw = io.BytesIO(read_body(response, LONGEST_ANSWER))
        return response


class Broker:
    """The broker at an address, asked through one client a thread.

    Light curves are stored in folder. Once stop is set, nothing waits to ask again.
    """

    def __init__(self, url: str, folder: Path, patience: Patience) -> None:
        self.url, self.folder, self.patience = url.rstrip("/"), folder, patience
        self.stop = threading.Event()
        self._local = threading.local()

    def fetch(self, object_id: str) -> Outcome:
        """Ask for one light curve and store it, if it is what it should be."""
        try:
            answer = self._client().query_lightcurve(object_id)
            light_curve(answer, object_id)
            content = gzip.compress(json.dumps(answer).encode(), mtime=0)
        except Exception as error:  # whatever came back, the other objects go on
            unknown = isinstance(error, ObjectNotFoundError) and _is_json(error)
            return (UNKNOWN if unknown else FAILED), _in_words(error)
        with whole_outputs(light_curve_file(self.folder, object_id)) as (draft,):
            draft.write_bytes(content)
        return FETCHED, ""

    def _client(self) -> ZTFSearch:
        if not hasattr(self._local, "client"):
            client = ZTFSearch()
            client.load_config_from_object({"ZTF_API_URL": self.url})
            session = client.session
            for scheme in ("http://", "https://"):
                session.mount(scheme, _ShortAnswers(max_retries=self._retries()))
            # The client sets no time limits: a dead connection would hang for ever.
            session.request = partial(
                session.request, timeout=self.patience.time_limits
            )
            self._local.client = client
        return self._local.client

    def _retries(self) -> Retry:
        patience = self.patience
        return retries(
            self.stop,
            patience.longest_wait,
            total=patience.retries,
            connect=min(patience.retries, CONNECTIONS_REFUSED),
            backoff_factor=patience.backoff,
        )


def _is_json(error: APIError) -> bool:
    """Tell if an error is the broker's own, not a page of some server before it."""
    try:
        return isinstance(error.response.json(), dict)
    except requests.exceptions.JSONDecodeError:
        return False


def _in_words(error: Exception) -> str:
    said = str(error) if isinstance(error, (DataError, Stopped)) else repr(error)
    if isinstance(error, requests.ConnectionError):
        said = unreachable(error)
    if isinstance(error, APIError):
        said = f"HTTP {error.code}: {error.message}"
    return spelt_out(" ".join(said.split()))[:300]
