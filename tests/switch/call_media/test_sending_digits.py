"""Keys pressed by programs."""

import pytest
from pydantic import ValidationError

from media.commands import SendDigits
from switch.call_media.verbs import SendDigitsParams, presses
from tests.helpers.call_media_rig import CallMediaRig


def test_keys_are_pressed_on_either_line() -> None:
    rig = CallMediaRig()
    rig.talk()
    rig.ask("call.send_digits", digits="12#")
    rig.ask("call.send_digits", digits="9", to="station", press_ms=60)
    assert rig.all(SendDigits) == [
        SendDigits(leg_id="customer", digits="12#", press_ms=100, pause_ms=80),
        SendDigits(leg_id=rig.agent, digits="9", press_ms=60, pause_ms=80),
    ]


@pytest.mark.parametrize(
    ("digits", "pressed"),
    [
        ("1", [("1", 80)]),
        ("12,,3", [("1", 80), ("2", 2080), ("3", 80)]),
        ("12,", [("1", 80), ("2", 1080)]),
        ("1" + "," * 20 + "2", [("1", 10_000), ("2", 80)]),
    ],
)
def test_a_comma_is_a_pause(digits: str, pressed: list[tuple[str, int]]) -> None:
    assert list(presses(digits, 80)) == pressed


@pytest.mark.parametrize("digits", ["", ",1", "12x", "1 2", "1" * 65])
def test_what_is_no_key_is_refused(digits: str) -> None:
    with pytest.raises(ValidationError):
        SendDigitsParams(call_id="call-1", digits=digits)


def test_nobody_is_there_to_hear_them() -> None:
    rig = CallMediaRig()
    rig.call_id = rig.arrive()
    assert rig.refusal("call.send_digits", digits="1") == "not_answered"
    assert rig.refusal("call.send_digits", digits="1", to="station") == "not_connected"
