"""The branch node."""

import pytest

from ivr.inputs import CallGiven
from ivr.world import Outlook
from tests.ivr.scripted_caller import ScriptedCaller, flow_of, interpreter_of, world_of

ENDS = {name: {"type": "hang_up"} for name in ("here", "usual")}
NUMBER = "13800138000"


def goes(way: dict[str, object], outlook: Outlook | None = None, **known: object) -> str:
    """Where a caller comes by a branch with one way."""
    branch = {"type": "branch", "queue": "billing", "ways": [{**way, "go": "here"}], "next": "usual"}
    flow = flow_of({"who": branch, **ENDS})
    asked: list[tuple[str, str]] = []

    def look(queue: str, number: str) -> Outlook | None:
        asked.append((queue, number))
        return outlook

    interpreter = interpreter_of(flow, world=world_of(outlook=look))
    someone = ScriptedCaller(interpreter)
    facts = {"flow": "hotline", "answered": True, "caller_number": NUMBER, **known}
    someone.outputs += interpreter.handle(CallGiven(call_id="call-1", **facts), now=0)  # type: ignore[arg-type]
    assert asked == [("billing", NUMBER)]
    return someone.path[-1]


@pytest.mark.parametrize(
    ("way", "known", "path"),
    [
        ({"tag": "老人"}, {"tags": ("大客户", "老人")}, "here"),
        ({"tag": "老人"}, {"tags": ("大客户",)}, "usual"),
        ({"list": "vip"}, {"lists": ("vip",)}, "here"),
        ({"list": "vip"}, {}, "usual"),
        ({"language": "en"}, {"language": "en"}, "here"),
        ({"language": "en"}, {}, "usual"),
        ({"waits": True}, {"back": "queue:billing"}, "here"),
        ({"waits": False}, {"back": "queue:billing"}, "usual"),
        ({"list": "vip", "tag": "老人"}, {"lists": ("vip",)}, "usual"),
        ({"list": "vip", "tag": "老人"}, {"lists": ("vip",), "tags": ("老人",)}, "here"),
        ({}, {}, "here"),
    ],
)
def test_a_way_is_gone_by_the_caller_of_whom_all_of_it_holds(
    way: dict[str, object], known: dict[str, object], path: str
) -> None:
    assert goes(way, None, **known) == path


@pytest.mark.parametrize(
    ("way", "path"),
    [
        ({"repeats": 2}, "here"),
        ({"repeats": 3}, "usual"),
        ({"wait_s": 120}, "here"),
        ({"wait_s": 121}, "usual"),
        ({"waiting": 5}, "here"),
        ({"waiting": 6}, "usual"),
        ({"open": True}, "here"),
        ({"open": False}, "usual"),
        ({"repeats": 2, "waiting": 6}, "usual"),
    ],
)
def test_a_way_may_ask_what_is_to_be_expected_of_the_queue(way: dict[str, object], path: str) -> None:
    assert goes(way, Outlook(repeats=2, wait_s=120, waiting=5, is_open=True)) == path


def test_what_nobody_knows_does_not_hold() -> None:
    assert goes({"wait_s": 0}, Outlook(repeats=0, wait_s=None, waiting=5, is_open=True)) == "usual"
    assert goes({"waiting": 1}, None) == "usual"


def test_the_first_way_that_suits_is_gone() -> None:
    ways = [{"tag": "老人", "go": "elders"}, {"list": "vip", "go": "vip"}, {"tag": "老人", "go": "late"}]
    ends = {name: {"type": "hang_up"} for name in ("elders", "vip", "late", "usual")}
    flow = flow_of({"who": {"type": "branch", "ways": ways, "next": "usual"}, **ends})
    interpreter = interpreter_of(flow)
    given = CallGiven(call_id="call-1", flow="hotline", answered=True, lists=("vip",), tags=("老人",))
    someone = ScriptedCaller(interpreter)
    someone.outputs += interpreter.handle(given, now=0)
    assert someone.path == ["who", "elders"]
