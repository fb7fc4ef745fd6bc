"""A far end of forks: a WebSocket server on loopback (the websockets package) that keeps what it is sent."""

import json
import queue
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import numpy.typing as npt
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

PATIENCE_S = 45.0

Behaviour = Callable[["Stream"], None]
"""What the far end does once the first message has come; when it returns the connection is closed."""


class Stream:
    """One connection as the far end sees it."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection
        self.headers = connection.request.headers if connection.request else {}
        self.start: dict[str, Any] = json.loads(connection.recv(PATIENCE_S))

    def frame(self) -> npt.NDArray[np.int16]:
        """The next 20 ms, whatever else is said before."""
        while True:
            message = self.connection.recv(PATIENCE_S)
            if isinstance(message, bytes):
                return np.frombuffer(message, dtype="<i2")

    def hear(self, frames: int) -> npt.NDArray[np.int16]:
        return np.concatenate([self.frame() for _ in range(frames)])

    def hear_sound(self, frames: int) -> npt.NDArray[np.int16]:
        """So many frames from the first that is not silent on."""
        while not np.any(first := self.frame()):
            pass
        return np.concatenate([first, *(self.frame() for _ in range(frames - 1))])

    def text(self) -> dict[str, Any]:
        """The next message that is no audio."""
        while True:
            message = self.connection.recv(PATIENCE_S)
            if isinstance(message, str):
                answer: dict[str, Any] = json.loads(message)
                return answer

    def hear_until_told(self) -> tuple[npt.NDArray[np.int16], dict[str, Any]]:
        """What is heard until the next message that is no audio, and that message."""
        frames = []
        while isinstance(message := self.connection.recv(PATIENCE_S), bytes):
            frames.append(np.frombuffer(message, dtype="<i2"))
        return np.concatenate(frames), json.loads(message)

    def say(self, samples: npt.NDArray[np.int16]) -> None:
        self.connection.send(samples.astype("<i2").tobytes())

    def tell(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))


class StreamServer:
    """Where forks go, and what became of each connection."""

    def __init__(self, scheme: str, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._scheme = scheme
        self._outcomes: queue.Queue[object] = queue.Queue()
        self.port = 0

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/stream?key=secret"

    def outcome(self) -> Any:
        """What the behaviour of the next connection left in ``leave``; raises what it raised."""
        outcome = self._outcomes.get(timeout=PATIENCE_S)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def leave(self, outcome: object) -> None:
        self._outcomes.put(outcome)

    def serve(self, connection: ServerConnection) -> None:
        try:
            self._behaviour(Stream(connection))
        except ConnectionClosed as closed:
            self.leave(closed)
        except BaseException as fault:  # told to the test, which waits for it
            self.leave(fault)
            raise


@contextmanager
def stream_server(
    behaviour: Callable[[StreamServer, Stream], None],
    *,
    certificate: Path | None = None,
    refuse: HTTPStatus | None = None,
) -> Iterator[StreamServer]:
    """A far end that does the same on each connection, over TLS when it has a certificate."""
    server = StreamServer("wss" if certificate else "ws", lambda stream: behaviour(server, stream))
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        return connection.respond(refuse, "") if refuse else None

    with serve(server.serve, "127.0.0.1", 0, ssl=tls, process_request=answer, compression=None) as listening:
        server.port = listening.socket.getsockname()[1]
        thread = Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield server
        listening.shutdown()
        thread.join(PATIENCE_S)
