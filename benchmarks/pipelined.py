"""A client of the control socket that writes requests ahead, in bunches, and reads their answers as bytes."""

import socket
from pathlib import Path
from typing import Any, Self

import msgpack  # type: ignore[import-untyped]

from switch.control.protocol import encode_request

BUNCH = 200
"""Requests under way at a time."""
READ_BYTES = 1_048_576
PATIENCE_S = 60.0


class PipelinedClient:
    """Asks for one verb again and again, whose answers are all of one size."""

    def __init__(self, path: Path, token: str = "") -> None:
        """``token``: the secret it shows; empty: none."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(str(path))
        if token:
            self._socket.sendall(encode_request(0, "session.authenticate", {"token": token}))
            self._read_answers(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def prepare(self, verb: str, params: dict[str, Any]) -> None:
        """Have it carried out by the bunch, for warmth and for the size of the answers. Raises SystemExit."""
        self._bunch = b"".join(encode_request(msgid, verb, params) for msgid in range(BUNCH))
        self._socket.sendall(self._bunch)
        self._answer_bytes = self._read_answers(BUNCH)

    def carry_out(self, verbs: int) -> int:
        """So many, as far as they make whole bunches; returns how many."""
        for _ in range(verbs // BUNCH):
            self._socket.sendall(self._bunch)
            left = self._answer_bytes
            while left:
                left -= len(self._socket.recv(min(left, READ_BYTES)))
        return verbs // BUNCH * BUNCH

    def _read_answers(self, count: int) -> int:
        """So many; returns their bytes. Raises SystemExit when one is a refusal."""
        unpacker = msgpack.Unpacker()
        while count:
            unpacker.feed(self._socket.recv(READ_BYTES))
            for _, _, failure, _ in unpacker:
                if failure is not None:
                    raise SystemExit(failure["message"])
                count -= 1
        return int(unpacker.tell())
