"""Configuration changes in the middle of a shift: nobody who waits or talks is hurt."""

import pytest

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.agent_events import AgentSignedOut
from acd.announcements import Announcements, PositionRule
from acd.commands import (
    AddQueue,
    ChangeQueues,
    ChangeSkills,
    LendCaller,
    PassOnCaller,
    PlayAnnouncement,
    PlayMusic,
    ReleaseStation,
    RingStation,
    StopAnnouncement,
    SubmitItem,
)
from acd.config import AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.configuration_events import (
    AgentAdded,
    AgentRemoved,
    AgentRetired,
    QueueAdded,
    QueueChanged,
    QueueRemoved,
    QueueRetired,
)
from acd.differences import AcdSections, differences, in_parts
from acd.events import CallerJoined, CallerLeft, LeaveReason, OfferMade, WayOutMissing
from acd.queue_config import Closing, QueueConfig, StrategyName
from acd.queue_rules import OverflowCause, OverflowRule, RingRule
from runtime.errors import UsageError
from tests.acd.centre import SERVICE, Centre, agents_of, offered_calls, one, only

SALES = QueueConfig(name="sales", wrap_up_s=0)


def changed(queue: QueueConfig, **keys: object) -> QueueConfig:
    return QueueConfig(**{**queue.model_dump(), **keys})


# --- queues -------------------------------------------------------------------------------------------


def test_a_queue_that_is_added_takes_calls_and_is_told_of() -> None:
    centre = Centre()
    centre.staff("1001")
    outputs = centre.configure([SERVICE, SALES], agents_of("service", "sales"))
    assert one(QueueAdded, outputs).queue == "sales"
    centre.join("call", "sales")
    assert centre.offered_to("call") == "1001"


def test_a_shorter_longest_wait_holds_for_those_who_wait_counted_from_when_they_came() -> None:
    centre = Centre()
    centre.join("early")
    centre.wait(30)
    centre.join("late")
    outputs = centre.configure([changed(SERVICE, max_wait_s=20)])
    left = one(CallerLeft, outputs)
    assert (left.call_id, left.reason) == ("early", LeaveReason.TIMED_OUT)
    assert [left.call_id for left in only(CallerLeft, centre.wait(20))] == ["late"]


def test_a_longer_longest_wait_holds_for_those_who_wait() -> None:
    centre = Centre([changed(SERVICE, max_wait_s=20)])
    centre.join("call")
    centre.wait(10)
    centre.configure([changed(SERVICE, max_wait_s=60)])
    assert only(CallerLeft, centre.wait(40)) == []
    assert one(CallerLeft, centre.wait(10)).reason is LeaveReason.TIMED_OUT


def test_a_caller_who_is_rung_for_when_the_wait_becomes_too_long_may_still_be_answered() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.wait(30)
    centre.join("call")
    centre.wait(10)
    centre.configure([changed(SERVICE, max_wait_s=5)])
    centre.talk("call")
    assert centre.state() is AgentState.ON_CALL


def test_an_event_names_the_keys_that_changed() -> None:
    centre = Centre()
    told = one(QueueChanged, centre.configure([changed(SERVICE, max_wait_s=5, music="other")]))
    assert (told.queue, told.keys) == ("service", ("max_wait_s", "music"))


def test_another_strategy_chooses_among_those_who_are_free_already() -> None:
    queue = changed(SERVICE, strategy=StrategyName.LONGEST_IDLE)
    agents = [
        AgentConfig(id="1001", queues=["service"], skills={"billing": 1}),
        AgentConfig(id="1002", queues=["service"], skills={"billing": 5}),
    ]
    centre = Centre([queue], agents)
    centre.staff("1001", "1002")
    centre.configure([changed(queue, strategy=StrategyName.SKILL_LEVEL, rank_skills=["billing"])])
    centre.join("call")
    assert centre.offered_to("call") == "1002"


