"""Which recordings a rule removes. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from media.config import RetentionConfig
from switch.records.recording_search import DELETED, RecordingSearch

Recording = Mapping[str, Any]
"""A row of the table ``recordings`` after all changes."""

_SAME = ("queue", "trunk", "caller", "called", "agent")


def rule_that_removes(
    recording: Recording, rules: Iterable[RetentionConfig], now: datetime
) -> RetentionConfig | None:
    """The rule by which a recording's time is over, or None. Of those that fit it, the longest counts."""
    if recording["held"] or recording["state"] == DELETED:
        return None
    fitting = [rule for rule in rules if fits(rule, recording)]
    longest = max(fitting, key=lambda rule: rule.keep_days, default=None)
    if longest is None or recording["started_at"] > now - timedelta(days=longest.keep_days):
        return None
    return longest


def fits(rule: RetentionConfig, recording: Recording) -> bool:
    """Whether a recording has all that a rule names."""
    named = {name: value for name in _SAME if (value := getattr(rule, name)) is not None}
    if any(recording[name] != value for name, value in named.items()):
        return False
    return rule.tag is None or rule.tag in recording["tags"]


def search_for(rule: RetentionConfig, now: datetime, page: int) -> RecordingSearch:
    """Finds what the rule alone would remove, and no less: other rules, and holds, may keep some of it."""
    return RecordingSearch(
        queue=rule.queue,
        trunk=rule.trunk,
        caller=rule.caller,
        called=rule.called,
        agent=rule.agent,
        tag=rule.tag,
        until=now - timedelta(days=rule.keep_days) + timedelta(microseconds=1),
        deleted=False,
        limit=page,
    )


def words_of(rule: RetentionConfig) -> str:
    """A rule for people, such as ``queue service, kept 1095 days``."""
    named = [f"{name} {value}" for name in (*_SAME, "tag") if (value := getattr(rule, name)) is not None]
    return ", ".join([*named, f"kept {rule.keep_days} days"])
