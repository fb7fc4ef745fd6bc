"""Two stacks change the sessions of their calls as they like, over a network that loses and delays."""

from random import Random
from typing import Any

import pytest

from runtime.vocabulary import Command, Event
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, AnswerReoffer, DialLeg, HangUpLeg, ReofferLeg, RingLeg
from switch.sip.events import (
    LegAnswered,
    LegArrived,
    LegEnded,
    LegReofferAnswered,
    LegReoffered,
    LegReofferRefused,
)
from switch.sip.legs.branches import Branch
from tests.helpers.sip_link import Node, SipLink
from tests.helpers.sip_messages import SDP
from tests.helpers.sip_rig import LIFETIME_S

CALLS = 6
STEPS = 40
SETTINGS: dict[str, Any] = {"session_expires_s": 90, "reliable_provisionals": "if_supported"}


class Owner:
    """Whoever has the legs of one stack: rings, answers, holds, refuses, as chance will have it."""

    def __init__(self, node: Node, seed: str, *, agrees: bool = False) -> None:
        self.node = node
        self.open: set[str] = set()
        self.unanswered: list[str] = []
        self.asked: set[str] = set()
        """Legs with a ReofferLeg that has no outcome yet."""
        self.changes = 0
        self.answers = [SDP] if agrees else [None, SDP, SDP, SDP]
        self.random = Random(seed)
        node.reaction = self.react

    def react(self, event: Event) -> list[Command]:
        match event:
            case LegArrived(leg_id=leg_id):
                self.open.add(leg_id)
                self.unanswered.append(leg_id)
                return [RingLeg(leg_id=leg_id, sdp=self.random.choice([None, SDP]))]
            case LegReoffered(leg_id=leg_id):
                return [AnswerReoffer(leg_id=leg_id, sdp=self.random.choice(self.answers))]
            case LegReofferAnswered(leg_id=leg_id) | LegReofferRefused(leg_id=leg_id):
                self.changes += isinstance(event, LegReofferAnswered)
                self.asked.discard(leg_id)
            case LegEnded(leg_id=leg_id):
                self.open.discard(leg_id)
                self.asked.discard(leg_id)
                if leg_id in self.unanswered:
                    self.unanswered.remove(leg_id)
        return []

    def act(self) -> list[Command]:
        """One thing, whatever comes to mind."""
        chance = self.random.random()
        if self.unanswered and chance < 0.3:
            return [AnswerLeg(leg_id=self.unanswered.pop(0), sdp=SDP)]
        if self.unanswered and chance < 0.4:
            return [RingLeg(leg_id=self.random.choice(self.unanswered), sdp=SDP)]
        free = sorted(self.open - self.asked)
        if not free:
            return []
        leg_id = self.random.choice(free)
        if chance > 0.97:
            return [HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING)]
        self.asked.add(leg_id)
        return [ReofferLeg(leg_id=leg_id, sdp=SDP)]

    def end(self) -> list[Command]:
        return [HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING) for leg_id in sorted(self.open)]


def dial(link: SipLink, caller: Owner, called: Node) -> None:
    for number in range(CALLS):
        leg_id = f"dialled-{number}"
        caller.open.add(leg_id)
        branch = Branch(uri="sip:b@127.0.0.1:6000", hop=called.hop, caller="<sip:a@a>", called="<sip:b@b>")
        link.command(caller.node, DialLeg(leg_id=leg_id, branches=(branch,), sdp=SDP))


@pytest.mark.parametrize("seed", range(25))
def test_however_sessions_are_changed_every_leg_ends_once_and_nothing_is_left(seed: int) -> None:
    link = SipLink(seed=seed, loss=0.15, doubling=0.15, jitter_s=0.4)
    owners = [Owner(link.add(port, **SETTINGS), f"{seed}/{port}") for port in (5060, 6000)]
    dial(link, owners[0], owners[1].node)
    pace = Random(seed)
    for _ in range(STEPS):
        for owner in owners:
            link.command(owner.node, *owner.act())
        link.run(pace.choice([0.05, 0.5, 3.0, 20.0]))
    for owner in owners:
        link.command(owner.node, *owner.end())
        link.run(pace.choice([0.0, 1.0]))
    link.run(6 * LIFETIME_S)
    assert all(owner.changes for owner in owners)
    for owner in owners:
        node = owner.node
        ended = [event.leg_id for event in node.of(LegEnded)]
        assert len(ended) == len(set(ended))
        assert (owner.open, owner.asked) == (set(), set())
        stack = node.stack
        assert (stack.open_legs, stack.open_dialogs, stack.open_transactions) == (0, 0, 0)
        assert stack.next_deadline() is None


def test_on_a_good_network_offers_are_answered_and_sessions_live_as_long_as_they_are_wanted() -> None:
    link = SipLink()
    owners = [Owner(link.add(port, **SETTINGS), "", agrees=True) for port in (5060, 6000)]
    caller, called = owners
    dial(link, caller, called.node)
    link.run(1)
    link.command(called.node, *(AnswerLeg(leg_id=leg_id, sdp=SDP) for leg_id in called.unanswered))
    link.run(3600)
    assert len(caller.node.of(LegAnswered)) == CALLS
    assert len(caller.open) == len(called.open) == CALLS, "refreshed for an hour"
    for leg_id in sorted(caller.open):
        link.command(caller.node, ReofferLeg(leg_id=leg_id, sdp=SDP))
    for leg_id in sorted(called.open):
        link.command(called.node, ReofferLeg(leg_id=leg_id, sdp=SDP))
    link.run(30)
    assert caller.asked == called.asked == set()
    assert called.changes == CALLS, "offers that crossed were tried again, the callee's first"
    assert len(caller.node.of(LegReofferRefused)) == CALLS, "the caller's gave way"
    assert caller.node.stack.counters.retransmissions_sent == 0
