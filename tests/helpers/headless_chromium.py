"""A browser without a screen, told what to do by JavaScript over its debugging port."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None
)
_START_S = 60.0


class Tab:
    """One page; scripts may return promises."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)
        self.run("new Promise(done => document.readyState == 'complete' ? done() : onload = () => done())")

    def run(self, script: str) -> Any:
        """The value of an expression. Raises AssertionError when it throws."""
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = self._call("Runtime.evaluate", **asked)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _call(self, method: str, **params: object) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self._connection.recv(_START_S))).get("id") != number:
            pass
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result


@contextmanager
def chromium(folder: Path) -> Iterator[Tab]:
    """A fresh browser with one tab; its profile is in ``folder``."""
    assert CHROMIUM is not None
    options = ("--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")
    command = [CHROMIUM, "--headless", *options, f"--user-data-dir={folder}", "--remote-debugging-port=0"]
    # A session of its own, since Debian's command is a script that starts the browser.
    with subprocess.Popen(
        [*command, "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            with connect(_tab_of(folder / "DevToolsActivePort"), max_size=None) as connection:
                yield Tab(connection)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _tab_of(port_file: Path) -> str:
    deadline = monotonic() + _START_S
    while not port_file.exists() or not port_file.read_text():
        assert monotonic() < deadline, "the browser did not start"
        sleep(0.05)
    port = port_file.read_text().split()[0]
    with urlopen(f"http://127.0.0.1:{port}/json") as answer:
        tabs = json.load(answer)
    return next(str(tab["webSocketDebuggerUrl"]) for tab in tabs if tab["type"] == "page")
