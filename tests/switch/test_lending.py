"""Whom a call goes back to, in whatever order it is lent, given back and given away."""

import pytest

from switch.commands import HandOff
from switch.lending import ways_back_after

FLOW, PLACE = "flow:hotline?return", "queue:service?place=call"


@pytest.mark.parametrize(
    ("before", "target", "back", "after"),
    [
        ([], "queue:service", FLOW, [FLOW]),
        ([FLOW], "flow:bill", PLACE, [FLOW, PLACE]),
        ([FLOW, PLACE], PLACE, None, [FLOW]),
        ([FLOW, PLACE], FLOW, None, []),
        ([FLOW], "station:1001", FLOW, [FLOW]),
        ([FLOW, PLACE], "queue:other", None, []),
    ],
    ids=["lent", "lent on", "given back", "given back past the last", "sent on for the same", "given away"],
)
def test_who_lent_a_call_gets_it_back_until_it_is_given_away(
    before: list[str], target: str, back: str | None, after: list[str]
) -> None:
    command = HandOff(call_id="call", target=target, back=back)
    assert ways_back_after(before, command) == after
