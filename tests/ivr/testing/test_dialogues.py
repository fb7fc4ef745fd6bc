"""Dialogues play on the interpreter, and what is not as expected is told with its line."""

import json
from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.check import Surroundings
from ivr.document import Flow
from ivr.reader import read_flow
from ivr.testing.coverage import Reached, coverage
from ivr.testing.reader import read_tests
from ivr.testing.runner import Played, play_all
from ivr.walk import Rules

SURROUNDINGS = Surroundings(prompts={"a", "b", "c"}, knows_queue=lambda _: True)


def flow(nodes: str, name: str = "main", header: str = "") -> Flow:
    """Of these nodes, in the order in which they are passed; the first is where it starts."""
    nodes = dedent(nodes).strip()
    start = nodes.partition(":")[0]
    text = f"name: {name}\ntitle: t\nlanguage: zh\n{header}\nstart: {start}\nnodes:\n{indent(nodes, '  ')}\n"
    read, problems = read_flow(text, "main.yaml", SURROUNDINGS)
    assert problems == []
    assert read is not None
    return read


def play(flows: Flow | list[Flow], steps: str) -> Played:
    """One dialogue, whose first step stands on line 4."""
    known = {one.name: one for one in (flows if isinstance(flows, list) else [flows])}
    text = f"flow: main\ndialogues:\n  d:\n{indent(dedent(steps).strip(), '    ')}\n"
    tests, problems = read_tests(text, "main.test.yaml", known)
    assert problems == []
    assert tests is not None
    (played,) = play_all(tests, known, Rules())
    return played


MENU = flow("""
    menu: { type: menu, prompts: [a], choices: { 1: sales, 2: menu }, on_invalid: [b], next: bye }
    sales: { type: queue, queue: "sales?priority={waiting('sales')}" }
    bye: { type: hang_up, cause: NO_USER_RESPONSE }
""")

BILL = flow(
    """
    户号:
      type: collect
      prompts: [a]
      variable: 户号
      max_digits: 4
      masked: true
      next: 查询
      otherwise: 忙
    查询:
      type: lookup
      service: billing
      path: "bills/{户号}"
      query: { day: today, level: 1 + 1 }
      prompts: [b]
      set: { 余额: answer.balance, 号: answer.no }
      next: 比较
      otherwise: 忙
    比较: { type: branch, ways: [{ when: 余额 > 100, go: 说 }, { in_hours: 工作时间, go: 说 }], next: 忙 }
    说: { type: say, text: "余额{余额}元", on_error: 忙, next: 短信 }
    短信: { type: text_message, to: "{caller_number}", text: "您欠{余额}元", next: 标记 }
    标记: { type: tag, add: [欠费], next: 通知 }
    通知: { type: hook, hook: crm, data: { 余额: 余额 }, set: { 结果: answer }, next: 拨号 }
    拨号: { type: dial, to: "station:1001", busy: 忙, next: 完, otherwise: 忙 }
    忙: { type: hang_up, cause: USER_BUSY }
    完: { type: hang_up }
    """,
    header="variables: { 余额: 0 }",
)


def test_keys_lead_to_where_the_flow_says() -> None:
    played = play(
        MENU,
        """
        - expect: { prompt: a, node: menu }
        - { press: 9, expect: { prompt: [b, a], event: { topic: flow.digit_refused, fields: { digit: 9 } } } }
        - { press: 2, expect: { prompt: a } }
        - { press: 1, expect: { target: "queue:sales?priority=0", end: queued } }
        """,
    )
    assert played.failure is None, played.failure


def test_waiting_hears_out_what_plays_and_lets_time_pass() -> None:
    played = play(
        MENU,
        """
        - { wait: 4.9, expect: { node: menu } }
        - { wait: 0.1, expect: { event: flow.menu_timed_out, prompt: a } }
        - { wait: 10, expect: { end: hung_up, cause: NO_USER_RESPONSE } }
        """,
    )
    assert played.failure is None, played.failure
    assert "    5.0 s    no key came" in played.transcript


def test_queues_calendars_and_areas_are_as_the_caller_is_told_to_find_them() -> None:
    branch = flow("""
        who:
          type: branch
          queue: s
          ways: [{ holiday: 年历, go: a }, { wait_s: 60, go: b }, { area: [广州], go: c }]
          next: d
        a: { type: play, prompts: [a], next: d }
        b: { type: play, prompts: [b], next: d }
        c: { type: play, prompts: [c], next: d }
        d: { type: hang_up }
    """)
    told = {
        "{ holidays: { 年历: 国庆节 } }": "a",
        "{ queues: { s: { wait_s: 60 } } }": "b",
        "{ area: 广州 }": "c",
        "{ queues: { s: { wait_s: 59 } } }": "d",
    }
    for call, node in told.items():
        played = play(branch, f"- {{ call: {call}, expect: {{ node: {node} }} }}")
        assert played.failure is None, (call, played.failure)


