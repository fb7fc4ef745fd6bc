"""A centre whose events are written into a journal, as they are for the database."""

from collections.abc import Iterable
from typing import Any

from runtime.vocabulary import Event, Output
from switch.records.projection import JournalEntry
from switch.records.segment import decode_line, encode_line
from tests.acd.centre import Centre

WALL = 1_790_000_000.0
"""By the clock, when the tests' clock stands at 0."""


class Observed(Centre):
    """A centre whose events are in a journal, each with its time."""

    def __init__(self, *args: Any, **keys: Any) -> None:
        super().__init__(*args, **keys)
        self.lines: list[bytes] = []
        self.steps: list[int] = []
        """How long the journal was after each step."""

    def _note(self, outputs: list[Output]) -> list[Output]:
        self.journal(output for output in outputs if isinstance(output, Event))
        return super()._note(outputs)

    def journal(self, events: Iterable[Event]) -> None:
        for event in events:
            self.lines.append(encode_line(len(self.lines) + 1, WALL + self.now, event.topic, event))
        self.steps.append(len(self.lines))

    def wait(self, seconds: float) -> list[Output]:
        """Deadline by deadline, so that each event has its own time."""
        end, outputs = self.now + seconds, list[Output]()
        while (deadline := self.core.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            outputs += super().wait(0)
        outputs += super().wait(end - self.now)
        return outputs

    def entries(self, until: int | None = None) -> list[JournalEntry]:
        found = [decode_line(line) for line in self.lines[:until]]
        return [entry for entry in found if entry is not None]
