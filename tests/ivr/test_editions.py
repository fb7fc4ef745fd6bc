"""Which version of a flow a caller goes through."""

import pytest

from ivr.document import Flow
from ivr.editions import Edition, Editions, FlowSet
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of

NUMBERS = [f"138{number:08}" for number in range(2000)]


def saying(prompt: str, name: str = "hotline") -> Flow:
    nodes = {"say": {"type": "play", "prompts": [prompt], "next": "bye"}, "bye": {"type": "hang_up"}}
    return flow_of(nodes, name=name)


OLD, NEW, DRAFT = saying("old"), saying("new"), saying("draft")


def trial(share: float) -> FlowSet:
    editions = Editions(Edition(OLD, 1), Edition(NEW, 2), share, DRAFT)
    return FlowSet({"hotline": editions, "other": Editions(Edition(saying("other", "other")))})


def caller(flows: FlowSet, number: str = "138", flow: str = "hotline") -> ScriptedCaller:
    interpreter = interpreter_of()
    interpreter.configure(flows)
    return ScriptedCaller(interpreter).enters(flow, caller_number=number)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_trial_is_for_about_its_share_of_the_callers(share: float) -> None:
    versions = [trial(share).for_call("hotline", number)[1] for number in NUMBERS]
    assert versions.count(2) / len(NUMBERS) == pytest.approx(share, abs=0.03)


def test_who_calls_again_goes_through_the_same_version() -> None:
    flows = trial(0.5)
    assert all(flows.for_call("hotline", n)[1] == flows.for_call("hotline", n)[1] for n in NUMBERS)


def test_who_is_among_more_callers_was_among_fewer() -> None:
    few = {n for n in NUMBERS if trial(0.2).for_call("hotline", n)[1] == 2}
    many = {n for n in NUMBERS if trial(0.6).for_call("hotline", n)[1] == 2}
    assert few < many


def test_the_version_is_told() -> None:
    (new,) = [n for n in NUMBERS[:50] if trial(0.5).for_call("hotline", n)[1] == 2][:1]
    someone = caller(trial(0.5), new)
    assert someone.heard == [("new",)]
    assert someone.outputs[0].version == 2


def test_a_target_may_ask_for_the_draft() -> None:
    someone = caller(trial(0.0), flow="hotline?draft")
    assert someone.heard == [("draft",)]
    assert (someone.outputs[0].flow, someone.outputs[0].version) == ("hotline", 0)
    assert caller(trial(0.0), flow="other?draft").heard == [("other",)]


@pytest.mark.parametrize(
    ("name", "known"), [("hotline", True), ("hotline?draft", True), ("hotline?x", False), ("x", False)]
)
def test_what_leads_to_a_flow(name: str, known: bool) -> None:
    assert trial(0.5).knows(name) is known


def test_two_hundred_calls_go_on_as_they_began_when_a_flow_is_published() -> None:
    interpreter = interpreter_of(saying("old"))
    callers = [ScriptedCaller(interpreter, f"call-{number}").enters() for number in range(200)]
    interpreter.configure(FlowSet({"hotline": Editions(Edition(NEW, 1))}))
    newcomer = ScriptedCaller(interpreter, "newcomer").enters()
    assert newcomer.heard == [("new",)]
    for someone in callers:
        assert someone.hears_it_out().path == ["say", "bye"]
        assert someone.heard == [("old",)]


def test_a_flow_within_a_flow_is_of_the_same_moment() -> None:
    outer = flow_of({"in": {"type": "flow", "flow": "inner", "next": "in"}})
    interpreter = interpreter_of(outer, saying("old", "inner"))
    someone = ScriptedCaller(interpreter).enters()
    interpreter.configure(FlowSet.of({"hotline": outer, "inner": saying("new", "inner")}))
    assert someone.heard == [("old",)]


def test_callers_of_the_same_draw_share_what_they_go_by() -> None:
    flows = trial(0.5)
    assert len({id(flows.for_call("other", number)[0]) for number in NUMBERS}) == 2
