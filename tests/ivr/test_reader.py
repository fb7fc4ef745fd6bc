"""A flow document's mistakes: each told with its line, all of them at once, and never by a traceback."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.check import Surroundings
from ivr.document import Flow
from ivr.nodes.menu import Menu
from ivr.reader import read_flow

SURROUNDINGS = Surroundings(
    prompts={"zh/greeting", "zh/menu", "zh/sorry"}, knows_queue=lambda name: name in {"service", "客服"}
)

VALID = """\
name: hotline
title: 客户服务热线
language: zh
start: greeting
nodes:
  greeting:
    type: play
    prompts: [zh/greeting]
    next: main
  main:
    type: menu
    prompts:
      - zh/menu
    choices:
      1: service
      9: main
    timeout_s: 4.5
    tries: 2
    on_invalid: [zh/sorry]
    next: bye
    barge_in: no
  service: {type: queue, queue: service}
  bye: {type: hang_up, cause: NO_USER_RESPONSE}
"""

MISTAKES = [
    # what stands there, what stands there instead, then line, key, value and expectation
    ("name: hotline", "name: hot line", 1, "name", "hot line", "up to 64 letters of any script"),
    ("title: 客户服务热线", "title:", 2, "title", "", "a text"),
    ("title: 客户服务热线", "titel: x", 2, "titel", "unknown", "(did you mean title?)"),
    ("title: 客户服务热线", "# none", 1, "title", "", "this key to be there"),
    ("language: zh", "language: Chinese", 3, "language", "Chinese", "a language tag"),
    ("start: greeting", "start: greting", 4, "start", "greting", "name of a node (did you mean greeting?)"),
    ("start: greeting", "start: [greeting]", 4, "start", "", "a text"),
    (
        "type: play",
        "type: plya",
        7,
        "nodes.greeting.type",
        "plya",
        "one of play, say, menu, ",
    ),
    (
        "type: play",
        "typ: play",
        6,
        "nodes.greeting.type",
        "",
        "one of play, say, menu, ",
    ),
    ("[zh/greeting]", "zh/greeting", 8, "nodes.greeting.prompts", "zh/greeting", "a list"),
    ("[zh/greeting]", "[]", 8, "nodes.greeting.prompts", "", "at least 1 entry"),
    ("[zh/greeting]", "[zh/greting]", 8, "nodes.greeting.prompts[0]", "zh/greting", "mean zh/greeting?"),
    ("next: main", "next: mian", 9, "nodes.greeting.next", "mian", "(did you mean main?)"),
    ("    next: main\n", "", 6, "nodes.greeting.next", "", "this key to be there"),
    ("- zh/menu", "- zh/menu\n      - en/menu", 14, "nodes.main.prompts[1]", "en/menu", "of the library"),
    ("1: service", "10: service", 15, "nodes.main.choices.10", "10", "a telephone key"),
    ("1: service", "1: sales", 15, "nodes.main.choices.1", "sales", "the name of a node"),
    ("9: main", "1: main", 16, "nodes.main.choices.1", "repeated", "each key once"),
    ("timeout_s: 4.5", "timeout_s: 5s", 17, "nodes.main.timeout_s", "5s", "a number"),
    ("timeout_s: 4.5", "timeout_s: 0", 17, "nodes.main.timeout_s", "0", "more than 0"),
    ("timeout_s: 4.5", "timeout_s: 61", 17, "nodes.main.timeout_s", "61", "at most 60"),
    ("timeout_s: 4.5", "timeout_s: nan", 17, "nodes.main.timeout_s", "nan", "a number"),
    ("tries: 2", "tries: 0", 18, "nodes.main.tries", "0", "at least 1"),
    ("tries: 2", "tries: 1.5", 18, "nodes.main.tries", "1.5", "a whole number"),
    ("[zh/sorry]", "[zh/sry]", 19, "nodes.main.on_invalid[0]", "zh/sry", "(did you mean zh/sorry?)"),
    ("barge_in: no", "barge_in: perhaps", 21, "nodes.main.barge_in", "perhaps", "true or false"),
    ("queue: service", "queue: servcie", 22, "nodes.service.queue", "servcie", "a configured queue"),
    ("NO_USER_RESPONSE", "BUSY", 23, "nodes.bye.cause", "BUSY", "one of 'NORMAL_CLEARING'"),
    ("bye: {", "end: {", 20, "nodes.main.next", "bye", "the name of a node"),
    ("bye: {", "lost: {type: hang_up}\n  bye: {", 23, "nodes.lost", "", "a way here from start"),
    ("bye: {", "'': {type: hang_up}\n  bye: {", 23, "nodes.", "", "a text that is not empty"),
    (
        "  bye: {type: hang_up, cause: NO_USER_RESPONSE}",
        "  bye: hang up",
        23,
        "nodes.bye",
        "hang up",
        "a mapping",
    ),
    ("start: greeting", "start: *greeting", 4, "document", "", "instead of the alias *greeting"),
    ("start: greeting", "start: [greeting", 5, "document", "", "readable YAML"),
    ("start: greeting", "[start]: greeting", 4, "document", "", "a plain word as key"),
    ("start: greeting", "start: greeting\n---", 5, "document", "", "one document in a file"),
    ("start: greeting", "start: \x00", 4, "document", "", "printable characters only"),
    ("start: greeting", 'start: "\\ud800"', 4, "document", "", "characters of Unicode"),
    ("start: greeting", 'start: "\\U00110000"', 4, "document", "", "characters of Unicode"),
]


def test_a_document_without_mistakes_is_a_flow() -> None:
    flow, problems = read_flow(VALID, "hotline.yaml", SURROUNDINGS)
    assert problems == []
    assert flow is not None
    menu = flow.nodes["main"]
    assert isinstance(menu, Menu)
    assert (menu.choices, menu.timeout_s, menu.barge_in) == ({"1": "service", "9": "main"}, 4.5, False)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{m[2]}-{m[1]}" for m in MISTAKES])
def test_a_mistake_is_told_with_its_line(mistake: tuple[str, str, int, str, str, str]) -> None:
    right, wrong, line, key, value, expected = mistake
    assert VALID.count(right) >= 1
    flow, problems = read_flow(VALID.replace(right, wrong, 1), "hotline.yaml", SURROUNDINGS)
    assert flow is None
    found = [(p.file, p.line, p.key, p.value) for p in problems if expected in p.expected]
    assert found == [("hotline.yaml", line, key, value)], problems


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("", "document", "a mapping"),
        ("just words", "document", "a mapping"),
        ("- a list", "document", "a mapping"),
        ("nodes: 5", "nodes", "a mapping"),
        ("nodes: {}", "nodes", "at least 1 entry"),
        ("a: " + "[" * 100 + "]" * 100, "document", "at most 16 levels of nesting"),
    ],
)
def test_a_document_of_another_shape_is_refused(text: str, key: str, expected: str) -> None:
    flow, problems = read_flow(text, "x.yaml", SURROUNDINGS)
    assert flow is None
    assert any(problem.key == key and expected in problem.expected for problem in problems), problems


CIRCLE = """\
name: circle
title: circle
language: zh
start: menu
nodes:
  menu: {type: menu, prompts: [zh/menu], choices: {1: a, 2: out}, next: out}
  a: {type: play, prompts: [zh/menu], next: b}
  b: {type: play, prompts: [zh/menu], next: a}
  out: {type: hang_up}
