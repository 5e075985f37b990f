"""A real HTTP server on the loopback interface that misbehaves on demand."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

CHUNK = 16384  # bytes sent at a time
PATIENCE = 10.0  # seconds until a connection on which nothing comes is closed


class Request(NamedTuple):
    """What a client asked for; header names compare without regard to case."""

    method: str
    path: str
    headers: Any


@dataclass(frozen=True)
class Reply:
    """One answer. Whatever cuts or lies also closes the connection afterwards."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # bytes of the body after which the connection ends
    pause: float = 0.0  # seconds before each chunk
    claimed_length: int | None = None  # Content-Length, if not the truth; -1: none
    ranges: bool = False  # honour Range and If-Range, and send an ETag

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body).hexdigest()}"'


class Server:
    """Serves on a free port within a `with` block, each request in its own thread."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._replies: dict[str, list[Reply]] = {}
        self._lock = threading.Lock()
        handler = type("BoundHandler", (_Handler,), {"site": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def serve(self, path: str, *replies: Reply) -> None:
        """Answer a path (with or without query) by these in turn, the last for ever."""
        self._replies[path] = list(replies)

    def requests_for(self, path: str) -> list[Request]:
        """The requests for this path, in order; `path` with or without its query."""
        return [r for r in self.requests if path in (r.path, r.path.split("?")[0])]

    def __enter__(self) -> Server:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        thread.daemon = True
        thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _begin(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            short = request.path.split("?")[0]
            replies = self._replies.get(request.path) or self._replies.get(short)
            if not replies:
                return Reply(b"not found", 404)
            return replies.pop(0) if len(replies) > 1 else replies[0]

    def _end(self) -> None:
        with self._lock:
            self._at_once -= 1


class _Handler(BaseHTTPRequestHandler):
    site: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = PATIENCE

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = self.site._begin(Request(self.command, self.path, self.headers))
        try:
            self._answer(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client has had enough
        finally:
            self.site._end()

    do_HEAD = do_POST = do_GET

    def log_message(self, *args: object) -> None:
        """Keep quiet."""

    def _answer(self, reply: Reply) -> None:
        status, headers, body = _in_part(reply, self.headers)
        length = len(body) if reply.claimed_length is None else reply.claimed_length
        dishonest = reply.cut_after is not None or length != len(body)
        self.send_response(status)
        if length >= 0:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        if dishonest:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            body = body[: reply.cut_after]
            for start in range(0, len(body), CHUNK):
                time.sleep(reply.pause)
                self.wfile.write(body[start : start + CHUNK])
        self.close_connection = self.close_connection or dishonest


def _in_part(reply: Reply, asked: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, in answer to the Range that was asked for."""
    if not reply.ranges or reply.status != 200:
        return reply.status, reply.headers, reply.body
    headers = {"ETag": reply.etag, "Accept-Ranges": "bytes", **reply.headers}
    validators = (None, headers["ETag"], headers.get("Last-Modified"))
    unchanged = asked.get("If-Range") in validators
    if "Range" not in asked or not unchanged:
        return 200, headers, reply.body
    start = int(asked["Range"].removeprefix("bytes=").split("-")[0])
    size = len(reply.body)
    if start >= size:
        return 416, {**headers, "Content-Range": f"bytes */{size}"}, b""
    headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    return 206, headers, reply.body[start:]
