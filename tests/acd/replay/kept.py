"""A centre whose inputs are kept in a folder, as the switch keeps them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.queue_config import QueueConfig
from acd.replay.lines import encode
from acd.replay.recorded_core import RecordedCore
from acd.state import CanDial, KnowsTarget, dialling_anybody, knowing_every_target
from runtime.ids import SeededIds
from switch.records.segment import SegmentWriter
from tests.acd import random_shift
from tests.acd.centre import STARTED_AT, Centre


class Shelf:
    """Keeps inputs in segments of so many entries, written at once; wall clock and core's time are one."""

    def __init__(self, folder: Path, entries: int = 10**9) -> None:
        self.is_broken = False
        self.folder = folder
        self.sequence = 0
        self._entries = entries
        self._segment: SegmentWriter | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, topic: str, fields: Mapping[str, Any]) -> None:
        self.sequence += 1
        if self._segment is None:
            self._segment = SegmentWriter(self.folder, self.sequence, fields["now"])
        self._segment.append(encode(self.sequence, fields["now"], topic, fields))
        if self.sequence % self._entries == 0:
            self.close()

    def close(self) -> None:
        if self._segment is not None:
            self._segment.close()
            self._segment = None


@contextmanager
def kept_centre(
    folder: Path,
    queues: Sequence[QueueConfig] = tuple(random_shift.QUEUES),
    agents: Sequence[AgentConfig] = tuple(random_shift.AGENTS),
    rules: AcdConfig | None = None,
    entries: int = 10**9,
    can_dial: CanDial = dialling_anybody,
    knows_target: KnowsTarget = knowing_every_target,
) -> Iterator[tuple[Centre, Shelf]]:
    """Segments have so many ``entries``."""
    centre, shelf = Centre(queues, agents, rules), Shelf(folder, entries)
    centre.core = RecordedCore(
        centre.queues,
        centre.agents,
        SeededIds(),
        rules,
        inputs=shelf,
        seed=7,
        can_dial=can_dial,
        knows_target=knows_target,
        now=STARTED_AT,
    )
    try:
        yield centre, shelf
    finally:
        shelf.close()