"""


def test_a_circle_without_a_way_out_is_told_once() -> None:
    _, (problem,) = read_flow(CIRCLE, "circle.yaml", SURROUNDINGS)
    assert (problem.line, problem.key) == (7, "nodes.a")
    assert (
        problem.expected
        == "a way on to a node that ends the flow, such as queue or hang_up; there is only a, b"
    )


def test_a_circle_that_can_be_left_by_a_key_is_fine() -> None:
    flow, problems = read_flow(CIRCLE.replace("next: a}", "next: menu}"), "circle.yaml", SURROUNDINGS)
    assert problems == []
    assert isinstance(flow, Flow)


def test_mistakes_of_form_and_of_sense_are_told_together_in_the_order_of_lines() -> None:
    text = VALID.replace("tries: 2", "tries: many").replace("next: main", "next: mian")
    text = text.replace("language: zh", "langage: zh").replace("queue: service", "queue: none")
    _, problems = read_flow(text, "hotline.yaml", SURROUNDINGS)
    assert [(problem.line, problem.key) for problem in problems] == [
        (1, "language"),
        (3, "langage"),
        (9, "nodes.greeting.next"),
        (18, "nodes.main.tries"),
        (22, "nodes.service.queue"),
    ]


def test_a_node_that_cannot_be_read_is_no_reason_to_call_others_unreachable() -> None:
    _, problems = read_flow(VALID.replace("tries: 2", "tries: many"), "hotline.yaml", SURROUNDINGS)
    assert [problem.key for problem in problems] == ["nodes.main.tries"]


def test_a_wrong_entry_does_not_make_its_list_too_short() -> None:
    _, problems = read_flow(VALID.replace("- zh/menu", '- { say: "{" }'), "hotline.yaml", SURROUNDINGS)
    assert [problem.key for problem in problems] == ["nodes.main.prompts[0].say"]


def test_a_long_value_is_shortened() -> None:
    _, problems = read_flow(VALID.replace("next: bye", f"next: {'很' * 64}"), "x.yaml", SURROUNDINGS)
    assert ("nodes.main.next", "很" * 59 + "…") in [(problem.key, problem.value) for problem in problems]


NODE_WORDS = ["type", "play", "menu", "queue", "hang_up", "next", "prompts", "choices", "timeout_s", "[key]"]
WORDS = st.sampled_from(["nodes", "start", "1", "zh", *NODE_WORDS])
TREES = st.recursive(
    st.one_of(WORDS, st.text(max_size=5), st.none(), st.integers(), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(WORDS, st.text(max_size=3)), inner, max_size=5)
    ),
    max_leaves=20,
)


def judge(text: str) -> None:
    flow, problems = read_flow(text, "any.yaml", SURROUNDINGS)
    assert (flow is None) == bool(problems)
    lines = len(re.findall("[\n\r\x85\u2028\u2029]", text)) + 1  # what YAML takes for line breaks
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.expected
        assert str(problem).encode()


@given(st.text(max_size=200))
def test_any_text_becomes_a_flow_or_problems(text: str) -> None:
    judge(text)


@given(st.text(alphabet="nodes:{}[]-?&*!|>'\"%@`#, \n\tabc01\\~<", max_size=80))
def test_any_yaml_punctuation_becomes_a_flow_or_problems(text: str) -> None:
    judge(text)


@given(st.data())
def test_any_damaged_document_becomes_a_flow_or_problems(data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(VALID)))
    end = data.draw(st.integers(begin, min(begin + 30, len(VALID))))
    judge(VALID[:begin] + data.draw(st.text(max_size=10)) + VALID[end:])


@given(st.dictionaries(WORDS, TREES, max_size=6))
def test_any_tree_becomes_a_flow_or_problems(tree: dict[str, object]) -> None:
    header = {"name": "x", "title": "x", "language": "zh", "start": "1", "nodes": {"1": tree}}
    judge(json.dumps(header | tree, ensure_ascii=False))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("grammars: ['电费: 查询'], variable: x", "a grammar: an address such as builtin:speech/boolean"),
        ("grammars: [builtin], variable: x", "a grammar: an address"),
        ("grammars: [], variable: x", "at least 1 entry"),
        ("grammars: ['<grammar/>'], variable: 1x", "a name of letters of any script"),
        ('grammars: [a:b], variable: x, prompts: [{ say: x, voice: "a\\nb" }]', "a text on one line"),
    ],
)
def test_what_no_speech_server_could_do_anything_with_is_told(keys: str, expected: str) -> None:
    prompts = "" if "prompts" in keys else "prompts: [zh/menu], "
    node = f"{{type: recognise, {prompts}{keys}, next: bye, otherwise: bye}}"
    _, problems = read_flow(VALID.replace("  bye:", f"  ask: {node}\n  bye:"), "f.yaml", SURROUNDINGS)
    assert any(expected in problem.expected for problem in problems), problems
