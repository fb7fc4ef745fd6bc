"""The longest rule that fits counts; a hold wins over all."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.config import RetentionConfig
from switch.archive.retention.rules import fits, rule_that_removes, words_of

NOW = datetime(2026, 11, 21, 2, 0).astimezone()


def recording(age_days: float = 100, **changes: Any) -> dict[str, Any]:
    row = {
        "recording_id": "recording-1",
        "started_at": NOW - timedelta(days=age_days),
        "state": "completed",
        "queue": "service",
        "trunk": "telecom",
        "caller": "13800138000",
        "called": "95598",
        "agent": "2001",
        "tags": ["vip"],
        "held": False,
    }
    return row | changes


def rule(keep_days: int, **named: str) -> RetentionConfig:
    return RetentionConfig(keep_days=keep_days, **named)


ALL_30, SERVICE_90, VIP_200 = rule(30), rule(90, queue="service"), rule(200, tag="vip")


@pytest.mark.parametrize(
    ("row", "rules", "removed_by"),
    [
        (recording(), [], None),
        (recording(), [ALL_30], ALL_30),
        (recording(29.9), [ALL_30], None),
        (recording(30), [ALL_30], ALL_30),
        (recording(), [ALL_30, SERVICE_90], SERVICE_90),
        (recording(), [SERVICE_90, ALL_30], SERVICE_90),
        (recording(60), [ALL_30, SERVICE_90], None),
        (recording(60, queue="sales"), [ALL_30, SERVICE_90], ALL_30),
        (recording(), [ALL_30, VIP_200], None),
        (recording(tags=[]), [ALL_30, VIP_200], ALL_30),
        (recording(), [rule(1, queue="sales")], None),
        (recording(), [rule(1, queue="service", called="95599")], None),
        (recording(held=True), [ALL_30], None),
        (recording(state="deleted"), [ALL_30], None),
        (recording(state="failed"), [ALL_30], ALL_30),
    ],
)
def test_the_longest_rule_that_fits_counts(
    row: dict[str, Any], rules: list[RetentionConfig], removed_by: RetentionConfig | None
) -> None:
    assert rule_that_removes(row, rules, NOW) == removed_by


RULES = st.builds(
    RetentionConfig,
    keep_days=st.integers(1, 50),
    queue=st.sampled_from([None, "service", "sales"]),
    tag=st.sampled_from([None, "vip", "投诉"]),
)


@given(rules=st.lists(RULES, max_size=5), age_days=st.floats(0, 60), held=st.booleans())
def test_nothing_goes_that_any_rule_or_a_hold_keeps(
    rules: list[RetentionConfig], age_days: float, held: bool
) -> None:
    row = recording(age_days, held=held)
    removing = rule_that_removes(row, rules, NOW)
    keeping = [one for one in rules if fits(one, row) and one.keep_days > age_days + 1e-6]
    if held or keeping or not any(fits(one, row) for one in rules):
        assert removing is None


def test_a_rule_is_told_in_words() -> None:
    assert words_of(rule(1095, queue="service", tag="vip")) == "queue service, tag vip, kept 1095 days"
    assert words_of(ALL_30) == "kept 30 days"
