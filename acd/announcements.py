"""``[queues.announcements]``: what those who wait are told, and when."""

from enum import StrEnum

from pydantic import Field

from runtime.models import Section

LANGUAGES = ("zh", "en")
"""In which numbers are spoken."""


def spoken_language(tag: str) -> str:
    """Of a language tag such as ``zh-Hant`` (RFC 5646) the one of LANGUAGES it means; empty when none."""
    primary = tag.partition("-")[0].lower()
    return primary if primary in LANGUAGES else ""


class PositionRule(StrEnum):
    """When a caller hears the position."""

    ALWAYS = "always"
    FALLING = "falling"
    """At first, and when it has become lower."""
    NEVER = "never"


class Announcements(Section):
    """Names of prompts may hold ``{language}``, in whose place the caller's language comes."""

    first_after_s: float = Field(
        default=15, ge=0, le=3600, description="The first comes after so many seconds of waiting."
    )
    every_s: float = Field(
        default=60, ge=10, le=3600, description="Seconds from the beginning of one to that of the next."
    )
    position: PositionRule = Field(
        default=PositionRule.NEVER, description="Whether the position is told: always, falling or never."
    )
    position_limit: int = Field(default=99, ge=1, le=9999, description="The highest position that is told.")
    position_before: str = Field(
        default="{language}/queue/position_before", description="Prompt before the position."
    )
    position_after: str = Field(
        default="{language}/queue/position_after", description="Prompt after the position."
    )
    wait: bool = Field(
        default=False, description="Whether the estimated wait is told, as far as it is known, in minutes."
    )
    wait_limit_s: float = Field(default=1800, ge=60, le=36_000, description="The longest wait that is told.")
    wait_before: str = Field(default="{language}/queue/wait_before", description="Prompt before the minutes.")
    wait_after: str = Field(default="{language}/queue/minutes", description="Prompt after the minutes.")
    wait_after_one: str = Field(
        default="{language}/queue/minute", description="Prompt after the minutes when it is one."
    )
    messages: list[str] = Field(
        default_factory=list, description="Prompts of which one is heard each time, in turn."
    )

    @property
    def say_something(self) -> bool:
        return self.wait or self.position is not PositionRule.NEVER or bool(self.messages)
