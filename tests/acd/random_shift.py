"""Anything that may happen in a centre, in any order: one random input after the other."""

from random import Random

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.announcements import Announcements, PositionRule
from acd.callback import CallbackPolicy, CallbackStage
from acd.commands import (
    AcceptItem,
    AddQueue,
    ApproveLeave,
    AskLeave,
    CancelCallback,
    ChangeCaller,
    ChangeQueues,
    ChangeSkills,
    DenyLeave,
    EndWrapUp,
    ExtendWrapUp,
    FinishItem,
    ForceNotReady,
    ForceReady,
    ForceSignOut,
    MakeNotReady,
    MakeReady,
    MoveCaller,
    RejectItem,
    ReleaseAgent,
    RemoveQueue,
    RequestCallback,
    RestoreCallback,
    RestoreItem,
    SignIn,
    SignOut,
    SubmitItem,
    TakeBackLeave,
    WithdrawItem,
)
from acd.events import LeaveReason, OfferResult
from acd.inputs import (
    CallerConnected,
    Input,
    KeyPressed,
    PhoneAnswered,
    PhoneLost,
    PhoneRang,
    PlaybackOver,
    StationChanged,
)
from acd.queue_config import Closing, QueueConfig, RonaPolicy, SelfServiceTurn, StrategyName
from acd.queue_rules import OverflowCause, OverflowRule, RingRule, TagRule
from runtime.errors import UsageError
from runtime.vocabulary import Command
from tests.acd.centre import Centre
from tests.acd.random_centre import reconfigured

QUEUES = [
    QueueConfig(
        name="报修",
        max_wait_s=40,
        max_waiting=6,
        on_timeout="queue:投诉",
        ring_timeout_s=8,
        strategy=StrategyName.RING_ALL,
        calendar="counter",
        closing=Closing.RELEASE,
        overflow=[
            OverflowRule(when=OverflowCause.WAIT, above=10, also="service"),
            OverflowRule(when=OverflowCause.UNSTAFFED, above=20, to="flow:closed"),
            OverflowRule(when=OverflowCause.CLOSED, to="queue:service"),
            OverflowRule(when=OverflowCause.ESTIMATED_WAIT, above=20, also="service"),
        ],
        music="music",
        announcements=Announcements(first_after_s=3, every_s=10, position=PositionRule.FALLING, wait=True),
        exit_keys={"0": "queue:service", "9": "flow:message", "1": "callback"},
        self_service_keys={"5": "flow:bill"},
        self_service_turn=SelfServiceTurn.LATER,
        callback_on_hang_up=True,
        callback_prompt="callback",
        callback_confirm_key="5",
        callback_confirm_prompt="press_five",
        callback_confirm_s=4,
        callback_ring_s=6,
        callback_retry_s=7,
        callback_valid_s=90,
    ),
    QueueConfig(
        name="投诉",
        wrap_up_s=0,
        on_full="flow:closed",
        max_waiting=3,
        calendar="office",
        closing=Closing.RELEASE,
        rona=RonaPolicy.SIGN_OUT,
        rona_after=2,
        strategy=StrategyName.WEIGHTED_RANDOM,
        rings=[RingRule(after_s=0, require="complaints>=2"), RingRule(after_s=5, require="complaints")],
        callback_policy=CallbackPolicy.AHEAD,
        callback_on_hang_up=True,
        callback_attempts=1,
        callback_valid_s=60,
        exit_keys={"1": "callback"},
        self_service_keys={"5": "message:complaints"},
        tag_rules=[TagRule(tag="vip", priority=3, require="en"), TagRule(tag="elderly", priority=-1)],
    ),
    QueueConfig(
        name="service",
        wrap_up_s=5,
        refusal_delay_s=3,
        ring_timeout_s=6,
        strategy=StrategyName.ROUND_ROBIN,
        weight=1,
        announcements=Announcements(first_after_s=1, every_s=10, messages=["one", "two"]),
        agent_greeting=["{wait}"],
        caller_greeting=["{agent}"],
        calendar="office",
        rings=[RingRule(after_s=12, drop_callers_own=True)],
        overflow=[
            OverflowRule(when=OverflowCause.LENGTH, above=4, also="投诉"),
            OverflowRule(when=OverflowCause.TAGGED, tag="vip", also="投诉"),
        ],
        rona=RonaPolicy.DELAY,
        reject_delay_s=1,
        busy_delay_s=2,
        max_on_leave=1,
        exit_keys={"1": "callback"},
        callback_calendar="office",
        callback_valid_s=80,
        callbacks_per_number=2,
        callback_policy=CallbackPolicy.AHEAD,
    ),
]
AGENTS = [
    AgentConfig(id="1001", queues=["报修"], tags=["trainee"], capacity={"voice": 1, "chat": 2}),
    AgentConfig(id="1002", queues=["报修", "投诉"], skills={"complaints": 1, "en": 1}),
    AgentConfig(
        id="1003", queues=["service", "投诉", "报修"], skills={"complaints": 3}, penalties={"报修": 1}
    ),
    AgentConfig(
        id="1004",
        queues=["service", "投诉"],
        priorities={"service": 2},
        skills={"en": 4},
        capacity={"voice": 1, "video": 1, "chat": 3, "mail": 1},
    ),
]
NUMBERS = ["13900000001", "13900000002", "13900000003", "13900000004", ""]
TAGS = ["vip", "elderly"]
REQUIREMENTS = ["", "", "en", "en>=3", "not trainee", "complaints or en"]
_OURS = (OfferResult.ACCEPTED, OfferResult.CANCELLED, OfferResult.ELSEWHERE)
_UNANSWERED = [result for result in OfferResult if result not in _OURS]