def test_services_applications_and_telephones_answer_when_the_dialogue_says_so() -> None:
    played = play(
        BILL,
        """
        - call: { caller_number: "139", at: 2026-12-01 08:00 }
        - press: "0045"
          expect:
            prompt: b
            lookup: { name: billing, path: bills/0045, query: { day: 2026-12-01, level: 2 } }
        - answer: { lookup: billing, json: { balance: 128.5, no: "007", list: [1, true] } }
          expect: { say: 余额128.5元, variable: { 余额: 128.5, 号: "007" } }
        - hear_out
        - expect:
            text_message: { to: "139", text: 欠128.5元 }
            tag: 欠费
            hook: { name: crm, data: { 余额: 128.5 } }
        - { answer: { hook: crm, json: 好 }, expect: { target: "station:1001", variable: { 结果: 好 } } }
        - { comes_back: USER_BUSY, expect: { node: 忙, end: hung_up, cause: USER_BUSY } }
        """,
    )
    assert played.failure is None, (played.failure, played.transcript)


def test_what_goes_wrong_is_scripted_too() -> None:
    number = '- press: "0045"\n'
    played = play(
        BILL, number + "- { fails: { lookup: billing, reason: HTTP 503 }, expect: { fault: HTTP 503 } }"
    )
    assert played.failure is None, played.failure
    played = play(BILL, number + "- { wait: 7, expect: { fault: timed_out, cause: USER_BUSY } }")
    assert played.failure is None, played.failure


def test_a_text_may_find_no_speech() -> None:
    steps = """
        - { call: { speech: false }, expect: { node: 户号 } }
        - press: "0045"
        - answer: { lookup: billing, json: { balance: 200, no: 1 } }
          expect: { node: 忙, fault: no speech }
    """
    assert play(BILL, steps).failure is None


SPOKEN = flow("""
    问:
      type: recognise
      prompts: [a]
      grammars: ["builtin:speech/boolean"]
      variable: 答
      on_invalid: [b]
      next: 说
      otherwise: 完
    说: { type: say, text: "您说{答}", live: true, next: 完 }
    完: { type: hang_up }
""")


def test_callers_speak_and_are_spoken_to() -> None:
    steps = """
        - { fails: { recognise: true, reason: no_match }, expect: { prompt: [b, a] } }
        - says: { text: 是的, meaning: "true" }
          expect: { node: 说, say: 您说true, variable: { 答: true } }
        - { hear_out: true, expect: { end: hung_up } }
    """
    played = play(SPOKEN, steps)
    assert played.failure is None, (played.failure, played.transcript)
    for rest in (
        "- press: 5\n- expect: { node: 完 }",
        "- says: 好\n- { press: 1, expect: { end: hung_up } }",
    ):
        played = play(SPOKEN, rest)
        assert played.failure is None, (played.failure, played.transcript)


def test_a_speech_server_may_be_gone() -> None:
    played = play(SPOKEN, "- call: { speech: false }\n- { says: 好, expect: { fault: no speech } }")
    assert played.failure is None, (played.failure, played.transcript)
    failure = play(MENU, "- says: 好").failure
    assert failure is not None
    assert failure.expected == "says of recognise, which is asked"


def test_callers_go_through_flows_within_flows_and_on_to_others() -> None:
    outer = flow("""
        先: { type: flow, flow: inner, set: { 结果: result.号 }, next: 后 }
        后: { type: goto, flow: last }
    """)
    inner = flow(
        """
        问: { type: play, prompts: [a], next: 完 }
        完: { type: return, values: { 号: 7 } }
        """,
        "inner",
    )
    last = flow("末: { type: hang_up }", "last", header="ring_s: 3")
    steps = """
        - expect: { prompt: a, node: 问 }
        - hear_out
        - expect: { end: passed_on }
        - { wait: 3, expect: { node: 末, end: hung_up } }
    """
    played = play([outer, inner, last], steps)
    assert played.failure is None, (played.failure, played.transcript)
    for one in (outer, inner, last):
        assert coverage(one, played.reached).percent == 100


