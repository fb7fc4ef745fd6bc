"""What queues say of waiting and of agents: prompts in the language of the queue."""

import math
from collections.abc import Iterator

from acd.announcements import Announcements, PositionRule
from acd.queue_config import QueueConfig
from media.spoken.values import count
from runtime.problems import KeyPath

_BY_FIVES_ABOVE = 10
"""Minutes; nobody believes thirteen."""


def prompts_of(queue: QueueConfig) -> Iterator[tuple[KeyPath, str]]:
    """Every prompt that a queue's announcements and greetings name, in its own language; and where."""
    rules, section = queue.announcements, ("announcements",)
    named: list[tuple[KeyPath, str]] = []
    if rules.position is not PositionRule.NEVER:
        named += [((*section, key), getattr(rules, key)) for key in ("position_before", "position_after")]
    if rules.wait:
        named += [((*section, k), getattr(rules, k)) for k in ("wait_before", "wait_after", "wait_after_one")]
    named += [((*section, "messages", place), name) for place, name in enumerate(rules.messages)]
    named += [(("callback_prompt",), queue.callback_prompt)] if queue.callback_prompt else []
    if queue.callback_confirm_prompt:
        named.append((("callback_confirm_prompt",), queue.callback_confirm_prompt))
    for key in ("agent_greeting", "caller_greeting"):
        names = enumerate(getattr(queue, key))
        named += [((key, place), name) for place, name in names if name not in ("{agent}", "{wait}")]
    return ((path, in_language(name, queue.language)) for path, name in named)


def rounded_minutes(seconds: float) -> int:
    """Up to whole minutes, and above ten to fives: sooner is no disappointment."""
    exact = max(math.ceil(seconds / 60), 1)
    return exact if exact <= _BY_FIVES_ABOVE else math.ceil(exact / 5) * 5


def minutes(rules: Announcements, language: str, value: int) -> tuple[str, ...]:
    """So many minutes."""
    unit = rules.wait_after_one if value == 1 else rules.wait_after
    return (*count(language, value), in_language(unit, language))


def in_language(name: str, language: str) -> str:
    """The prompt of this name in a language."""
    return name.replace("{language}", language)