def act(centre: Centre, choices: Random) -> None:
    """Do one thing that could happen now."""
    choices.choice(DEEDS)(centre, choices)


def agent_asks(centre: Centre, choices: Random) -> None:
    """Sign in or out, ready or not; what the core refuses has changed nothing."""
    agent_id = choices.choice(centre.agents).id
    asks: list[Command] = [
        *[MakeReady(agent_id=agent_id)] * 6,
        MakeNotReady(agent_id=agent_id, reason=choices.choice(["午休", "会议"])),
        SignOut(agent_id=agent_id),
    ]
    if centre.state(agent_id) is AgentState.LOGGED_OUT:
        asks = [SignIn(agent_id=agent_id, station=f"phone-{choices.choice(centre.agents).id}")]
    tell_or_be_refused(centre, choices.choice(asks))


def station_changes(centre: Centre, choices: Random) -> None:
    station = f"phone-{choices.choice(centre.agents).id}"
    centre.tell(StationChanged(station=station, reachable=choices.random() < 0.9))


def calendar_changes(centre: Centre, choices: Random) -> None:
    centre.calendar(choices.choice(["office", "counter"]), opens=choices.random() < 0.7)


def caller_comes(centre: Centre, choices: Random) -> None:
    centre.join(
        centre.new_id("caller"),
        *choices.sample([queue.name for queue in centre.queues], choices.choice([1, 1, 2])),
        priority=choices.choice([None, None, 0, 1, 7]),
        requirement=choices.choice(REQUIREMENTS),
        preferred=choices.sample([agent.id for agent in centre.agents], choices.choice([0, 0, 1, 2])),
        preferred_wait_s=choices.choice([0, 4]),
        number=choices.choice(NUMBERS),
        callback_number=choices.choice([None, None, None, "", "13900000003"]),
    )


