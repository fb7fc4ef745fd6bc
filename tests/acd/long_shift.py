"""A long random shift: any configuration, anything that may happen, and everything that must hold.

python -m tests.acd.long_shift --events 1000000

Each shift has a configuration of its own and a few thousand events. After every event those it touched are
looked at and the ledger is kept; after every few hundred the whole state is. At the end all callers go and
nothing is left, and the shift's inputs are told again to two other cores: one from the beginning, one from a
snapshot taken in the middle. Both must say word for word what the first one said. The seed of a shift that
fails is told; --seed with it and --events 1 repeat it.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from random import Random

from acd.config import AcdConfig
from acd.core import AcdCore
from acd.entry import EntryState
from acd.events import LeaveReason
from tests.acd import random_shift
from tests.acd.centre import STARTED_AT, Centre
from tests.acd.input_journal import CountedIds, replayed, written
from tests.acd.invariants import check_idle, check_order, check_state
from tests.acd.ledger import Ledger
from tests.acd.random_centre import random_centre
from tests.acd.touched import check_touched

EVENTS_A_SHIFT = 4000
WHOLE_EVERY = 250
"""Deeds between two looks at the whole state."""


class LongShift:
    """One configuration under so many events."""

    def __init__(self, seed: int) -> None:
        self._choices = Random(seed)
        self._ledger = Ledger()
        self._config = AcdConfig(
            parallel_during_calls=self._choices.random() < 0.5,
            priority_level_s=self._choices.choice([1, 60]),
            passed_over_s=self._choices.choice([0, 10, 300]),
        )
        self._queues, self._agents = random_centre(self._choices)
        self._centre = Centre(self._queues, self._agents, self._config)
        self._ids = CountedIds()
        self._centre.core = self._new_core(self._ids)
        self._noted = 0
        self._snapshot = ""
        """In JSON, with where the journal, the outputs and the ids stood."""
        self._stood = (0, 0, 0)

    @property
    def events(self) -> int:
        return len(self._centre.inputs)

    def run(self, events: int) -> None:
        for agent in self._centre.agents:
            self._centre.staff(agent.id)
        deeds = 0
        while self.events < events:
            deeds += 1
            self._centre.doubts_refusals = deeds % WHOLE_EVERY == 0
            random_shift.act(self._centre, self._choices)
            self._check(whole=self._centre.doubts_refusals)
            if not self._snapshot and self.events >= events // 2:
                self._remember()
        self._send_everybody_home()
        self._replay()

    def _new_core(self, ids: CountedIds) -> AcdCore:
        return AcdCore(self._queues, self._agents, ids, self._config, now=STARTED_AT)

    def _check(self, *, whole: bool) -> None:
        state, outputs = self._centre.core.state, self._centre.outputs[self._noted :]
        self._noted += len(outputs)
        self._ledger.note(outputs)
        check_touched(state, outputs)
        check_order(state, outputs)
        if whole:
            check_state(state)

    def _remember(self) -> None:
        self._snapshot = json.dumps(self._centre.core.snapshot())
        self._stood = (len(self._centre.inputs), len(self._centre.outputs), self._ids.given)

    def _send_everybody_home(self) -> None:
        centre = self._centre
        for entry_id in list(centre.core.state.entries):
            entry = centre.core.state.entries.get(entry_id)
            if entry is not None and entry.is_absent:
                centre.cancel_back(entry_id)
            elif entry is not None:
                centre.hang_up(entry.call_id, LeaveReason.WITHDRAWN)
        centre.wait(1000)
        self._check(whole=True)
        states = {entry.state for entry in centre.core.state.entries.values()}
        assert states <= {EntryState.WAITING, EntryState.TALKING}, "a lease did not end by itself"
        check_idle(centre.core.state)

    def _replay(self) -> None:
        """The same inputs, as they stand in a journal, have the same outputs."""
        centre, lines = self._centre, written(self._centre.inputs)
        again = self._new_core(CountedIds())
        assert replayed(again, lines) == centre.outputs
        told, said, given = self._stood
        resumed = self._new_core(CountedIds(given))
        resumed.restore(json.loads(self._snapshot))
        assert replayed(resumed, lines[told:]) == centre.outputs[said:]
        assert again.snapshot() == resumed.snapshot() == centre.core.snapshot()


def run_shift(seed: int, events: int = EVENTS_A_SHIFT) -> int:
    """How many events there were. Raises AssertionError naming the seed when something does not hold."""
    shift = LongShift(seed)
    try:
        shift.run(events)
    except Exception as error:
        raise AssertionError(f"shift with seed {seed}, at event {shift.events}: {error!r}") from error
    return shift.events


def run_shifts(first_seed: int, events: int, jobs: int) -> Iterator[int]:
    """The events of shift after shift."""
    seeds = range(first_seed, first_seed + -(-events // EVENTS_A_SHIFT))
    if jobs == 1:
        yield from map(run_shift, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(run_shift, seeds)


def main() -> None:
    """Tell the figures, or fail."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first shift; the next have the next numbers"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    wanted = parser.parse_args()
    began = time.monotonic()
    shifts = list(run_shifts(wanted.seed, wanted.events, wanted.jobs))
    took_s = time.monotonic() - began
    sys.stdout.write(
        f"{sum(shifts)} events in {len(shifts)} shifts, all as it should be and alike when replayed: "
        f"{took_s:.0f} s, {sum(shifts) / took_s:.0f} events/s\n"
    )


if __name__ == "__main__":
    main()
