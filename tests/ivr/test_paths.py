"""Which way a caller took, for who serves them next."""

from ivr.events import DigitAccepted, FlowEntered, NodeEntered
from ivr.paths import LONGEST_PATH, MOST_PATHS, FlowPaths


def entered(call_id: str) -> FlowEntered:
    return FlowEntered(call_id=call_id, flow="hotline")


def at(call_id: str, node: str) -> NodeEntered:
    return NodeEntered(call_id=call_id, flow="hotline", node=node)


def test_a_way_has_its_nodes_and_menu_keys_in_order() -> None:
    paths = FlowPaths()
    paths.entered(entered("call"))
    paths.at_node(at("call", "menu"))
    paths.pressed(DigitAccepted(call_id="call", flow="hotline", node="menu", digit="2", choice="bill"))
    paths.at_node(at("call", "bill"))
    path = paths.of("call")
    assert (path.flow, list(path.nodes), list(path.keys)) == ("hotline", ["menu", "bill"], ["2"])
    assert list(paths.of("other").nodes) == []


def test_of_a_long_way_the_end_is_known() -> None:
    paths = FlowPaths()
    for number in range(LONGEST_PATH + 5):
        paths.at_node(at("call", str(number)))
    assert list(paths.of("call").nodes) == [str(number) for number in range(5, LONGEST_PATH + 5)]


def test_who_was_in_no_flow_for_longest_is_forgotten() -> None:
    paths = FlowPaths()
    for number in range(MOST_PATHS):
        paths.entered(entered(f"call-{number}"))
    paths.at_node(at("call-0", "menu"))
    paths.entered(entered("new"))
    assert paths.of("call-1").flow == ""
    assert paths.of("call-0").flow == "hotline"