def caller_is_steered(centre: Centre, choices: Random) -> None:
    """Keys, and what supervisors change; what the core refuses has changed nothing."""
    calls = [entry.call_id for entry in centre.core.state.entries.values()]
    if not calls:
        return
    call_id, queue = choices.choice(calls), choices.choice(centre.queues).name
    asks: list[Command | Input] = [
        KeyPressed(call_id=call_id, key=choices.choice("01559")),
        RequestCallback(callback_id="", call_id=call_id, numbers=(choices.choice(NUMBERS),)),
        ChangeCaller(call_id=call_id, priority=choices.choice([0, 3, 254])),
        ChangeCaller(call_id=call_id, requirement=choices.choice(REQUIREMENTS)),
        ChangeCaller(call_id=call_id, tags=tuple(choices.sample(TAGS, choices.choice([0, 1, 2])))),
        AddQueue(call_id=call_id, queue=queue),
        MoveCaller(call_id=call_id, queue=queue),
        RemoveQueue(call_id=call_id, queue=queue),
    ]
    tell_or_be_refused(centre, choices.choice(asks))


def agent_is_moved(centre: Centre, choices: Random) -> None:
    """Skills and queues change in the middle of the shift."""
    agent_id = choices.choice(centre.agents).id
    queues = choices.sample([queue.name for queue in centre.queues], choices.choice([0, 1, 2, 3]))
    skills = tuple((skill, choices.choice([0, 1, 3])) for skill in ("en", "complaints"))
    asks = [
        ChangeQueues(agent_id=agent_id, queues=tuple(queues)),
        ChangeSkills(agent_id=agent_id, skills=skills),
        ChangeSkills(agent_id=agent_id, tags=tuple(choices.sample(["trainee", "vip"], 1))),
    ]
    tell_or_be_refused(centre, choices.choice(asks))


def caller_comes_back(centre: Centre, choices: Random) -> None:
    """From self-service, or, of no matter, from nowhere."""
    entries = list(centre.core.state.entries.values())
    away = [entry for entry in entries if entry.visit]
    if entries:
        centre.come_back(choices.choice(away or entries).call_id)


def tell_or_be_refused(centre: Centre, ask: Command | Input) -> None:
    """What the core refuses has changed nothing."""
    before = centre.core.snapshot() if centre.doubts_refusals else None
    try:
        centre.tell(ask)
    except UsageError:
        centre.inputs.pop()
        assert before is None or centre.core.snapshot() == before


def callback_moves(centre: Centre, choices: Random) -> None:
    """A customer is asked for, found, not found or forgotten; quiet hours come and go."""
    callbacks = [entry for entry in centre.core.state.entries.values() if entry.callback]
    entry = choices.choice(callbacks) if callbacks else None
    if entry is None or choices.random() < 0.2:
        queues = choices.sample([queue.name for queue in QUEUES], choices.choice([1, 1, 2]))
        numbers = tuple(choices.sample(NUMBERS, choices.choice([1, 1, 2])))
        callback_id = centre.new_id("callback")
        ask = RequestCallback(callback_id=callback_id, numbers=numbers, queues=tuple(queues))
        tell_or_be_refused(centre, ask)
    elif choices.random() < 0.1:
        tell_or_be_refused(centre, CancelCallback(callback_id=entry.entry_id))
    elif entry.callback and entry.callback.stage is CallbackStage.CONFIRMING:
        centre.hear(entry.call_id)
        centre.hang_up(entry.call_id)
    elif entry.callback and entry.callback.stage is CallbackStage.CHECKING and choices.random() < 0.7:
        centre.press(entry.call_id, choices.choice("557"))
    elif choices.random() < 0.6:
        centre.customer_answers(entry.entry_id)
    else:
        centre.customer_fails(entry.entry_id)


