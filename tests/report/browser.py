"""Chromium without a window, spoken to through pipes (Chrome DevTools Protocol)."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"),
    *("--hide-scrollbars", "--allow-file-access-from-files"),
)
# Chromium reads from descriptor 3 and writes to 4, whatever they were before.
WITH_PIPES = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for end, wanted in zip(ends, (3, 4)):
    os.dup2(end, wanted)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Page:
    """A page in a browser that has no network; problems are what it complained of."""

    def __init__(self, chromium: str, folder: Path):
        here, there = os.pipe(), os.pipe()  # what it reads, what it writes
        ends = [str(here[0]), str(there[1])]
        command = [chromium, *OPTIONS, f"--user-data-dir={folder}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", WITH_PIPES, *ends, *command],
            pass_fds=(here[0], there[1]),
            env={**os.environ, "TMPDIR": str(folder.parent)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(here[0])
        os.close(there[1])
        self._to = os.fdopen(here[1], "wb", buffering=0)
        self._said = os.fdopen(there[0], "rb")
        self._number, self._session, self._rest = 0, "", b""
        self.problems: list[str] = []
        self.events: list[str] = []
        targets = self._call("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in targets if one["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self._call(
            "Network.emulateNetworkConditions",
            **{"offline": True, "latency": 0},
            **{"downloadThroughput": 0, "uploadThroughput": 0},
        )

    def open(self, path: Path, width: int, height: int) -> None:
        """Load a file in a window of this size [pixels], and wait until it is there."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            **{"width": width, "height": height},
            **{"deviceScaleFactor": 1, "mobile": False},
        )
        self.file, self.size = path, (width, height)
        self.events.clear()
        self._call("Page.navigate", url=path.as_uri())
        while "Page.loadEventFired" not in self.events:
            self._take(self._message())

    def ask(self, expression: str) -> Any:
        """Return the value of JavaScript; a promise is waited for."""
        told = self._call(
            "Runtime.evaluate",
            **{"expression": expression, "awaitPromise": True, "returnByValue": True},
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def picture(self, path: Path) -> None:
        """Write what is seen as PNG."""
        data = self._call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        self._process.wait()
        self._to.close()
        self._said.close()

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        while (answer := self._message()).get("id") != self._number:
            self._take(answer)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = self._said.read1(1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def _take(self, event: dict[str, Any]) -> None:
        """Keep an event in mind, and what it complains of."""
        method, told = event.get("method", ""), event.get("params", {})
        self.events.append(method)
        if method == "Runtime.exceptionThrown":
            self.problems.append(str(told["exceptionDetails"]))
        if method == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
            self.problems.append(str(told["args"]))
        if method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.problems.append(str(told["entry"]))
        if method == "Network.requestWillBeSent":
            url = told["request"]["url"]
            if url.startswith(("http:", "https:")):
                self.problems.append(f"asked for {url}")
