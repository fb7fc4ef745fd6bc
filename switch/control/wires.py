"""What a session needs of the connection under it: a *format* for what is said, a *wire* that carries it."""

from collections.abc import Hashable, Mapping
from typing import Protocol, Self

from switch.control.feed import Gap
from switch.control.messages import GAP, Failure, Message, ProtocolError
from switch.control.topics import latest_of
from switch.records.projection import AnyEntry, JournalEntry


class Format(Protocol):
    """How messages look. What is returned can be joined, and written as it is."""

    def result(self, msgid: int, result: object) -> bytes:
        """Raises TypeError, ValueError or OverflowError unless ``result`` is plain data."""

    def failure(self, msgid: int, failure: Failure) -> bytes:
        """The answer to a request that failed."""

    def notification(self, name: str, param: Mapping[str, object]) -> bytes:
        """Something told without a request."""

    def event(self, entry: AnyEntry) -> bytes:
        """The notification of one event."""


class Occupant(Protocol):
    """Whom a wire serves: a session, or a stranger before it."""

    def opened(self) -> None:
        """The connection is up, or has been handed over."""

    def arrived(self) -> None:
        """There may be messages to take."""

    def set_writable(self, writable: bool) -> None:
        """The buffer of what was written is full, or is not any more."""

    def dismiss(self, reason: ProtocolError) -> None:
        """What arrived is no good: tell the client, and hang up."""

    def closed(self) -> None:
        """The connection is gone."""


class Wire(Protocol):
    """One client's connection, with its occupant."""

    @property
    def format(self) -> Format:
        """The same object for all wires of a kind, so that an event is put into it once."""

    @property
    def source(self) -> str:
        """The address it comes from; ``caller.UNIX`` for a Unix socket."""

    def hand_over(self, occupant: Occupant) -> None:
        """Serve another from now on, without the limit of bytes that there may have been."""

    def next(self) -> Message | None:
        """The next message that has arrived whole. Raises ProtocolError."""

    @property
    def arrived_at(self) -> float:
        """When the end of the last message came that ``next`` gave, as the loop tells the time."""

    def write(self, data: bytes) -> None:
        """Send what the format made."""

    def set_reading(self, wanted: bool) -> None:
        """Read on, or leave what comes to the system's buffers."""

    def unsent_bytes(self) -> int:
        """Of what was written, how much waits for the client to read."""

    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""

    def hang_up(self, *, at_once: bool) -> None:
        """Close, after what was written unless ``at_once``."""


class KeepingFormat(Format, Protocol):
    """A format from which events can be read again."""

    def entry(self, frame: bytes) -> JournalEntry:
        """What ``event`` made the frame of."""


class Told:
    """One event on its way to clients, put into each format once."""

    __slots__ = ("_entry", "_form", "_frames", "journaled", "sequence", "time", "topic")

    def __init__(self, entry: AnyEntry, journaled: bool = True) -> None:
        self.sequence, self.time, self.topic = entry.sequence, entry.time, entry.topic
        self.journaled = journaled
        self._entry: AnyEntry | None = entry
        self._form: KeepingFormat | None = None
        self._frames: dict[Format, bytes] = {}

    @classmethod
    def kept(
        cls, form: KeepingFormat, frame: bytes, sequence: int, time: float, topic: str, *, journaled: bool
    ) -> Self:
        """One of which only the frame is left; what is in it is read when somebody asks."""
        told = cls.__new__(cls)
        told.sequence, told.time, told.topic, told.journaled = sequence, time, topic, journaled
        told._entry, told._form, told._frames = None, form, {form: frame}
        return told

    @property
    def entry(self) -> AnyEntry:
        """The event itself."""
        if self._entry is None:
            assert self._form is not None, "without its entry it has a frame"
            self._entry = self._form.entry(self._frames[self._form])
        return self._entry

    @property
    def subject(self) -> Hashable:
        """Whose state the event tells; None when it tells no state."""
        field = latest_of(self.topic)
        return self.entry.fields.get(field) if field else None

    def frame(self, form: Format) -> bytes:
        """What is sent to a client of this format."""
        frame = self._frames.get(form)
        if frame is None:
            frame = self._frames[form] = form.event(self.entry)
        return frame


def gap_frame(form: Format, gap: Gap) -> bytes:
    """What is sent in the place of events that were missed."""
    param = {"from": gap.first, "to": gap.last, "missed": gap.missed, "time": gap.time}
    return form.notification(GAP, {**param, "advice": "event.snapshot"})