def callback_is_restored(centre: Centre, choices: Random) -> None:
    """One of the run before, from whatever moment of it."""
    now, callback_id = centre.now, centre.new_id("restored")
    asked_at = now - choices.choice([0, 5, 30])
    places = choices.sample([queue.name for queue in centre.queues], choices.choice([1, 1, 2]))
    centre.tell(
        RestoreCallback(
            callback_id=callback_id,
            call_id=choices.choice([callback_id, f"call-of-{callback_id}"]),
            contact_id="contact",
            caller_number=choices.choice(NUMBERS),
            numbers=tuple(choices.sample(NUMBERS[:-1], choices.choice([1, 2]))),
            queue=places[0],
            places=tuple((name, asked_at - 2) for name in places),
            asked_by="key",
            joined_at=asked_at - choices.choice([2, 40]),
            asked_at=asked_at,
            expires_at=now + choices.choice([1, 60]),
            attempts=choices.choice([0, 1, 2]),
            being_called=choices.random() < 0.3,
            again_at=choices.choice([None, now - 1, now + 10]),
            priority=choices.choice([0, 3]),
            requirement=choices.choice(REQUIREMENTS),
            preferred=tuple(choices.sample([agent.id for agent in centre.agents], choices.choice([0, 1]))),
            tags=(),
            language="",
            access_code="",
        )
    )


def caller_goes(centre: Centre, choices: Random) -> None:
    calls = [entry.call_id for entry in centre.core.state.entries.values()]
    if calls:
        reason = choices.choice([LeaveReason.ABANDONED, LeaveReason.WITHDRAWN])
        centre.hang_up(choices.choice(calls), reason)


def offer_moves(centre: Centre, choices: Random) -> None:
    """Mostly the next step of an offer's way, now and then its end."""
    state = centre.core.state
    offers = [
        offer
        for offer in state.offers.values()
        if not offer.reserved and not state.entries[offer.entry_id].is_item
    ]
    if not offers:
        return
    offer = choices.choice(offers)
    if choices.random() < 0.2:
        result = choices.choice(_UNANSWERED)
        centre.tell(PhoneLost(offer_id=offer.offer_id, result=result, by_agent=choices.random() < 0.5))
        return
    if not offer.has_rung:
        centre.tell(PhoneRang(offer_id=offer.offer_id))
    elif offer.accepted_at is None:
        centre.tell(PhoneAnswered(offer_id=offer.offer_id))
    else:
        centre.tell(CallerConnected(offer_id=offer.offer_id))


def item_comes(centre: Centre, choices: Random) -> None:
    item = SubmitItem(
        item=f"item-{centre.core.state.joined + 1}",
        medium=choices.choice(["chat", "chat", "chat", "mail", "video"]),
        contact_id="contact",
        queues=tuple(choices.sample([queue.name for queue in centre.queues], choices.choice([1, 1, 2]))),
        priority=choices.choice([None, None, 3]),
        requirement=choices.choice(REQUIREMENTS),
        preferred=tuple(choices.sample([agent.id for agent in centre.agents], choices.choice([0, 0, 1, 2]))),
        preferred_wait_s=choices.choice([0, 4]),
        data=(("text", "你好"),),
    )
    centre.tell(item)


def item_moves(centre: Centre, choices: Random) -> None:
    """Its agent, or another one, does something with it, or the customer goes."""
    entries = [entry for entry in centre.core.state.entries.values() if entry.is_item]
    if not entries:
        return
    entry = choices.choice(entries)
    agents = centre.rung_for(entry.entry_id) or [choices.choice(centre.agents).id]
    item, agent_id = entry.entry_id, choices.choice(agents)
    asks: list[Command] = [
        *[AcceptItem(item=item, agent_id=agent_id)] * 4,
        RejectItem(item=item, agent_id=agent_id),
        *[FinishItem(item=item, agent_id=agent_id)] * 2,
        WithdrawItem(item=item),
    ]
    tell_or_be_refused(centre, choices.choice(asks))


