"""What customers' tags mean in queues, from the start and when they change while the customer waits."""

import pytest
from pydantic import ValidationError

from acd.agent_config import AgentConfig
from acd.commands import ChangeCaller, PassOnCaller
from acd.entry import Entry
from acd.events import CallerChanged, CallerJoined, CallerLeft, LeaveReason
from acd.inputs import CallerCame
from acd.item_verbs import SubmitItemParams
from acd.queue_config import QueueConfig
from acd.queue_rules import OverflowCause, OverflowRule, RingRule, TagRule
from runtime.vocabulary import Output
from tests.acd.centre import Centre, offered_calls, one, only
from tests.acd.invariants import check_state

VIP = TagRule(tag="vip", priority=20, require="senior")
AGENTS = [
    AgentConfig(id="1001", queues=["service"]),
    AgentConfig(id="1002", queues=["service", "vip"], tags=["senior"]),
]


def centre_with(*overflow: OverflowRule, **rules: object) -> Centre:
    keys = {"name": "service", "tag_rules": [VIP], "overflow": list(overflow), **rules}
    return Centre([QueueConfig.model_validate(keys), QueueConfig(name="vip")], AGENTS)


def join(centre: Centre, call_id: str, *tags: str, queue: str = "service") -> list[Output]:
    came = CallerCame(
        call_id=call_id, contact_id="contact", caller_number="13800138000", queues=(queue,), tags=tags
    )
    return centre.tell(came)


def tag(centre: Centre, call_id: str, *tags: str) -> list[Output]:
    return centre.tell(ChangeCaller(call_id=call_id, tags=tags))


def entry_of(centre: Centre, call_id: str) -> Entry:
    return centre.core.state.entries[call_id]


def test_a_tag_adds_to_the_priority_and_asks_for_other_agents() -> None:
    centre = centre_with(priority=1)
    join(centre, "plain")
    joined = one(CallerJoined, join(centre, "important", "vip"))
    assert (joined.priority, joined.requirement, joined.position, joined.tags) == (21, "senior", 1, ("vip",))
    centre.staff("1001")
    assert centre.offered_to("plain") == "1001"
    centre.staff("1002")
    assert centre.offered_to("important") == "1002"


def test_priorities_of_tags_add_up_within_the_levels_there_are() -> None:
    worth = {"gold": 200, "vip": 100, "late": -9}
    rules = [TagRule(tag=name, priority=priority) for name, priority in worth.items()]
    centre = centre_with(tag_rules=rules)
    assert one(CallerJoined, join(centre, "first", "gold", "vip")).priority == 254
    assert one(CallerJoined, join(centre, "last", "late")).priority == 0


def test_a_ring_that_drops_what_callers_bring_drops_what_their_tags_ask_for() -> None:
    centre = centre_with(rings=[RingRule(after_s=30, drop_callers_own=True)])
    centre.staff("1001")
    join(centre, "call", "vip")
    centre.wait(29)
    assert centre.offered_to("call") is None
    centre.wait(1)
    assert centre.offered_to("call") == "1001"


def test_other_tags_change_priority_and_requirement_of_who_waits_and_are_told() -> None:
    centre = centre_with()
    join(centre, "first")
    join(centre, "second")
    changed = one(CallerChanged, tag(centre, "second", "vip", "elderly"))
    assert (changed.priority, changed.tags) == (20, ("vip", "elderly"))
    assert [entry.call_id for entry in centre.core.state.queues["service"].line] == ["second", "first"]
    assert entry_of(centre, "second").places["service"].requirement == "senior"
    centre.staff("1002")
    assert centre.offered_to("second") == "1002"
    tag(centre, "second")
    assert (entry_of(centre, "second").priority, entry_of(centre, "second").tags) == (0, ())
    check_state(centre.core.state)


def test_who_no_longer_has_the_tag_is_offered_at_once_to_whoever_is_free() -> None:
    centre = centre_with()
    centre.staff("1001")
    join(centre, "call", "vip")
    assert offered_calls(tag(centre, "call")) == ["call"]


def test_a_priority_given_by_hand_stays_when_the_tags_change_in_the_same_breath() -> None:
    centre = centre_with()
    join(centre, "call")
    centre.tell(ChangeCaller(call_id="call", priority=7, tags=("vip",)))
    assert entry_of(centre, "call").priority == 7


