from typing import Any

import pytest
from pydantic import ValidationError

from acd.agent_config import AgentConfig
from acd.config_problems import find_problems
from acd.queue_config import QueueConfig
from acd.queue_rules import OverflowCause, OverflowRule
from runtime.problems import Finding


def queue(name: str, **rules: Any) -> QueueConfig:
    return QueueConfig.model_validate({"name": name, **rules})


def test_a_queue_needs_no_more_than_a_name_in_any_script() -> None:
    assert queue("报修").ring_timeout_s == 15


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "two words"),
        ("strategy", "whoever"),
        ("ring_timeout_s", 0),
        ("refusal_delay_s", 0),
        ("wrap_up_s", -1),
        ("on_timeout", "flow:"),
        ("on_full", "voicemail"),
        ("rona_reason", ""),
        ("unheard_of", 1),
    ],
)
def test_a_value_that_makes_no_sense_is_named(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as problem:
        QueueConfig.model_validate({"name": "service", key: value})
    assert [error["loc"] for error in problem.value.errors()] == [(key,)]


def test_sections_that_fit_together_have_no_findings() -> None:
    queues = [queue("service", on_timeout="queue:sales", on_full="flow:closed"), queue("sales")]
    assert find_problems(queues, [AgentConfig(id="1001", queues=["sales", "service"])]) == []


def test_every_name_that_leads_nowhere_is_found() -> None:
    queues = [queue("service", on_timeout="queue:nowhere", on_full="queue:gone")]
    agents = [AgentConfig(id="1001"), AgentConfig(id="1002", queues=["service", "投诉", "service"])]
    assert find_problems(queues, agents) == [
        Finding(("agents", 1, "queues", 1), "the name of a queue: service"),
        Finding(("agents", 1, "queues", 2), "each queue once"),
        Finding(("queues", 0, "on_timeout"), "queue:<name>, one of service"),
        Finding(("queues", 0, "on_full"), "queue:<name>, one of service"),
    ]


def test_full_queues_may_not_pass_a_caller_round_in_a_circle() -> None:
    circle = [
        queue("a", max_waiting=5, on_full="queue:b"),
        queue("b", max_waiting=5, on_full="queue:a"),
        queue("leads-in", max_waiting=5, on_full="queue:a"),
        queue("itself", max_waiting=5, on_full="queue:itself"),
    ]
    paths = [finding.path for finding in find_problems(circle, [])]
    assert paths == [("queues", index, "on_full") for index in (0, 1, 3)]


def test_an_agents_own_queue_may_not_be_its_own_way_out_at_once() -> None:
    queues = [
        queue("a", max_waiting=5, on_full="agent:1001"),
        queue("b", max_waiting=5, on_full="agent:1002"),
    ]
    agents = [AgentConfig(id="1001", queues=["a"]), AgentConfig(id="1002")]
    assert [finding.path[1:] for finding in find_problems(queues, agents)] == [(1, "on_full"), (0, "on_full")]


@pytest.mark.parametrize(("above", "findings"), [(0, 2), (1, 0)])
def test_rules_that_allow_no_wait_may_not_pass_a_caller_round_either(above: int, findings: int) -> None:
    circle = [
        QueueConfig(
            name=name, overflow=[OverflowRule(when=OverflowCause.WAIT, above=above, to=f"queue:{other}")]
        )
        for name, other in (("first", "second"), ("second", "first"))
    ]
    assert len(find_problems(circle, [])) == findings


def test_a_circle_through_a_queue_that_is_never_full_is_none() -> None:
    queues = [queue("a", max_waiting=5, on_full="queue:b"), queue("b", on_full="queue:a")]
    assert find_problems(queues, []) == []


def test_every_way_out_and_second_queue_must_exist() -> None:
    wait = OverflowCause.WAIT
    rules = [
        OverflowRule(when=wait, above=9, to="queue:gone"),
        OverflowRule(when=wait, above=9, also="a"),
        OverflowRule(when=wait, above=9, also="gone"),
        OverflowRule(when=wait, above=9, to="queue:b?priority=300"),
    ]
    queues = [queue("a", overflow=rules, exit_keys={"0": "queue:gone", "1": "queue:b"}), queue("b")]
    assert [finding.path[2:] for finding in find_problems(queues, [])] == [
        ("overflow", 0, "to"),
        ("overflow", 3, "to"),
        ("exit_keys", "0"),
        ("overflow", 1, "also"),
        ("overflow", 2, "also"),
    ]


def test_queues_that_send_newcomers_round_at_once_are_found() -> None:
    def rule(to: str) -> OverflowRule:
        return OverflowRule(when=OverflowCause.UNSTAFFED, above=0, to=to)

    queues = [queue("a", overflow=[rule("queue:b")]), queue("b", max_waiting=3, on_full="queue:a")]
    assert [finding.path for finding in find_problems(queues, [])] == [
        ("queues", 0, "overflow", 0, "to"),
        ("queues", 1, "on_full"),
    ]


def test_a_circle_of_two_tags_is_one_since_a_customer_may_have_both() -> None:
    def tagged(name: str, tag: str, other: str) -> QueueConfig:
        rule = OverflowRule(when=OverflowCause.TAGGED, tag=tag, to=f"queue:{other}")
        return QueueConfig(name=name, overflow=[rule])

    queues = [tagged("a", "vip", "b"), tagged("b", "senior", "a")]
    assert [finding.path[1] for finding in find_problems(queues, [])] == [0, 1]


def test_priorities_and_penalties_are_for_queues_the_agent_serves() -> None:
    agents = [AgentConfig(id="1", queues=["a"], priorities={"a": 2, "b": 1}, penalties={"b": 1})]
    assert [finding.path[2:] for finding in find_problems([queue("a"), queue("b")], agents)] == [
        ("priorities", "b"),
        ("penalties", "b"),
    ]


@pytest.mark.parametrize(
    "keys",
    [
        {"exit_keys": {"10": "flow:x"}},
        {"exit_keys": {"A": "flow:x"}},
        {"exit_keys": {"1": "nowhere"}},
        {"rings": [{"after_s": 5}, {"after_s": 5}]},
        {"rings": [{"after_s": 5, "require": "and"}]},
        {"overflow": [{"when": "wait", "above": 5}]},
        {"overflow": [{"when": "wait", "above": 5, "to": "hang_up", "also": "b"}]},
        {"overflow": [{"when": "never", "to": "hang_up"}]},
    ],
)
def test_rules_that_make_no_sense_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        QueueConfig.model_validate({"name": "a", **keys})
