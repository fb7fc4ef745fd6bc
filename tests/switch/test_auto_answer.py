"""What phones are told that shall answer by themselves."""

import pytest

from switch.sip.auto_answer import AutoAnswer, AutoAnswering


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (AutoAnswer.ALL, {"call-info": "answer-after=0", "alert-info": "info=alert-autoanswer"}),
        (AutoAnswer.CALL_INFO, {"call-info": "answer-after=0"}),
        (AutoAnswer.ALERT_INFO, {"alert-info": "info=alert-autoanswer"}),
        (AutoAnswer.RING_ANSWER, {"alert-info": "info=ring-answer"}),
    ],
)
def test_a_station_gets_the_header_that_its_phones_know(way: AutoAnswer, expected: dict[str, str]) -> None:
    told = dict(AutoAnswering({"1001": way}).fields_for("1001"))
    assert {name: value.split(";")[1] for name, value in told.items()} == expected
    assert all(value.startswith("<") for value in told.values()), "an address in angle brackets"


def test_a_station_of_which_nothing_is_said_gets_both() -> None:
    auto = AutoAnswering({"1001": AutoAnswer.CALL_INFO})
    assert [name for name, _ in auto.fields_for("1002")] == ["call-info", "alert-info"]
    auto.configure({})
    assert len(auto.fields_for("1001")) == 2
