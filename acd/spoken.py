"""Numbers and times as lists of prompts: ``zh/digits/3``, ``zh/numbers/10`` …"""

import math
from collections.abc import Iterator

from acd.announcements import Announcements, PositionRule
from acd.config import QueueConfig
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
    for key in ("agent_greeting", "caller_greeting"):
        names = enumerate(getattr(queue, key))
        named += [((key, place), name) for place, name in names if name not in ("{agent}", "{wait}")]
    return ((path, in_language(name, queue.language)) for path, name in named)


def number(language: str, value: int) -> tuple[str, ...]:
    """A whole number from 0 to 9999 as people say it."""
    words = _english(value) if language == "en" else _chinese(value)
    return tuple(f"{language}/{word}" for word in words)


def digits(language: str, text: str) -> tuple[str, ...]:
    """The digits of a number such as an agent's, one by one; other characters are silent."""
    return tuple(f"{language}/digits/{digit}" for digit in text if digit in "0123456789")


def rounded_minutes(seconds: float) -> int:
    """Up to whole minutes, and above ten to fives: sooner is no disappointment."""
    exact = max(math.ceil(seconds / 60), 1)
    return exact if exact <= _BY_FIVES_ABOVE else math.ceil(exact / 5) * 5


def minutes(rules: Announcements, language: str, value: int) -> tuple[str, ...]:
    """A number of minutes; Chinese has a word of its own for two of something."""
    counted = ("zh/numbers/two",) if (language, value) == ("zh", 2) else number(language, value)
    return (*counted, in_language(rules.wait_after_one if value == 1 else rules.wait_after, language))


def in_language(name: str, language: str) -> str:
    """The prompt of this name in a language."""
    return name.replace("{language}", language)


def _chinese(value: int) -> Iterator[str]:
    if value == 0:
        yield "digits/0"
    is_first, skipped = True, False
    for unit in (1000, 100, 10, 1):
        digit, value = divmod(value, unit)
        if not digit:
            skipped = not is_first
            continue
        if skipped:
            yield "digits/0"
        if not (is_first and unit == 10 and digit == 1):  # 十二, but 一百一十二
            yield f"digits/{digit}"
        if unit > 1:
            yield f"numbers/{unit}"
        is_first, skipped = False, False


def _english(value: int) -> Iterator[str]:
    for unit in (1000, 100):
        if value >= unit:
            yield from (f"digits/{value // unit}", f"numbers/{unit}")
            value %= unit
            if not value:
                return
    if value >= 20:
        yield f"numbers/{value // 10 * 10}"
        value %= 10
        if not value:
            return
    yield f"digits/{value}" if value < 10 else f"numbers/{value}"