def item_is_restored(centre: Centre, choices: Random) -> None:
    """One of the run before, or, of no matter, one that was brought again."""
    there = [entry.entry_id for entry in centre.core.state.entries.values() if entry.is_item]
    fresh = centre.new_id("restored")
    centre.tell(
        RestoreItem(
            item=choices.choice([fresh, fresh, *there[:1]]),
            medium=choices.choice(["chat", "chat", "mail", "video"]),
            contact_id="contact",
            customer="customer",
            queues=tuple(choices.sample([*(queue.name for queue in QUEUES), "gone"], 2)),
            waiting_since=centre.now - choices.choice([1, 40]),
            agent_id=choices.choice(["", choices.choice(AGENTS).id]),
            priority=choices.choice([0, 3, 254]),
            requirement=choices.choice(REQUIREMENTS),
            preferred=tuple(choices.sample([agent.id for agent in AGENTS], choices.choice([0, 1]))),
            tags=tuple(choices.sample(TAGS, choices.choice([0, 1, 2]))),
            data=(("text", "你好"),),
        )
    )


def playback_ends(centre: Centre, choices: Random) -> None:
    """Of an announcement or a greeting, or one of no matter any more."""
    state = centre.core.state
    playing = [(entry.call_id, entry.announcing) for entry in state.entries.values() if entry.announcing]
    playing += [(offer.call_id, offer.greeting) for offer in state.offers.values() if offer.greeting]
    playing += [(call_id, "playback-of-old") for call_id in state.calls]
    if playing:
        call_id, playback_id = choices.choice(playing)
        centre.tell(PlaybackOver(call_id=call_id, playback_id=playback_id))


def supervisor_acts(centre: Centre, choices: Random) -> None:
    """Forces, releases and decides; agents ask for leave and for time."""
    agent_id, by = choices.choice(AGENTS).id, "9001"
    reason = choices.choice(["training", "开会"])
    asks: list[Command] = [
        *[ForceReady(agent_id=agent_id, by=by)] * 3,
        ForceNotReady(agent_id=agent_id, reason=reason, by=by),
        ForceSignOut(agent_id=agent_id, by=by),
        ReleaseAgent(agent_id=agent_id, by=by),
        *[AskLeave(agent_id=agent_id, reason="如厕")] * 2,
        TakeBackLeave(agent_id=agent_id),
        *[ApproveLeave(agent_id=agent_id, by=by)] * 2,
        DenyLeave(agent_id=agent_id, by=by),
        ExtendWrapUp(agent_id=agent_id, extend_s=7),
        EndWrapUp(agent_id=agent_id),
        SignIn(agent_id=agent_id, station=f"phone-{choices.choice(AGENTS).id}", force=True),
    ]
    tell_or_be_refused(centre, choices.choice(asks))


def configuration_changes(centre: Centre, choices: Random) -> None:
    """Some queue or agent is added, changed or removed, or what holds for all is; now and then nothing is."""
    if choices.random() < 0.1:
        rules = {"parallel_during_calls": choices.random() < 0.5, "priority_level_s": choices.choice([1, 60])}
        centre.configure(rules=centre.rules.model_copy(update=rules))
        return
    other = reconfigured(centre.queues, centre.agents, choices)
    if other is not None:
        queues, agents = other
        centre.configure(queues, [_with_room_for_work(centre, agent) for agent in agents])


def _with_room_for_work(centre: Centre, config: AgentConfig) -> AgentConfig:
    """Who has something in hand keeps the capacity; ``test_configuring.py`` has less of it."""
    agent = centre.core.state.agents.get(config.id)
    if agent is None or not (agent.items or agent.offer_id):
        return config
    return config.model_copy(update={"capacity": agent.config.capacity})


def time_passes(centre: Centre, choices: Random) -> None:
    centre.wait(choices.choice([0.5, 1, 2, 5, 15]))


DEEDS = (
    *[agent_asks, caller_comes] * 2,
    *[offer_moves] * 5,
    item_comes,
    *[item_moves] * 3,
    supervisor_acts,
    time_passes,
    caller_goes,
    caller_is_steered,
    caller_comes_back,
    agent_is_moved,
    callback_moves,
    callback_moves,
    callback_is_restored,
    item_is_restored,
    station_changes,
    calendar_changes,
    *[playback_ends] * 2,
    configuration_changes,
)
"""Weighted so that a shift is busy: calls are taken, and few go astray."""