def test_phones_that_all_ring_go_on_ringing_when_the_queue_rings_one_at_a_time_from_now_on() -> None:
    queue = changed(SERVICE, strategy=StrategyName.RING_ALL)
    centre = Centre([queue], agents_of("service", count=3))
    centre.staff("1001", "1002")
    centre.join("first")
    outputs = centre.configure([changed(queue, strategy=StrategyName.LONGEST_IDLE)])
    assert only(ReleaseStation, outputs) == []
    assert centre.rung_for("first") == ["1001", "1002"]
    centre.wait(16)
    for agent in ("1001", "1002"):
        centre.ready(agent)
    assert len(centre.rung_for("first")) == 1


def test_a_caller_who_is_rung_for_at_one_phone_is_rung_for_at_all_once_that_has_failed() -> None:
    centre = Centre(agents=agents_of("service", count=3))
    centre.staff("1001", "1002", "1003")
    centre.join("call")
    centre.configure([changed(SERVICE, strategy=StrategyName.RING_ALL)])
    assert centre.rung_for("call") == ["1001"]
    centre.end_offer("call")
    assert centre.rung_for("call") == ["1002", "1003"]


def test_what_is_asked_less_by_new_rings_finds_an_agent_at_once() -> None:
    queue = changed(SERVICE, rings=[RingRule(after_s=0, require="en")])
    centre = Centre([queue])
    centre.staff("1001")
    centre.join("call")
    centre.wait(5)
    outputs = centre.configure(
        [changed(queue, rings=[RingRule(after_s=0, require="en"), RingRule(after_s=3)])]
    )
    assert offered_calls(outputs) == ["call"]


def test_a_queue_that_goes_by_a_calendar_that_is_closed_releases_those_who_wait_if_it_is_to() -> None:
    centre = Centre()
    centre.calendar("office", opens=False)
    centre.join("call")
    closing = [OverflowRule(when=OverflowCause.CLOSED, to="flow:closed")]
    other = changed(SERVICE, calendar="office", closing=Closing.RELEASE, overflow=closing)
    assert one(CallerLeft, centre.configure([other])).reason is LeaveReason.CLOSED


def test_new_rules_of_overflow_look_at_the_wait_there_was() -> None:
    centre = Centre([SERVICE, SALES], agents_of("sales"))
    centre.staff("1001")
    centre.join("call", "service")
    centre.wait(30)
    also = [OverflowRule(when=OverflowCause.WAIT, above=20, also="sales")]
    outputs = centre.configure([changed(SERVICE, overflow=also), SALES])
    assert one(CallerJoined, outputs).queue == "sales"
    assert centre.offered_to("call") == "1001"


def test_a_shorter_ring_time_leaves_a_phone_that_rings_its_time() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    centre.configure([changed(SERVICE, ring_timeout_s=3)])
    centre.wait(10)
    assert centre.offered_to("call") == "1001"


def test_other_music_is_heard_at_once_and_none_is_silence() -> None:
    centre = Centre()
    centre.join("call")
    assert one(PlayMusic, centre.configure([changed(SERVICE, music="new")])).prompt == "new"
    assert one(StopAnnouncement, centre.configure([SERVICE])).call_id == "call"


def test_those_who_wait_are_told_what_new_announcements_say() -> None:
    centre = Centre()
    centre.join("call")
    announcements = Announcements(first_after_s=5, position=PositionRule.ALWAYS)
    centre.configure([changed(SERVICE, announcements=announcements)])
    assert one(PlayAnnouncement, centre.wait(6)).call_id == "call"
    centre.configure([SERVICE])
    assert only(PlayAnnouncement, centre.wait(600)) == []


# --- queues that go -----------------------------------------------------------------------------------


def without_service() -> Centre:
    """1001 serves both queues, and one caller waits in the one that is no longer configured."""
    centre = Centre([SERVICE, SALES], agents_of("service", "sales"))
    centre.seat("1001")
    centre.join("waiting", "service")
    told = one(QueueRetired, centre.configure([SALES], agents_of("sales")))
    assert (told.queue, told.waiting) == ("service", 1)
    return centre