@pytest.mark.parametrize(
    ("steps", "line", "expected", "happened"),
    [
        ("- expect: { prompt: b }", 4, "prompt b", "a"),
        ("- expect:\n    node: menu\n    prompt: [a, b]", 6, "prompt a, b", "a"),
        ("- hear_out\n- expect: { prompt: a }", 5, "prompt a", "nothing was played"),
        ("- { press: 1, expect: { target: 'queue:b' } }", 4, "target queue:b", "queue:sales?priority=0"),
        ("- expect: { end: queued }", 4, "end queued", "the flow was not left"),
        ("- expect: { tag: vip }", 4, "tag vip", "no tags"),
        ("- expect: { variable: { x: 1 } }", 4, "variable x: 1", "x: (no value)"),
        ("- expect: { lookup: billing }", 4, "lookup name: billing", "no service was asked"),
        ("- expect: { language: en }", 4, "language en", "zh"),
        ("- expect: { fault: x }", 4, "fault x", "nothing went wrong"),
        ("- expect: { text_message: x }", 4, "text_message text: x", "no text message was sent"),
        ("- expect: { say: x }", 4, "say x", "nothing was said"),
        (
            "- { press: 9, expect: { event: { topic: flow.digit_refused, fields: { digit: 8 } } } }",
            4,
            "event topic: flow.digit_refused, fields: {'digit': '8'}",
            "digit: 9",
        ),
        ("- press: 1\n- press: 1", 5, "press 1 while the call is in the flow", "the flow has given it away"),
        ("- answer: { lookup: x }", 4, "answer of x, which is asked", "the flow waits for nobody"),
        (
            "- comes_back: talked",
            4,
            "comes_back talked of a call that was lent",
            "the flow has lent it to nobody",
        ),
    ],
)
def test_what_is_not_as_expected_is_told(steps: str, line: int, expected: str, happened: str) -> None:
    failure = play(MENU, steps).failure
    assert failure is not None
    assert (failure.line, failure.expected, failure.happened) == (line, expected, happened)


def test_the_transcript_ends_where_the_dialogue_failed() -> None:
    played = play(MENU, "- wait: 5\n- { press: 9, expect: { node: bye } }\n- hang_up")
    assert played.transcript == (
        "    0.0 s  — call from 13800138000",
        "    0.0 s    node menu of main",
        "    0.0 s    plays a",
        "    0.0 s  — wait 5",
        "    5.0 s    no key came",
        "    5.0 s    plays a",
        "    5.0 s  — press 9",
        "    5.0 s    9 is no choice",
        "    5.0 s    plays b, a",
    )


def test_each_key_of_a_menu_is_a_road() -> None:
    reached = play(MENU, "- press: 2\n- press: 1").reached
    found = coverage(MENU, reached)
    assert (found.nodes_reached, found.nodes, found.roads_taken, found.roads) == (2, 3, 2, 3)
    assert [(road.node, road.key, road.target) for road in found.missed] == [("menu", "next", "bye")]
    assert round(found.percent) == 67
    assert coverage(MENU, reached | play(MENU, "- wait: 15").reached).percent == 100
    assert coverage(MENU, Reached()).percent == 0


@pytest.mark.parametrize(
    ("steps", "line", "key", "expected"),
    [
        ("- prss: 1", 4, "dialogues.d[0].prss", "one of call, says, press, wait, "),
        ("- press: x", 4, "dialogues.d[0].press", "64 telephone keys"),
        ("- press: 1\n- expect: { promt: a }", 5, "dialogues.d[1].expect.promt", "(did you mean prompt?)"),
        ("- expect: { node: meun }", 4, "dialogues.d[0].expect.node", "(did you mean menu?)"),
        ("- press: 1\n- call: { area: x }", 5, "dialogues.d[1].call", "the call as the first step"),
        ("- { press: 1, wait: 2 }", 4, "dialogues.d[0]", "one of call, says, press, wait, "),
        ("- expect: {}", 4, "dialogues.d[0].expect", "something that is expected"),
        ("- answer: { json: 1 }", 4, "dialogues.d[0].answer", "one of lookup, hook and recognise"),
        ("- expect: { end: hanged }", 4, "dialogues.d[0].expect.end", "'queued', "),
        ("- jump", 4, "dialogues.d[0]", "a mapping"),
    ],
)
def test_a_mistake_in_a_document_of_tests_is_told(steps: str, line: int, key: str, expected: str) -> None:
    text = f"flow: main\ndialogues:\n  d:\n{indent(steps, '    ')}\n"
    tests, (problem,) = read_tests(text, "main.test.yaml", {"main": MENU})
    assert tests is None
    assert (problem.line, problem.key) == (line, key)
    assert expected in problem.expected


def test_tests_of_no_flow_are_a_mistake() -> None:
    _, (problem,) = read_tests("flow: mian\ndialogues: { d: [hear_out] }", "x.test.yaml", {"main": MENU})
    expected = "the name of a flow without a mistake (did you mean main?)"
    assert str(problem) == f"x.test.yaml:1: flow is mian; expected {expected}"


WORDS = st.sampled_from(["call", "press", "wait", "expect", "answer", "json", "lookup", "hear_out", "1", "a"])
TREES = st.recursive(
    st.one_of(WORDS, st.text(max_size=5), st.none(), st.integers(), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=15,
)


@given(st.lists(TREES, max_size=4), st.dictionaries(WORDS, TREES, max_size=2))
def test_any_tree_becomes_tests_or_problems(steps: list[object], more: dict[str, object]) -> None:
    text = json.dumps({"flow": "main", "dialogues": {"d": steps}} | more, ensure_ascii=False)
    tests, problems = read_tests(text, "any.test.yaml", {"main": MENU})
    assert (tests is None) == bool(problems)
    assert all(problem.line and problem.expected for problem in problems)
    if tests is not None:
        (played,) = play_all(tests, {"main": MENU}, Rules())
        assert played.failure is None or played.failure.happened
