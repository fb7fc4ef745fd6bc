"""What is seldom meant in a flow is told as a caution, with the way that shows it."""

import pytest

from ivr.document import Flow
from ivr.lint import cautions
from ivr.yaml_tree import read_tree
from runtime.problems import key_text

HEADER = "name: x\ntitle: x\nlanguage: zh\nstart: a\n"


def told(nodes: str, header: str = "", *, is_caught: bool = False) -> list[tuple[str, str, str]]:
    """Place, value and expectation of each caution about these nodes."""
    text = HEADER + header + "nodes:\n" + "".join(f"  {line}\n" for line in nodes.strip().splitlines())
    flow = Flow.model_validate(read_tree(text).value)
    return [
        (key_text(found.path), found.value, found.expected) for found in cautions(flow, is_caught=is_caught)
    ]


COLLECT = """
a: { type: collect, prompts: [p], variable: 户号, next: b, otherwise: c }
b: { type: play, prompts: [{ digits: 户号 }], next: c }
c: { type: play, prompts: [{ digits: 户号 }], next: d }
d: { type: hang_up }
"""


def test_a_variable_without_a_value_on_some_way_is_told_with_the_way() -> None:
    way = "a variable that has a value on every way here; it has none by a → c"
    assert told(COLLECT) == [("nodes.c.prompts[0].digits", "户号", way)]


@pytest.mark.parametrize(
    ("right", "better"),
    [("otherwise: c", "otherwise: d"), ("digits: 户号 }], next: d", "digits: caller_number }], next: d")],
)
def test_one_with_a_value_on_every_way_is_not(right: str, better: str) -> None:
    assert right in COLLECT
    assert told(COLLECT.replace(right, better)) == []
    assert told(COLLECT, "variables: { 户号: 1 }\n") == []


def test_errors_are_ways_too() -> None:
    nodes = COLLECT.replace("otherwise: c", "otherwise: d")
    assert told(nodes.replace("otherwise: d", "otherwise: d, on_error: c"))[0][2].endswith("a → c")
    assert told(nodes, "on_error: c\n")[0][2].endswith("a → c")


def test_values_are_given_one_after_the_other() -> None:
    nodes = "a: { type: set, values: { x: 1, y: x + 1, z: z + 1 }, next: b }\nb: { type: hang_up }"
    assert [key for key, _, _ in told(nodes)] == ["nodes.a.values.z"]


LOOKUP = """
a: { type: lookup, service: s, set: { x: answer.x, y: answer.y }, default: { x: 0 }, next: b }
b: { type: play, prompts: [{ number: x }, { number: y }], next: c }
c: { type: hang_up }
"""


def test_a_lookup_that_goes_on_by_its_defaults_gives_no_more_than_these() -> None:
    assert [(key, name) for key, name, _ in told(LOOKUP)] == [("nodes.b.prompts[1].number", "y")]
    assert told(LOOKUP.replace("next: b", "next: b, otherwise: c")) == []


CIRCLE = """
a: { type: play, prompts: [p], next: b }
b: { type: branch, ways: [{ tag: vip, go: c }], next: a }
c: { type: hang_up }
"""


def test_a_circle_that_never_asks_the_caller_is_told_once() -> None:
    expected = "a node in this circle that asks the caller or lets somebody talk; there is only a, b"
    assert told(CIRCLE) == [("nodes.a", "", expected)]


@pytest.mark.parametrize(
    "better",
    [
        CIRCLE.replace("type: play, prompts: [p]", "type: menu, prompts: [p], choices: { 1: c }"),
        CIRCLE.replace("type: play, prompts: [p]", "type: queue, queue: s"),
        CIRCLE.replace("tag: vip", "when: n > 3").replace(
            "type: play, prompts: [p]", "type: set, values: { n: n + 1 }"
        ),
    ],
    ids=["a menu", "a queue", "a count"],
)
def test_one_that_asks_or_counts_is_not(better: str) -> None:
    assert told(better, "variables: { n: 0 }\n") == []


@pytest.mark.parametrize(
    ("node", "better"),
    [
        ("type: lookup, service: s, next: z", "type: lookup, service: s, next: z, otherwise: z"),
        ("type: hook, hook: h, next: z", "type: hook, hook: h, wait: false, next: z"),
        (
            'type: dial, to: "number:{area}", next: z, otherwise: z',
            "type: dial, to: number:1, next: z, otherwise: z",
        ),
        ('type: transfer, to: "station:{area}", on_error: z', None),
        ('type: transfer, to: "station:{area}"', "type: transfer, to: station:1"),
        ('type: queue, queue: "{area}", next: z', "type: queue, queue: s, next: z"),
    ],
)
def test_what_can_fail_wants_a_handler_somewhere(node: str, better: str | None) -> None:
    nodes = f"a: {{ {node} }}\nz: {{ type: hang_up }}"
    if better is None:
        assert told(nodes) == []
        return
    ((key, _, expected),) = told(nodes)
    assert (key, expected.partition(":")[0]) == ("nodes.a", "an on_error, here or of the flow")
    assert told(nodes, "on_error: z\n") == told(nodes, is_caught=True) == []
    assert told(f"a: {{ {better} }}\nz: {{ type: hang_up }}") == []


def test_a_text_that_nobody_may_hear_wants_a_handler_of_its_own() -> None:
    nodes = "a: { type: say, text: x, next: z }\nz: { type: hang_up }"
    assert [key for key, _, _ in told(nodes, "on_error: z\n")] == ["nodes.a"]
    assert told(nodes.replace("text: x", "text: x, on_error: z")) == []


@pytest.mark.parametrize(
    ("earlier", "later", "is_told"),
    [
        ("wait_s: 60", "wait_s: 300", True),
        ("wait_s: 300", "wait_s: 60", False),
        ("tag: vip", "tag: vip, area: [广州]", True),
        ("tag: vip, area: [广州]", "tag: vip", False),
        ("area: [广州, 深圳]", "area: [深圳]", True),
        ("area: [深圳]", "area: [广州, 深圳]", False),
        ("when: hour > 8", "when: hour > 8", True),
        ("open: true", "open: false", False),
        ("list: a", "tag: a", False),
    ],
)
def test_a_way_behind_one_that_suits_wherever_it_does_is_told(
    earlier: str, later: str, is_told: bool
) -> None:
    ways = f"[{{ {earlier}, go: b }}, {{ {later}, go: c }}]"
    nodes = f"a: {{ type: branch, queue: q, ways: {ways}, next: c }}"
    nodes += "\nb: { type: hang_up }\nc: { type: hang_up }"
    expected = "a way that can be taken; wherever it suits, ways[0] does"
    assert told(nodes) == ([("nodes.a.ways[1]", "", expected)] if is_told else [])
