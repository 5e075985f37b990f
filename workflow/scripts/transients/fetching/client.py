"""The HTTP client: time limits, patience with busy servers, errors for the user."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from transients.errors import DataError

log = logging.getLogger(__name__)

TIME_LIMITS = (15.0, 60.0)  # to connect, and between two bytes [s]
BUSY = (429, 500, 502, 503, 504)  # statuses worth another try
TRIES = 10  # wait 0, 2, 4, ... up to 120 s: longer than five-minute rate limits
CONNECTIONS_LOST = 4  # in a row, before an address is given up
LONGEST_WAIT = 900.0  # that a server may ask for [s]
LONGEST_PAGE = 64 * 1024**2  # of a listing [bytes]
LONGEST_READ = 900.0  # of a listing or a light curve, however slowly it comes [s]
CHUNK = 64 * 1024


class Stopped(Exception):
    """Another file failed, or somebody wants to end."""


class Session(requests.Session):
    """A session for several threads; once stop is set, none of them waits any more."""

    def __init__(self) -> None:
        super().__init__()
        self.stop = threading.Event()


def wait(seconds: float, stop: threading.Event) -> None:
    """Let a server or a connection recover; raise Stopped once stop is set."""
    if seconds > 0:
        log.info("waiting for %.0f s", seconds)
    if stop.wait(seconds):
        raise Stopped("stopped before it was asked for again")


def open_session(connections: int = 1) -> Session:
    """Return a session for that many threads: only its cookies are shared, locked."""
    session = Session()
    for scheme in ("http://", "https://"):
        limits = {"connect": CONNECTIONS_LOST, "read": CONNECTIONS_LOST}
        patience = retries(session.stop, total=TRIES, **limits)
        adapter = HTTPAdapter(pool_maxsize=connections, max_retries=patience)
        session.mount(scheme, adapter)
    # Bytes as they are stored: lengths, ranges and checksums are of these.
    session.headers["Accept-Encoding"] = "identity"
    return session


def retries(
    stop: threading.Event, longest_wait: float = LONGEST_WAIT, **limits: float
) -> Retry:
    """Return urllib3's retries, which log their waiting and do not wait for ever.

    limits are those of urllib3's Retry: total, connect, read, backoff_factor. What
    would be waited longer than longest_wait [s] has failed.
    """

    class Patience(Retry):
        def sleep(self, response: urllib3.BaseHTTPResponse | None = None) -> None:
            asked = self.get_retry_after(response) if response else None
            seconds = self.get_backoff_time() if asked is None else asked
            if seconds > longest_wait:
                raise DataError(
                    f"the server asks to come back in {seconds:.0f} s: run again"
                )
            wait(seconds, stop)

    options: dict[str, Any] = {"backoff_factor": 1, **limits}
    return Patience(
        status_forcelist=BUSY,
        raise_on_status=False,
        retry_after_max=10**9,
        **options,
    )


def unreachable(error: Exception) -> str:
    """Say in few words why there was no answer, which urllib3 wraps in many."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    kind = type(reason).__name__
    return f"cannot be reached ({kind}): is there an internet connection here?"


def request(
    session: Session, method: str, url: str, **headers: str
) -> requests.Response:
    """Return the answer of an address with its body unread; 416 is an answer, too.

    Headers are given with underscores. Raises DataError naming the address if it
    cannot be reached or answers with an error, in the end.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        response = session.request(
            method,
            url,
            headers=named,
            timeout=TIME_LIMITS,
            stream=True,
            allow_redirects=True,
        )
    except DataError as error:
        raise DataError(f"{url}: {error}") from error
    except (requests.RequestException, ValueError) as error:  # or a wrong Location
        raise DataError(f"{url}: {unreachable(error)}") from error
    hops = [answer.url for answer in (*response.history, response)]
    if hops[0].startswith("https:") and any(hop.startswith("http:") for hop in hops):
        response.close()
        raise DataError(f"{url}: leads through an address without encryption: {hops}")
    if response.status_code >= 400 and response.status_code != 416:
        response.close()
        raise DataError(
            f"{url}: HTTP {response.status_code} {response.reason}; if the address is"
            " still right, run again later: what is complete is kept"
        )
    return response


def read_body(response: requests.Response, longest: int) -> bytes:
    """Return the body of an answer, unpacked, of at most `longest` bytes.

    Raises DataError for one that is longer, or not there within LONGEST_READ.
    """
    end, body = time.monotonic() + LONGEST_READ, bytearray()
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > longest:
            raise DataError(f"{response.url}: an answer longer than {longest} bytes")
        if time.monotonic() > end:
            raise DataError(f"{response.url}: not there after {LONGEST_READ:.0f} s")
    return bytes(body)


def read_page(session: Session, url: str) -> tuple[requests.Response, bytes]:
    """Return the answer of an address and its body, a page of a listing."""
    for attempt in range(1, CONNECTIONS_LOST + 1):
        with request(session, "GET", url) as response:
            try:
                return response, read_body(response, LONGEST_PAGE)
            except urllib3.exceptions.HTTPError as error:
                log.info("%s: cut off (%s)", url, error)
                wait(2.0**attempt, session.stop)
    raise DataError(f"{url}: cut off {CONNECTIONS_LOST} times; run again later")


def read_json(session: Session, url: str) -> tuple[requests.Response, Any]:
    """Return the answer of an address and the JSON in it."""
    response, page = read_page(session, url)
    try:
        return response, json.loads(page)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{url}: not JSON ({error}); is it the API's page?") from error


def published_size(session: Session, url: str) -> int | None:
    """Return the length of a file [bytes], None if its server does not tell."""
    with request(session, "HEAD", url) as response:
        return promised_length(response)


def promised_length(response: requests.Response) -> int | None:
    """Return how long an answer says that its body is [bytes], None if not at all."""
    said = response.headers.get("Content-Length", "")
    return int(said) if re.fullmatch("[0-9]{1,18}", said) else None