def test_who_waits_in_a_queue_that_is_removed_is_served_and_then_it_is_gone() -> None:
    centre = without_service()
    centre.ready("1001")
    assert centre.offered_to("waiting") == "1001"
    assert only(QueueRemoved, centre.talk("waiting")) == []
    assert one(QueueRemoved, centre.hang_up("waiting")).queue == "service"
    assert centre.core.state.agents["1001"].queue_names == ("sales",)
    assert list(centre.core.state.queues) == ["sales"]


def test_a_queue_that_is_removed_while_nobody_is_in_it_is_gone_at_once() -> None:
    centre = Centre([SERVICE, SALES], agents_of("service", "sales"))
    assert one(QueueRemoved, centre.configure([SALES], agents_of("sales"))).queue == "service"


def test_nobody_comes_to_a_queue_that_is_removed() -> None:
    centre = without_service()
    assert one(CallerLeft, centre.join("newcomer", "service")).reason is LeaveReason.CLOSED
    centre.join("other", "sales")
    with pytest.raises(UsageError, match="queue service is no longer in the configuration"):
        centre.tell(AddQueue(call_id="other", queue="service"))
    with pytest.raises(UsageError, match="no longer in the configuration"):
        centre.ask_back("back", "13900000001")


def test_the_old_limits_of_a_queue_that_is_removed_hold_for_those_who_wait() -> None:
    centre = Centre([changed(SERVICE, max_wait_s=20), SALES], agents_of("service", "sales"))
    centre.join("waiting", "service")
    centre.configure([SALES], agents_of("sales"))
    outputs = centre.wait(21)
    assert one(CallerLeft, outputs).reason is LeaveReason.TIMED_OUT
    assert one(QueueRemoved, outputs).queue == "service"


def test_a_queue_that_comes_back_before_it_is_gone_takes_calls_again() -> None:
    centre = without_service()
    outputs = centre.configure([SERVICE, SALES], agents_of("service", "sales"))
    assert one(QueueAdded, outputs).queue == "service"
    centre.hang_up("waiting")
    centre.join("newcomer", "service")
    centre.ready("1001")
    assert centre.offered_to("newcomer") == "1001"


# --- agents -------------------------------------------------------------------------------------------


def test_an_agent_who_is_added_can_sign_in_and_is_offered_calls() -> None:
    centre = Centre()
    told = one(AgentAdded, centre.configure(agents=agents_of("service", count=2)))
    assert (told.agent, told.queues) == ("1002", ("service",))
    centre.staff("1002")
    centre.join("call")
    assert centre.offered_to("call") == "1002"


def test_an_agent_who_is_removed_finishes_the_call_and_the_wrap_up_and_is_signed_out() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")
    outputs = centre.configure(agents=agents_of("service", count=2)[1:])
    assert one(AgentRetired, outputs).agent == "1001"
    assert only(ReleaseStation, outputs) == []
    centre.hang_up("call")
    assert centre.state() is AgentState.WRAP_UP
    outputs = centre.wait(11)
    assert one(AgentSignedOut, outputs).agent == "1001"
    assert one(AgentRemoved, outputs).agent == "1001"
    with pytest.raises(UsageError, match="there is no agent 1001"):
        centre.ready("1001")


def test_an_agent_who_is_removed_while_rung_may_still_answer() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001")
    centre.join("call")
    outputs = centre.configure(agents=agents_of("service", count=2)[1:])
    assert only(ReleaseStation, outputs) == []
    centre.talk("call")
    assert centre.state() is AgentState.ON_CALL


def test_an_agent_who_is_removed_while_free_is_gone_at_once() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1001")
    assert one(AgentRemoved, centre.configure(agents=agents_of("service", count=2)[1:])).agent == "1001"
    centre.join("call")
    assert centre.offered_to("call") is None


