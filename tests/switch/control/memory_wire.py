"""A wire without a socket: what the switch wrote is a list, messages are lines of JSON."""

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from switch.control.messages import Failure, Message, event_param
from switch.control.wires import Occupant
from switch.records.projection import AnyEntry, JournalEntry


class JsonLines:
    def result(self, msgid: int, result: object) -> bytes:
        return line({"id": msgid, "result": result})

    def failure(self, msgid: int, failure: Failure) -> bytes:
        return line({"id": msgid, "code": failure.code})

    def notification(self, name: str, param: Mapping[str, object]) -> bytes:
        return line({"name": name, **param})

    def event(self, entry: AnyEntry) -> bytes:
        return line(event_param(entry))

    def entry(self, frame: bytes) -> JournalEntry:
        return JournalEntry(**json.loads(frame))


def line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value).encode() + b"\n"


class MemoryWire:
    def __init__(self) -> None:
        self.format = JsonLines()
        self.source = "192.0.2.7"
        self.occupants: list[Occupant] = []
        self.arriving: deque[Message] = deque()
        self.reading = True
        self.arrived_at = 0.0
        self.ended: str | None = None
        self.writes: list[bytes] = []

    @property
    def told(self) -> list[Any]:
        """All that was written so far."""
        return [json.loads(text) for text in b"".join(self.writes).splitlines()]

    def hand_over(self, occupant: Occupant) -> None:
        self.occupants.append(occupant)
        occupant.opened()
        occupant.arrived()

    def next(self) -> Message | None:
        return self.arriving.popleft() if self.arriving else None

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def set_reading(self, wanted: bool) -> None:
        self.reading = wanted

    def unsent_bytes(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.ended is not None

    def hang_up(self, *, at_once: bool) -> None:
        self.ended = "aborted" if at_once else "closed"
