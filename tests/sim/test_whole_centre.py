"""Hundreds of callers through the real exchange and the real ACD; hours in seconds, alike every time."""

from collections.abc import Sequence

import pytest

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.core import AcdCore
from acd.events import LeaveReason, OfferEnded, OfferResult
from acd.queue_config import QueueConfig, StrategyName
from acd.queue_rules import OverflowCause, OverflowRule
from acd.records import QueueEntries
from runtime.vocabulary import Output, event_fields
from switch.events import CallArrived, CallEnded
from switch.records.projection import JournalEntry
from tests.acd.invariants import check_idle, check_order, check_state
from tests.acd.ledger import Ledger
from tests.sim.centre import SimulatedCentre
from tests.sim.people import Habits

CALLERS = 300
QUEUES = [
    QueueConfig(
        name="报修",
        max_wait_s=30,
        on_timeout="queue:投诉",
        music="music/waiting",
        overflow=[OverflowRule(when=OverflowCause.WAIT, above=15, also="投诉")],
    ),
    QueueConfig(name="投诉", wrap_up_s=0, refusal_delay_s=5),
    QueueConfig(
        name="业务",
        max_waiting=4,
        on_full="queue:投诉",
        ring_timeout_s=10,
        wrap_up_s=20,
        strategy=StrategyName.RING_ALL,
    ),
]
AGENTS = [
    *[AgentConfig(id=f"10{n:02}", queues=["报修"]) for n in range(5)],
    *[AgentConfig(id=f"20{n:02}", queues=["报修", "投诉"]) for n in range(5)],
    *[AgentConfig(id=f"30{n:02}", queues=["业务", "投诉", "报修"]) for n in range(12)],
]


class Auditor:
    """Watches every step; afterwards knows what became of the callers."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.results: dict[OfferResult, int] = dict.fromkeys(OfferResult, 0)

    def watch(self, acd: AcdCore, outputs: Sequence[Output]) -> None:
        check_state(acd.state)
        check_order(acd.state, outputs)
        self.ledger.note(outputs)
        for output in outputs:
            if isinstance(output, OfferEnded):
                self.results[output.result] += 1


Audited = tuple[SimulatedCentre, Auditor]


def centre(seed: int) -> SimulatedCentre:
    return SimulatedCentre(QUEUES, AGENTS, callers=CALLERS, habits=Habits(), seed=seed)


@pytest.fixture(scope="module")
def audited() -> Audited:
    """One shift, run to its end and watched at every step."""
    shift, auditor = centre(seed=1), Auditor()
    shift.run(auditor.watch)
    return shift, auditor


def test_everybody_was_served_or_lost_patience(audited: Audited) -> None:
    shift, auditor = audited
    arrived = [event.call_id for event in shift.events if isinstance(event, CallArrived)]
    ended = [event.call_id for event in shift.events if isinstance(event, CallEnded)]
    assert len(arrived) == CALLERS
    assert sorted(ended) == sorted(arrived)
    left = auditor.ledger.left
    assert left[LeaveReason.CONNECTED] + left[LeaveReason.ABANDONED] == CALLERS


def test_nothing_is_left_over(audited: Audited) -> None:
    shift, auditor = audited
    assert (auditor.ledger.waiting, auditor.ledger.talking, auditor.ledger.offers) == (set(), {}, {})
    assert {agent.state for agent in shift.acd.state.agents.values()} == {AgentState.AVAILABLE}
    assert shift.acd.state.registered == {agent.id for agent in AGENTS}
    check_idle(shift.acd.state)
    assert list(shift.exchange.calls()) == []
    assert (shift.people.open_legs, shift.media.open_endpoints) == (set(), set())


def test_every_way_an_offer_and_a_wait_can_end_was_seen(audited: Audited) -> None:
    _, auditor = audited
    seen = {result for result, count in auditor.results.items() if count}
    assert seen >= set(OfferResult) - {OfferResult.FAILED}
    usual = {
        LeaveReason.CONNECTED,
        LeaveReason.ABANDONED,
        LeaveReason.TIMED_OUT,
        LeaveReason.FULL,
        LeaveReason.ELSEWHERE,
    }
    assert all(auditor.ledger.left[reason] for reason in usual)


def test_the_queue_log_accounts_for_every_caller(audited: Audited) -> None:
    shift, auditor = audited
    log = QueueEntries()
    rows = [
        row
        for sequence, event in enumerate(shift.events)
        for row in log.apply(JournalEntry(sequence, 0.0, event.topic, event_fields(event)))
    ]
    assert log.oldest_open() is None
    for reason, count in auditor.ledger.left.items():
        assert sum(row["outcome"] == reason.value for row in rows) == count
    assert all(row["talk_ms"] > 0 for row in rows if row["outcome"] == "connected")
    assert len({row["entry"] for row in rows}) == len(rows)


def test_the_same_seed_gives_the_same_shift_to_the_last_event(audited: Audited) -> None:
    first, again = audited[0], centre(seed=1)
    again.run(lambda acd, outputs: None)
    assert again.events == first.events
    assert len(first.events) > 10 * CALLERS