def test_callers_who_want_an_agent_who_is_removed_are_served_by_others() -> None:
    centre = Centre(agents=agents_of("service", count=2))
    centre.staff("1002")
    centre.join("call", preferred=["1001"], preferred_wait_s=600)
    assert centre.offered_to("call") is None
    outputs = centre.configure(agents=agents_of("service", count=2)[1:])
    assert one(OfferMade, outputs).agent == "1002"


def test_an_agent_who_comes_back_before_the_last_call_is_over_stays_signed_in() -> None:
    agents = agents_of("service", count=2)
    centre = Centre(agents=agents)
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")
    centre.configure(agents=agents[1:])
    assert one(AgentAdded, centre.configure(agents=agents)).agent == "1001"
    centre.hang_up("call")
    centre.wait(11)
    assert centre.state() is AgentState.AVAILABLE


def test_new_skills_find_a_caller_who_waits_for_them() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call", requirement="en")
    skilled = AgentConfig(id="1001", queues=["service"], skills={"en": 1})
    assert offered_calls(centre.configure(agents=[skilled])) == ["call"]


def test_what_a_supervisor_changed_stays_where_the_configuration_did_not_change() -> None:
    centre = Centre([SERVICE, SALES], agents_of("service"))
    centre.staff("1001")
    centre.tell(ChangeSkills(agent_id="1001", skills=(("en", 2),)))
    centre.tell(ChangeQueues(agent_id="1001", queues=("sales",)))
    centre.configure(agents=[AgentConfig(id="1001", queues=["service"], tags=["trainee"])])
    agent = centre.core.state.agents["1001"]
    assert (dict(agent.skills), agent.tags, agent.queue_names) == ({"en": 2}, ("trainee",), ("sales",))
    centre.configure(agents=[AgentConfig(id="1001", queues=["service", "sales"], skills={"en": 5})])
    assert (dict(agent.skills), set(agent.queue_names)) == ({"en": 5}, {"service", "sales"})


def test_an_agent_with_less_capacity_keeps_what_is_in_hand_and_gets_no_more() -> None:
    agent = AgentConfig(id="1001", queues=["service"], capacity={"voice": 1, "chat": 2})
    centre = Centre(agents=[agent])
    centre.staff("1001")
    for item in ("one", "two"):
        centre.tell(SubmitItem(item=item, medium="chat", contact_id="contact", queues=("service",)))
    centre.configure(agents=[AgentConfig(id="1001", queues=["service"], capacity={"chat": 1})])
    assert centre.offered_to("one") == centre.offered_to("two") == "1001"
    centre.tell(SubmitItem(item="three", medium="chat", contact_id="contact", queues=("service",)))
    assert centre.offered_to("three") is None
    assert only(RingStation, centre.join("call")) == []


def test_chats_beside_calls_are_offered_as_soon_as_that_is_allowed() -> None:
    agent = AgentConfig(id="1001", queues=["service"], capacity={"voice": 1, "chat": 1})
    centre = Centre(agents=[agent])
    centre.staff("1001")
    centre.join("call")
    centre.talk("call")
    centre.tell(SubmitItem(item="chat", medium="chat", contact_id="contact", queues=("service",)))
    outputs = centre.configure(rules=AcdConfig(parallel_during_calls=True))
    assert offered_calls(outputs) == ["chat"]


