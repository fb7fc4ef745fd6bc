"""Follows the switch's events over the control socket and waits for the ones that matter."""

from pathlib import Path
from ssl import SSLContext
from typing import Any, Self

from switch.control.client import NotConnected, connect_sync
from switch.records.projection import JournalEntry

_PATIENCE_S = 45.0


class EventMissingError(Exception):
    """An event that should have come did not."""


class EventFollower:
    """All events from its making on. Use it as a context manager; verbs go over the same connection."""

    def __init__(self, address: Path | str, token: str = "", tls: SSLContext | None = None) -> None:
        """``address`` and how to be let in there: as ``connect_sync`` has it."""
        self._client = connect_sync(address, token=token, tls=tls)
        self._more = self._client.events("*", timeout_s=_PATIENCE_S)
        self.seen: list[JournalEntry] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def call(self, verb: str, /, **params: Any) -> Any:
        """Carry out a verb of the control socket."""
        return self._client.call(verb, **params)

    def left_open(self) -> dict[str, int]:
        """The counts of ``switch.status`` that should be zero when nobody calls and are not.

        Transactions and dialogs outlive their calls for 64 T1 (RFC 3261 §17).
        """
        return self.counts(
            "open_calls", "open_legs", "open_endpoints", "open_recordings", "open_forks", "faults"
        )

    def counts(self, *names: str) -> dict[str, int]:
        """Those of these counts of ``switch.status`` that are not zero."""
        status = self.call("switch.status")
        return {name: status[name] for name in names if status[name]}

    def wait_for(self, topic: str, **fields: object) -> JournalEntry:
        """The first event of this topic with these fields, seen already or yet to come.

        Raises EventMissingError when nothing at all happens for a while.
        """
        for entry in self.seen:
            if _fits(entry, topic, fields):
                return entry
        wanted = f"{topic} {fields or ''}".strip()
        while True:
            entry = self.wait_for_next(wanted)
            if _fits(entry, topic, fields):
                return entry

    def wait_for_next(self, wanted: str) -> JournalEntry:
        """The next event, whatever it is. ``wanted`` is for the message of EventMissingError."""
        try:
            entry = next(self._more)
        except NotConnected as silence:
            last = self.seen[-1].topic if self.seen else "nothing"
            raise EventMissingError(f"{wanted} did not come ({silence}); the last event was {last}") from None
        self.seen.append(entry)
        return entry


def _fits(entry: JournalEntry, topic: str, fields: dict[str, object]) -> bool:
    return entry.topic == topic and all(entry.fields.get(name) == value for name, value in fields.items())
