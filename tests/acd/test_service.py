"""The ACD as the exchange sees it: events in, commands out, through the driver."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.agent_events import AgentLimit, AgentStateChanged, AgentWarned
from acd.config import AcdConfig
from acd.config import AgentLimits as LimitsConfig
from acd.events import CallerJoined, CallerLeft, LeaveReason, OfferResult
from acd.messages.events import AgentMessage, AgentMessageReached, Channel
from acd.orders import RELEASE_CAUSES, WITHDRAWAL_CAUSES
from acd.queue_config import QueueConfig, RepeatPolicy
from acd.queue_rules import OverflowCause, OverflowRule
from acd.service import OFFER_RESULTS, build
from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Command, Event
from switch.application import Prospect
from switch.calendars.events import CalendarClosed, CalendarOpened, CalendarReason
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    ConnectCall,
    HandOff,
    HangUpCall,
    OfferCall,
    PlayPrompt,
    StopPrompt,
    WithdrawOffer,
)
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    DigitReceived,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
)
from switch.sip.commands import AwaitRefresh, SendText
from switch.sip.events import StationRefreshed, StationRegistered, StationUnregistered, TextDelivered

QUEUES = [
    QueueConfig(
        name="service",
        title="电力服务",
        music="music/waiting",
        calendar="office",
        max_wait_s=60,
        on_timeout="flow:closed",
    ),
    QueueConfig(name="narrow", max_waiting=1, self_service_keys={"2": "flow:bill"}),
]
UNSTAFFED_FOR_TWO_MINUTES = OverflowRule(when=OverflowCause.UNSTAFFED, above=120, to="flow:night")
AGENTS = [AgentConfig(id="1001", name="王芳", queues=["service"])]
STATIONS = {"phone": 0}

ARRIVED = CallArrived(
    call_id="call",
    contact_id="contact",
    leg_id="leg",
    sip_call_id="abc@192.0.2.1",
    caller_number="13800138000",
    caller_name="",
    called_number="95598",
    access_code="95598",
    target="queue:service",
    peer="udp:192.0.2.1:5060",
)
HANDED_OFF = CallHandedOff(
    call_id="call",
    contact_id="contact",
    caller_number="13800138000",
    caller_name="",
    access_code="95598",
    target="queue:service",
)
ENDED = CallEnded(call_id="call", contact_id="contact", cause=Cause.NORMAL_CLEARING, by_caller=True)
REGISTERED = StationRegistered(station="phone", contact="sip:phone@192.0.2.7", peer="", expires_s=60)


class Rig:
    """The ACD between a driver and an exchange that only takes notes."""

    def __init__(self, queues: Sequence[QueueConfig] = QUEUES, config: AcdConfig | None = None) -> None:
        self.clock = ManualClock()
        self.commands: list[Command] = []
        self.events: list[Event] = []
        self.alarm = ManualAlarm()
        self.driver = Driver(self.clock, self.alarm, self._fail, Ways())
        self.application = build(
            queues, AGENTS, STATIONS, SeededIds(), self.driver.submit, self.clock, config
        )
        self.driver.add_routes(self.application.routes)
        for core in self.application.cores:
            self.driver.add_core(core)
        for kind in (
            AnswerCall,
            PlayPrompt,
            StopPrompt,
            OfferCall,
            WithdrawOffer,
            ConnectCall,
            HandOff,
            HangUpCall,
            AwaitRefresh,
        ):
            self.driver.add_routes({kind: self._note})
        self.driver.observe(lambda event, wall: self.events.append(event))

    def feed(self, *events: Event) -> list[Command]:
        """Submit events; return the commands that followed."""
        mark = len(self.commands)
        for event in events:
            self.driver.submit(event)
        return self.commands[mark:]

    def wait(self, seconds: float) -> list[Command]:
        mark, end = len(self.commands), self.clock.now() + seconds
        while (deadline := self.alarm.deadline) is not None and deadline <= end:
            self.clock.move_to(deadline)
            self.alarm.ring()
        self.clock.move_to(end)
        return self.commands[mark:]

    def verb(self, name: str, **params: Any) -> Any:
        verb = next(verb for verb in self.application.verbs if verb.name == name)
        return verb.handle(verb.params.model_validate(params))

    def staff(self) -> None:
        self.feed(REGISTERED)
        self.verb("agent.sign_in", agent="1001", station="phone")
        self.verb("agent.ready", agent="1001")

    def offer_id(self) -> str:
        return next(c.offer_id for c in reversed(self.commands) if isinstance(c, OfferCall))

    def offer_ended(self, cause: Cause, *, accepted: bool = False, by_station: bool = True) -> list[Command]:
        return self.feed(
            OfferEnded(
                call_id="call",
                offer_id=self.offer_id(),
                cause=cause,
                accepted=accepted,
                by_station=by_station,
            )
        )

    def gauge(self, name: str) -> dict[tuple[str, ...], float]:
        return dict(next(gauge for gauge in self.application.gauges if gauge.name == name).read())

    def _note(self, command: Command, now: float) -> Outputs:
        self.commands.append(command)
        return ()

    def _fail(self, item: object, fault: Exception) -> Outputs:
        raise AssertionError(f"{item} raised {fault!r}") from fault


@pytest.fixture
def rig() -> Rig:
    return Rig()


def talk(rig: Rig, back: str | None = None) -> None:
    rig.staff()
    rig.feed(replace(HANDED_OFF, back=back))
    offer_id = rig.offer_id()
    rig.feed(
        OfferRinging(call_id="call", offer_id=offer_id),
        OfferAccepted(call_id="call", offer_id=offer_id),
        CallConnected(call_id="call", offer_id=offer_id, station="phone"),
    )


def test_a_call_that_arrives_unanswered_is_answered_before_it_joins(rig: Rig) -> None:
    assert rig.feed(ARRIVED) == [AnswerCall(call_id="call")]
    (music,) = rig.feed(CallAnswered(call_id="call"))
    assert music == PlayPrompt(
        call_id="call", playback_id="playback-1", prompts=("music/waiting",), times=0, shared=True
    )


def test_a_call_that_ends_before_it_is_answered_never_joins(rig: Rig) -> None:
    rig.feed(ARRIVED, ENDED)
    assert rig.feed(CallAnswered(call_id="call")) == []


def test_calls_of_other_applications_are_none_of_its_business(rig: Rig) -> None:
    other = replace(ARRIVED, target="flow:hotline")
    handed_off = replace(HANDED_OFF, target="flow:hotline")
    assert rig.feed(other, CallAnswered(call_id="call"), handed_off, ENDED) == []
    assert [event.topic for event in rig.events if event.topic.startswith("queue.")] == []


def test_a_call_handed_off_to_it_joins_at_once_and_is_offered(rig: Rig) -> None:
    rig.staff()
    music, ring = rig.feed(HANDED_OFF)
    assert isinstance(music, PlayPrompt)
    assert ring == OfferCall(call_id="call", offer_id=rig.offer_id(), station="phone")


def test_an_accepted_offer_is_connected(rig: Rig) -> None:
    rig.staff()
    rig.feed(HANDED_OFF)
    offer_id = rig.offer_id()
    commands = rig.feed(
        OfferRinging(call_id="call", offer_id=offer_id), OfferAccepted(call_id="call", offer_id=offer_id)
    )
    assert commands == [ConnectCall(call_id="call", offer_id=offer_id)]
    rig.feed(CallConnected(call_id="call", offer_id=offer_id, station="phone"))
    assert rig.verb("agent.list")[0]["state"] == "ON_CALL"


def test_an_agent_who_hangs_up_ends_the_call(rig: Rig) -> None:
    talk(rig)
    commands = rig.offer_ended(Cause.NORMAL_CLEARING, accepted=True)
    assert commands == [HangUpCall(call_id="call", cause=Cause.NORMAL_CLEARING)]
    assert rig.verb("agent.list")[0]["state"] == "WRAP_UP"


def test_a_caller_who_hangs_up_while_it_rings_withdraws_the_offer(rig: Rig) -> None:
    rig.staff()
    rig.feed(HANDED_OFF)
    offer_id = rig.offer_id()
    commands = rig.feed(ENDED)
    assert commands == [WithdrawOffer(call_id="call", offer_id=offer_id, cause=Cause.ORIGINATOR_CANCEL)]
    assert rig.offer_ended(Cause.ORIGINATOR_CANCEL, by_station=False) == []
    assert rig.verb("agent.list")[0]["state"] == "AVAILABLE"


def test_a_call_handed_off_elsewhere_is_let_go(rig: Rig) -> None:
    rig.feed(HANDED_OFF, replace(HANDED_OFF, target="flow:survey"))
    assert rig.verb("queue.list")[0]["waiting"] == 0
    assert rig.events[-1].topic == "queue.caller_left"


def test_a_call_handed_off_to_another_queue_changes_queues(rig: Rig) -> None:
    rig.feed(HANDED_OFF, replace(HANDED_OFF, target="queue:narrow"))
    assert [queue["waiting"] for queue in rig.verb("queue.list")] == [0, 1]


def test_whose_time_is_up_is_handed_on_in_silence(rig: Rig) -> None:
    rig.feed(HANDED_OFF)
    assert rig.wait(60) == [StopPrompt(call_id="call"), HandOff(call_id="call", target="flow:closed")]


def test_who_finds_the_queue_full_hears_busy(rig: Rig) -> None:
    narrow = replace(HANDED_OFF, target="queue:narrow")
    rig.feed(narrow)
    commands = rig.feed(replace(narrow, call_id="second"))
    assert commands == [HangUpCall(call_id="second", cause=Cause.USER_BUSY)]


@pytest.mark.parametrize(
    ("cause", "state", "reachable"),
    [
        (Cause.USER_BUSY, "AVAILABLE", True),
        (Cause.CALL_REJECTED, "AVAILABLE", True),
        (Cause.NO_ANSWER, "AVAILABLE", True),
        (Cause.USER_NOT_REGISTERED, "AVAILABLE", False),
        (Cause.NO_USER_RESPONSE, "AVAILABLE", False),
        (Cause.INCOMPATIBLE_DESTINATION, "AVAILABLE", True),
    ],
)
def test_the_cause_of_a_lost_station_decides_what_becomes_of_its_agent(
    rig: Rig, cause: Cause, state: str, reachable: bool
) -> None:
    rig.staff()
    rig.feed(HANDED_OFF)
    awaited = [] if reachable else [AwaitRefresh(station="phone")]
    assert rig.offer_ended(cause) == awaited, "the caller waits on and nobody else is there"
    (agent,) = rig.verb("agent.list")
    assert (agent["state"], agent["reachable"]) == (state, reachable)


def test_a_phone_that_gave_no_sign_is_rung_again_when_it_refreshes_its_registration(rig: Rig) -> None:
    rig.staff()
    rig.feed(HANDED_OFF)
    rig.offer_ended(Cause.NO_USER_RESPONSE)
    assert rig.wait(20) == []
    (offer,) = rig.feed(StationRefreshed(station="phone"))
    assert isinstance(offer, OfferCall)


def test_every_ending_has_a_cause() -> None:
    assert set(WITHDRAWAL_CAUSES) >= set(OfferResult) - {OfferResult.BUSY}
    assert set(RELEASE_CAUSES) == set(LeaveReason) - {
        LeaveReason.ABANDONED,
        LeaveReason.ELSEWHERE,
        LeaveReason.EXPIRED,
    }
    assert OfferResult.ACCEPTED not in OFFER_RESULTS.values()


def test_it_knows_its_own_queues_only(rig: Rig) -> None:
    assert rig.application.knows("service")
    assert not rig.application.knows("投诉")


def test_a_verb_shows_the_agent_as_changed_by_it(rig: Rig) -> None:
    rig.feed(REGISTERED)
    view = rig.verb("agent.sign_in", agent="1001", station="phone")
    rig.wait(30)
    assert view == {
        "id": "1001",
        "name": "王芳",
        "state": "NOT_READY",
        "reason": "signed_in",
        "since_s": 0.0,
        "not_ready_after": None,
        "station": "phone",
        "reachable": True,
        "queues": ["service"],
        "skills": {},
        "tags": [],
        "call_id": None,
        "capacity": {"voice": 1},
        "items": 0,
        "leave": None,
        "held": False,
        "sign_out_after": False,
        "auto_answer": False,
    }
    assert rig.verb("agent.list")[0]["since_s"] == 30.0
    assert rig.verb("agent.ready", agent="1001")["state"] == "AVAILABLE"
    assert rig.verb("agent.not_ready", agent="1001", reason="午休")["reason"] == "午休"
    assert rig.verb("agent.sign_out", agent="1001")["state"] == "LOGGED_OUT"


def test_a_verb_that_is_refused_says_why(rig: Rig) -> None:
    with pytest.raises(UsageError, match="agent 1001 is LOGGED_OUT: ready is not possible now, only sign in"):
        rig.verb("agent.ready", agent="1001")
    with pytest.raises(ValidationError):
        rig.verb("agent.not_ready", agent="1001", reason="")
    with pytest.raises(UsageError, match="there is no station 1099"):
        rig.verb("agent.sign_in", agent="1001", station="1099")


def test_a_station_that_is_gone_shows(rig: Rig) -> None:
    rig.staff()
    rig.feed(StationUnregistered(station="phone", reason="expired"))
    assert rig.verb("agent.list")[0]["reachable"] is False
    assert rig.verb("queue.list")[0]["eligible"] == 0


def test_a_calendar_of_the_switch_closes_its_queues(rig: Rig) -> None:
    rig.feed(CalendarClosed(calendar="office", reason=CalendarReason.START), HANDED_OFF)
    assert rig.events[-1] == CallerLeft(
        call_id="call",
        contact_id="contact",
        queue="service",
        reason=LeaveReason.CLOSED,
        position=0,
        wait_ms=0,
        offers=0,
        agent=None,
    )
    assert rig.verb("queue.list")[0]["open"] is False
    rig.feed(CalendarOpened(calendar="office", reason=CalendarReason.HOURS), replace(HANDED_OFF, call_id="2"))
    assert (rig.verb("queue.list")[0]["open"], rig.verb("queue.list")[0]["waiting"]) == (True, 1)


def test_the_view_of_a_queue_tells_callers_agents_and_calls(rig: Rig) -> None:
    talk(rig)
    rig.feed(replace(HANDED_OFF, call_id="second"), replace(HANDED_OFF, call_id="third"))
    rig.wait(7)
    rig.feed(replace(ENDED, call_id="third"))
    service, narrow = rig.verb("queue.list")
    assert (service["title"], narrow["title"]) == ("电力服务", "narrow")
    assert (service["waiting"], service["longest_wait_s"]) == (1, 7.0)
    assert (service["agents"]["ON_CALL"], narrow["agents"]["ON_CALL"]) == (1, 0)
    assert service["calls"] == {
        "offered": 3,
        "answered": 1,
        "abandoned": 1,
        "timed_out": 0,
        "overflowed": 0,
        "closed": 0,
        "exited": 0,
        "unreached": 0,
        "expired": 0,
        "elsewhere": 0,
        "turned_away": 0,
        "withdrawn": 0,
    }
    assert service["service_level"] == [{"within_s": 20.0, "answered": 1, "share": 0.5}]
    assert narrow["service_level"] == [{"within_s": 20.0, "answered": 0, "share": None}]


def test_gauges_read_what_is_true_now(rig: Rig) -> None:
    rig.staff()
    rig.verb("agent.not_ready", agent="1001", reason="培训")
    rig.feed(HANDED_OFF)
    rig.wait(9)
    assert rig.gauge("queue_waiting") == {("service",): 1.0, ("narrow",): 0.0}
    assert rig.gauge("queue_longest_wait_seconds") == {("service",): 9.0, ("narrow",): 0.0}
    assert rig.gauge("agents")[("NOT_READY",)] == 1.0


def test_a_target_agent_leads_to_the_agents_first_queue_for_this_agent_alone() -> None:
    rig = Rig()
    rig.staff()
    assert rig.application.takes("agent", "1001")
    assert not rig.application.takes("agent", "1002")
    commands = rig.feed(replace(HANDED_OFF, target="agent:1001"))
    assert [command.station for command in commands if isinstance(command, OfferCall)] == ["phone"]


def test_queues_are_without_staff_since_the_start_however_long_the_machine_runs() -> None:
    clock = ManualClock(1e6)
    rules = [QueueConfig(name="service", overflow=[UNSTAFFED_FOR_TWO_MINUTES])]
    application = build(rules, AGENTS, STATIONS, SeededIds(), lambda command: None, clock)
    assert application.cores[0].next_deadline() == 1e6 + 120


def test_who_waits_for_an_agent_who_does_not_come_goes_the_queues_way_out() -> None:
    rig = Rig()
    rig.feed(replace(HANDED_OFF, target="agent:1001"))
    (waiting,) = rig.verb("queue.waiting", queue="service")
    assert waiting["preferred"] == ["1001"]
    assert rig.verb("queue.explain", call_id="call")["alone_for_s"] == 60
    assert HandOff(call_id="call", target="flow:closed") in rig.wait(60)


def test_number_lists_add_their_priority_and_tags_to_a_caller() -> None:
    rig = Rig()
    target = "queue:service?priority=10&tag=老人"
    rig.feed(replace(HANDED_OFF, target=target, priority=50, tags=("大客户",), lists=("vip",)))
    rig.feed(replace(HANDED_OFF, call_id="second", priority=250, target="queue:service?priority=20"))
    second, first = rig.verb("queue.waiting", queue="service")
    assert (first["priority"], first["tags"]) == (60, ["老人", "大客户"])
    assert second["priority"] == 254


def test_who_calls_again_waits_for_the_agent_of_the_last_call_and_is_known() -> None:
    rig = Rig([QueueConfig(name="service", repeat=RepeatPolicy.LAST_AGENT, repeat_wait_s=30)])
    talk(rig)
    rig.feed(ENDED, replace(HANDED_OFF, call_id="again"))
    rig.verb("agent.sign_out", agent="1001")
    rig.feed(replace(HANDED_OFF, call_id="later"))
    again, later = rig.verb("queue.waiting", queue="service")
    assert (again["preferred"], later["preferred"]) == (["1001"], []), "who is not at work is not waited for"
    assert rig.verb("queue.explain", call_id="again")["alone_for_s"] == 30
    joined = [event for event in rig.events if isinstance(event, CallerJoined)]
    assert [event.repeats for event in joined] == [0, 1, 1]


LENT = replace(HANDED_OFF, target="flow:bill", back="queue:narrow?place=call")


def lent() -> Rig:
    """A caller of queue narrow, in self-service."""
    rig = Rig()
    rig.feed(replace(HANDED_OFF, target="queue:narrow"))
    commands = rig.feed(DigitReceived(call_id="call", digit="2", duration_ms=100))
    assert commands[-1] == HandOff(
        call_id="call", target="flow:bill", back="queue:narrow?place=call", language="zh"
    )
    rig.feed(LENT)
    (waiting,) = rig.verb("queue.waiting", queue="narrow")
    assert waiting["self_service"] == "flow:bill"
    return rig


@pytest.mark.parametrize("target", ["queue:narrow?place=call", "queue:narrow", "queue:service,narrow"])
def test_a_lent_call_comes_back_to_its_place_by_any_target_that_names_the_queue(target: str) -> None:
    rig = lent()
    rig.feed(replace(HANDED_OFF, target=target))
    (waiting,) = rig.verb("queue.waiting", queue="narrow")
    assert (waiting["self_service"], waiting["offers"]) == (None, 0)
    assert [event for event in rig.events if isinstance(event, CallerLeft)] == []


def test_a_lent_call_that_goes_elsewhere_has_left_the_queue() -> None:
    rig = lent()
    rig.feed(replace(HANDED_OFF, target="queue:service"))
    assert rig.verb("queue.waiting", queue="narrow") == []
    assert len(rig.verb("queue.waiting", queue="service")) == 1


@pytest.mark.parametrize("target", ["station:1002", "flow:rating", "agent:1001"])
def test_an_agent_is_free_of_a_customer_who_is_transferred_and_due_back_in_a_flow(target: str) -> None:
    rig = Rig()
    back = "flow:hotline?return"
    talk(rig, back=back)
    rig.feed(replace(HANDED_OFF, target=target, back=back))
    assert rig.verb("agent.list")[0]["state"] in ("WRAP_UP", "AVAILABLE")


@pytest.mark.parametrize("own", [None, "flow:experts?return"])
def test_who_took_the_place_of_another_caller_goes_back_where_both_are_due(own: str | None) -> None:
    rig = Rig()
    talk(rig, back=own)
    due = CallDueBack(call_id="call", from_call_id="former", target="flow:hotline?return")
    rig.feed(due, replace(due, call_id="in no queue"))
    ended = OfferEnded(
        call_id="call",
        offer_id=rig.offer_id(),
        cause=Cause.NORMAL_CLEARING,
        accepted=True,
        by_station=True,
    )
    rig.feed(ended)
    (passed_on,) = [command for command in rig.commands if isinstance(command, HandOff)]
    assert (passed_on.target, passed_on.outcome) == (own or "flow:hotline?return", "connected")


@pytest.mark.parametrize(
    ("by_caller", "reason"), [(True, LeaveReason.ABANDONED), (False, LeaveReason.EXITED)]
)
def test_a_lent_call_that_ends_was_given_up_by_the_caller_only(by_caller: bool, reason: LeaveReason) -> None:
    rig = lent()
    rig.feed(replace(ENDED, by_caller=by_caller))
    (left,) = [event for event in rig.events if isinstance(event, CallerLeft)]
    assert left.reason is reason


def test_when_the_turn_comes_a_lent_call_is_taken_back_and_the_agent_rung() -> None:
    queue = QueueConfig(name="service", self_service_keys={"2": "flow:bill"})
    rig = Rig([queue])
    rig.feed(HANDED_OFF, DigitReceived(call_id="call", digit="2", duration_ms=100))
    back = "queue:service?place=call"
    rig.feed(replace(HANDED_OFF, target="flow:bill", back=back))
    mark = len(rig.commands)
    rig.staff()
    rig.feed(replace(HANDED_OFF, target=back))
    assert rig.commands[mark : mark + 2] == [
        HandOff(call_id="call", target=back),
        StopPrompt(call_id="call"),
    ]
    assert [command.station for command in rig.commands if isinstance(command, OfferCall)] == ["phone"]


def test_the_place_of_one_who_has_none_is_a_new_one() -> None:
    rig = Rig()
    rig.feed(replace(HANDED_OFF, target="queue:narrow?place=call"))
    assert len(rig.verb("queue.waiting", queue="narrow")) == 1


def test_the_language_of_a_flow_is_the_language_of_the_wait() -> None:
    told = {"messages": ["{language}/queue/please_hold"], "first_after_s": 5}
    rig = Rig([QueueConfig.model_validate({"name": "service", "announcements": told})])
    rig.feed(
        replace(HANDED_OFF, call_id="english", language="en"),
        replace(HANDED_OFF, call_id="traditional", language="zh-Hant"),
        replace(HANDED_OFF, call_id="unspoken", language="fr"),
        replace(HANDED_OFF, call_id="asked", language="zh", target="queue:service?language=en"),
    )
    played = {play.call_id: play.prompts for play in rig.wait(6) if isinstance(play, PlayPrompt)}
    heard = {call_id: prompts[0].partition("/")[0] for call_id, prompts in played.items()}
    assert heard == {"english": "en", "traditional": "zh", "unspoken": "zh", "asked": "en"}


def test_a_language_chosen_in_self_service_is_kept() -> None:
    rig = lent()
    rig.feed(replace(HANDED_OFF, target="queue:narrow?place=call", language="en"))
    commands = rig.feed(DigitReceived(call_id="call", digit="2", duration_ms=100))
    assert [command.language for command in commands if isinstance(command, HandOff)] == ["en"]


def test_flows_are_told_what_to_expect_of_a_queue() -> None:
    rig = Rig()
    prospect = rig.application.prospect
    assert prospect("nowhere", "13800138000") is None
    assert prospect("narrow?priority=3", "13800138000") == Prospect(None, 0, is_open=True, repeats=0)
    talk(rig)
    rig.feed(ENDED, CalendarClosed(calendar="office", reason=CalendarReason.HOURS))
    found = prospect("service", "13800138000")
    assert found is not None
    assert (found.repeats, found.is_open) == (1, False)
    rig.verb("agent.ready", agent="1001")
    found = prospect("service", "13900139000")
    assert found is not None
    assert (found.repeats, found.wait_s) == (0, 0.0)


def test_an_agent_is_warned_when_a_stay_not_ready_takes_too_long() -> None:
    rig = Rig(config=AcdConfig(warn_agents=LimitsConfig(not_ready_s=900)))
    rig.verb("agent.sign_in", agent="1001", station="phone")
    rig.wait(899)
    assert not [event for event in rig.events if isinstance(event, AgentWarned)]
    rig.wait(1)
    assert rig.events[-1] == AgentWarned(agent="1001", limit=AgentLimit.NOT_READY, limit_s=900)


def test_a_text_goes_to_desktop_and_phone_and_is_told_when_the_phone_took_it() -> None:
    rig = Rig()
    rig.driver.add_routes({SendText: rig._note})
    rig.staff()
    sent = rig.verb("agent.send_message", queues=["service"], text="九点开会", by="班长")
    assert (sent["told"], sent["with_phone"], sent["kept"]) == (["1001"], ["1001"], [])
    text = rig.commands[-1]
    assert isinstance(text, SendText)
    assert (text.station, text.text, text.sender_name, text.sender_number) == (
        "phone",
        "九点开会",
        "班长",
        "",
    )
    rig.feed(TextDelivered(text_id=text.text_id, station="phone"))
    assert rig.events[-1] == AgentMessageReached(
        agent="1001", message_id=sent["message_id"], channel=Channel.PHONE
    )
    rig.verb("agent.confirm_message", agent="1001", message_id=sent["message_id"])
    (listed,) = rig.verb("agent.messages", agent="1001")
    assert listed["reached"] == ["desktop", "phone"]


def test_a_text_for_nobody_or_for_a_stranger_is_refused() -> None:
    rig = Rig()
    with pytest.raises(UsageError, match="nobody is meant; name agents, queues or tags"):
        rig.verb("agent.send_message", tags=["夜班"], text="x", by="1001")
    with pytest.raises(UsageError, match="there is no agent 9999"):
        rig.verb("agent.send_message", agents=["9999"], text="x", by="1001")
    with pytest.raises(UsageError, match="agent 1001 has got no message m"):
        rig.verb("agent.confirm_message", agent="1001", message_id="m")


def test_a_text_waits_for_an_agent_who_is_not_signed_in() -> None:
    rig = Rig()
    rig.driver.add_routes({SendText: rig._note})
    assert rig.verb("agent.send_message", everybody=True, text="x", by="9001")["kept"] == ["1001"]
    rig.staff()
    assert [event.text for event in rig.events if isinstance(event, AgentMessage)] == ["x"]
    text = next(command for command in rig.commands if isinstance(command, SendText))
    assert (text.sender_number, text.sender_name) == ("9001", "")


def test_several_agents_move_at_once_or_nobody_does(rig: Rig) -> None:
    with pytest.raises(UsageError, match="there is no queue nowhere"):
        rig.verb("agent.move", agents=["1001"], join=["nowhere"], leave=["service"])
    assert rig.verb("agent.list")[0]["queues"] == ["service"]
    (moved,) = rig.verb("agent.move", agents=["1001", "1001"], leave=["service"])
    assert moved["queues"] == []
    (moved,) = rig.verb("agent.move", agents=["1001"], join=["service"], leave=["service"])
    assert moved["queues"] == ["service"]


@pytest.mark.parametrize("left", [True, False])
def test_one_who_is_not_ready_and_gets_a_call_at_the_phone_is_on_call_while_both_talk(left: bool) -> None:
    rig = Rig()
    rig.feed(REGISTERED)
    rig.verb("agent.sign_in", agent="1001", station="phone")
    at_phone = CallConnected(call_id="call", offer_id="o", station="phone")
    rig.feed(CallConnected(call_id="other", offer_id="p", station="elsewhere"), at_phone)
    gone = OfferEnded(
        call_id="call", offer_id="o", cause=Cause.NORMAL_CLEARING, accepted=True, by_station=True
    )
    states = [event.to_state for event in rig.events if isinstance(event, AgentStateChanged)]
    assert states[-1] is AgentState.ON_CALL
    rig.feed(replace(gone, offer_id="another"))
    assert len([event for event in rig.events if isinstance(event, AgentStateChanged)]) == len(states)
    rig.feed(gone if left else ENDED)
    changed = [event for event in rig.events if isinstance(event, AgentStateChanged)]
    assert [event.to_state for event in changed[len(states) :]] == [AgentState.NOT_READY]