@pytest.mark.parametrize(
    ("way", "target"),
    [
        ("on_timeout", "queue:sales"),
        ("on_timeout", "queue:sales?priority=3"),
        ("on_timeout", "flow:gone"),
        ("exit_keys", "queue:sales"),
        ("exit_keys", "flow:gone"),
        ("self_service_keys", "flow:gone"),
    ],
)
@pytest.mark.parametrize("is_empty", [True, False])
def test_who_waits_in_a_retired_queue_is_not_sent_where_nobody_is_any_more(
    way: str, target: str, is_empty: bool
) -> None:
    leading = {"max_wait_s": 10, way: target} if way == "on_timeout" else {way: {"1": target}}
    queue = QueueConfig.model_validate({"name": "service", **leading})
    centre = Centre([queue, SALES], knows_target=lambda asked: asked != "flow:gone")
    centre.join("call", "service")
    if not is_empty:
        centre.join("other", "sales")
    centre.configure(queues=[])
    missing = one(WayOutMissing, [*centre.press("call", "1"), *centre.wait(11)])
    assert (missing.queue, missing.target) == ("service", target)
    assert not [*only(PassOnCaller, centre.outputs), *only(LendCaller, centre.outputs)]
    centre.staff("1001")
    assert centre.offered_to("call") == "1001"


def leading_when_closed(target: str) -> QueueConfig:
    rule = OverflowRule(when=OverflowCause.CLOSED, to=target)
    return QueueConfig(name="service", overflow=[rule])


@pytest.mark.parametrize("target", ["queue:sales", "flow:gone"])
def test_who_still_comes_to_a_retired_queue_waits_where_its_way_out_is_gone_too(target: str) -> None:
    """As out of a flow that began before the configuration changed."""
    centre = Centre([leading_when_closed(target), SALES], knows_target=lambda asked: asked != "flow:gone")
    centre.join("waiting", "service")
    centre.configure(queues=[])
    told = centre.join("newcomer", "service")
    assert (one(WayOutMissing, told).call_id, one(WayOutMissing, told).target) == ("newcomer", target)
    assert only(CallerLeft, told) == []
    centre.staff("1001")
    centre.talk("waiting")
    centre.hang_up("waiting")
    centre.wait(60)
    assert centre.offered_to("newcomer") == "1001"


def test_who_still_comes_to_a_retired_queue_goes_its_way_out_where_that_is_there() -> None:
    centre = Centre([leading_when_closed("flow:night"), SALES])
    centre.join("waiting", "service")
    centre.configure(queues=[])
    assert one(PassOnCaller, centre.join("newcomer", "service")).target == "flow:night"


# --- the command --------------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused_and_changes_nothing() -> None:
    centre = Centre()
    before = centre.core.snapshot()
    with pytest.raises(UsageError, match="agent 7 is to serve sales, which is no queue"):
        centre.tell(ConfigureAcd(queues=(changed(SERVICE, music="new"),), agents=tuple(_serving("sales"))))
    with pytest.raises(UsageError, match="there is no queue sales"):
        centre.tell(ConfigureAcd(removed_queues=("sales",)))
    with pytest.raises(UsageError, match="there is no agent 7"):
        centre.tell(ConfigureAcd(removed_agents=("7",)))
    assert centre.core.snapshot() == before


def test_the_same_configuration_again_makes_no_difference() -> None:
    sections = AcdSections(AcdConfig(), [SERVICE, SALES], agents_of("service", count=3))
    same = AcdSections(AcdConfig(), [changed(SERVICE), changed(SALES)], agents_of("service", count=3))
    assert differences(sections, same) == ConfigureAcd()
    assert list(in_parts(differences(sections, same))) == []


def test_many_agents_come_in_parts_of_which_each_is_whole() -> None:
    sections = AcdSections(AcdConfig(), [SERVICE], agents_of("service", count=5))
    other = AcdSections(AcdConfig(), [SERVICE, SALES], agents_of("service", "sales", count=4))
    centre = Centre([SERVICE], agents_of("service", count=5))
    parts = list(in_parts(differences(sections, other), agents_at_once=3))
    assert [len(part.agents) for part in parts] == [0, 3, 1, 0]
    for part in parts:
        centre.tell(part)
    assert set(centre.core.state.queues["sales"].members) == {"1001", "1002", "1003", "1004"}
    assert "1005" not in centre.core.state.agents


def _serving(queue: str) -> list[AgentConfig]:
    return [AgentConfig(id="7", queues=[queue])]
