import pytest

from acd.queue_target import QueueTarget, parse_queue_target
from runtime.errors import UsageError


def test_a_name_alone_is_a_queue() -> None:
    assert parse_queue_target("报修") == QueueTarget(queues=("报修",))


def test_a_target_can_say_all_there_is_to_a_wait() -> None:
    asked = "require=lang:en%20and%20billing%3E=3&agent=1001,1002&agent_wait_s=30&tag=老人,vip"
    assert parse_queue_target(f"billing,complaints?priority=20&{asked}") == QueueTarget(
        queues=("billing", "complaints"),
        priority=20,
        requirement="lang:en and billing>=3",
        preferred=("1001", "1002"),
        preferred_wait_s=30.0,
        tags=("老人", "vip"),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("billing?prio=3", "has 'prio'; it takes priority, require"),
        ("billing?priority=300", "priority=300 is no number from 0 to 254"),
        ("billing?priority=high", "priority=high is no number"),
        ("billing?require=and", "needs a skill or tag"),
        ("billing?agent_wait_s=-1", "agent_wait_s=-1 is no number"),
    ],
)
def test_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        parse_queue_target(text)


def test_a_language_is_one_that_is_spoken() -> None:
    assert parse_queue_target("billing?language=en").language == "en"
    with pytest.raises(UsageError, match="language=fr is not spoken; there are zh, en"):
        parse_queue_target("billing?language=fr")