def test_a_tag_that_goes_takes_away_no_more_than_it_added() -> None:
    centre = centre_with(priority=250)
    join(centre, "call")
    assert [one(CallerChanged, tag(centre, "call", *tags)).priority for tags in (["vip"], [])] == [254, 250]


def test_a_tag_takes_along_what_it_added_in_the_queue_before_and_nothing_it_did_not() -> None:
    rules = {"priority": 30, "on_timeout": "queue:vip", "max_wait_s": 5}
    first = QueueConfig.model_validate({"name": "service", **rules})
    tagging = QueueConfig.model_validate({"name": "vip", "tag_rules": [VIP]})
    for queues, joined, left in [
        ([first, tagging], 30, 30),
        ([first.model_copy(update={"tag_rules": [VIP]}), QueueConfig(name="vip")], 50, 30),
    ]:
        centre = Centre(queues, AGENTS)
        assert one(CallerJoined, join(centre, "call", "vip")).priority == joined
        centre.wait(5)
        assert list(entry_of(centre, "call").places) == ["vip"]
        assert one(CallerChanged, tag(centre, "call", "vip", "elderly")).priority == joined
        assert one(CallerChanged, tag(centre, "call")).priority == left


def test_tags_neither_add_to_nor_take_from_a_priority_given_by_hand_after_them() -> None:
    centre = centre_with()
    join(centre, "call", "vip")
    centre.tell(ChangeCaller(call_id="call", priority=7))
    assert one(CallerChanged, tag(centre, "call")).priority == 7
    assert one(CallerChanged, tag(centre, "call", "vip")).priority == 27


def test_a_tag_leads_newcomers_and_those_who_wait_to_another_queue_too() -> None:
    centre = centre_with(OverflowRule(when=OverflowCause.TAGGED, tag="vip", also="vip"))
    assert [j.queue for j in only(CallerJoined, join(centre, "tagged", "vip"))] == ["service", "vip"]
    join(centre, "plain")
    assert one(CallerJoined, tag(centre, "plain", "vip")).queue == "vip"
    assert only(CallerJoined, tag(centre, "plain", "vip")) == []
    check_state(centre.core.state)


def test_a_tag_leads_newcomers_and_those_who_wait_out_of_the_queue() -> None:
    centre = centre_with(OverflowRule(when=OverflowCause.TAGGED, tag="debtor", to="flow:debts"))
    assert one(PassOnCaller, join(centre, "tagged", "debtor")).target == "flow:debts"
    join(centre, "call")
    outputs = tag(centre, "call", "debtor")
    assert one(PassOnCaller, outputs).target == "flow:debts"
    assert one(CallerLeft, outputs).reason is LeaveReason.OVERFLOWED


@pytest.mark.parametrize("to", [True, False])
def test_a_tag_without_a_name_meets_no_rule_that_is_not_for_tags(to: bool) -> None:
    where = {"to": "flow:sorry"} if to else {"also": "vip"}
    centre = centre_with(OverflowRule(when=OverflowCause.WAIT, above=600, **where))
    joined = join(centre, "call", "")
    assert [event.queue for event in only(CallerJoined, joined)] == ["service"]
    assert only(CallerJoined, tag(centre, "call", "", "other")) == []
    assert list(entry_of(centre, "call").places) == ["service"]


def test_an_item_is_submitted_with_tags_that_have_a_name() -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        SubmitItemParams(item="item", medium="chat", queues=["service"], tags=[""])


def test_who_moves_to_the_queue_of_a_tag_keeps_the_wait() -> None:
    centre = centre_with(OverflowRule(when=OverflowCause.TAGGED, tag="vip", to="queue:vip"))
    join(centre, "call")
    centre.wait(50)
    join(centre, "later", queue="vip")
    assert one(CallerJoined, tag(centre, "call", "vip")).position == 1


@pytest.mark.parametrize("keys", [{"when": "tagged"}, {"when": "wait", "tag": "vip"}])
def test_a_tag_is_named_where_a_rule_looks_at_tags_and_nowhere_else(keys: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="with when tagged"):
        OverflowRule.model_validate({**keys, "to": "hang_up"})
