from typing import Any

import pytest
from pydantic import ValidationError

from acd.config import AgentConfig, QueueConfig, find_problems
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


def test_a_circle_through_a_queue_that_is_never_full_is_none() -> None:
    queues = [queue("a", max_waiting=5, on_full="queue:b"), queue("b", on_full="queue:a")]
    assert find_problems(queues, []) == []
