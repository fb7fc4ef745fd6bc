"""Anything that may happen in a centre, in any order: one random input after the other."""

from random import Random

from acd.agent import AgentState
from acd.commands import MakeNotReady, MakeReady, SignIn, SignOut
from acd.config import AgentConfig, QueueConfig
from acd.events import LeaveReason, OfferResult
from acd.inputs import CallerConnected, PhoneAnswered, PhoneLost, PhoneRang, StationChanged
from acd.queue import EntryState
from runtime.errors import UsageError
from runtime.vocabulary import Command
from tests.acd.centre import Centre

QUEUES = [
    QueueConfig(name="报修", max_wait_s=40, max_waiting=6, on_timeout="queue:投诉", ring_timeout_s=8),
    QueueConfig(name="投诉", wrap_up_s=0, on_full="flow:closed", max_waiting=3),
    QueueConfig(name="service", wrap_up_s=5, refusal_delay_s=3, ring_timeout_s=6),
]
AGENTS = [
    AgentConfig(id="1001", queues=["报修"]),
    AgentConfig(id="1002", queues=["报修", "投诉"]),
    AgentConfig(id="1003", queues=["service", "投诉", "报修"]),
    AgentConfig(id="1004", queues=["service"]),
]
_UNANSWERED = [r for r in OfferResult if r not in (OfferResult.ACCEPTED, OfferResult.CANCELLED)]


def act(centre: Centre, choices: Random) -> None:
    """Do one thing that could happen now."""
    choices.choice(DEEDS)(centre, choices)


def agent_asks(centre: Centre, choices: Random) -> None:
    """Sign in or out, ready or not; what the core refuses has changed nothing."""
    agent_id = choices.choice(AGENTS).id
    asks: list[Command] = [
        *[MakeReady(agent_id=agent_id)] * 6,
        MakeNotReady(agent_id=agent_id, reason=choices.choice(["午休", "会议"])),
        SignOut(agent_id=agent_id),
    ]
    if centre.state(agent_id) is AgentState.LOGGED_OUT:
        asks = [SignIn(agent_id=agent_id, station=f"phone-{choices.choice(AGENTS).id}")]
    before = centre.core.snapshot()
    try:
        centre.tell(choices.choice(asks))
    except UsageError:
        assert centre.core.snapshot() == before


def station_changes(centre: Centre, choices: Random) -> None:
    station = f"phone-{choices.choice(AGENTS).id}"
    centre.tell(StationChanged(station=station, reachable=choices.random() < 0.9))


def caller_comes(centre: Centre, choices: Random) -> None:
    centre.join(f"call-{centre.core.state.joined + 1}", choices.choice(QUEUES).name)


def caller_goes(centre: Centre, choices: Random) -> None:
    calls = list(centre.core.state.entries)
    if calls:
        reason = choices.choice([LeaveReason.ABANDONED, LeaveReason.WITHDRAWN])
        centre.hang_up(choices.choice(calls), reason)


def offer_moves(centre: Centre, choices: Random) -> None:
    """Mostly the next step of an offer's way, now and then its end."""
    offers = list(centre.core.state.offers.values())
    if not offers:
        return
    offer = choices.choice(offers)
    if choices.random() < 0.2:
        result = choices.choice(_UNANSWERED)
        centre.tell(PhoneLost(offer_id=offer.offer_id, result=result, by_agent=choices.random() < 0.5))
        return
    match centre.core.state.entries[offer.call_id].state:
        case EntryState.OFFERED:
            centre.tell(PhoneRang(offer_id=offer.offer_id))
        case EntryState.RINGING:
            centre.tell(PhoneAnswered(offer_id=offer.offer_id))
        case _:
            centre.tell(CallerConnected(offer_id=offer.offer_id))


def time_passes(centre: Centre, choices: Random) -> None:
    centre.wait(choices.choice([0.5, 1, 2, 5, 15]))


DEEDS = (
    *[agent_asks, caller_comes] * 2,
    *[offer_moves] * 5,
    time_passes,
    caller_goes,
    station_changes,
)
"""Weighted so that a shift is busy: calls are taken, and few go astray."""
