"""Traces tell no key of an INFO."""

import pytest

from switch.sip.trace.hidden_digits import hide_digits

HEAD = b"INFO sip:s@192.0.2.1 SIP/2.0\r\nContent-Type: application/dtmf-relay\r\nCSeq: 4 INFO\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"Signal=4\r\nDuration=160\r\n", b"Signal=x\r\nDuration=160\r\n"),
        (b"signal= 4\nDURATION = 250", b"signal= x\nDURATION = 250"),
        (b"Duration=160\r\nSignal=11", b"Duration=160\r\nSignal=xx"),
        (b"4", b"x"),
        (b" 4\r\n", b" x\r\n"),
        (b"4111 1111=2", b"xxxx xxxxxx"),
        (b"", b""),
    ],
)
def test_each_character_that_may_be_a_key_is_an_x(body: bytes, shown: bytes) -> None:
    assert hide_digits(HEAD + body) == HEAD + shown


def test_other_messages_stay_as_they_are() -> None:
    for start in (b"MESSAGE", b"SIP/2.0 200 OK\r\nX:", b"INFOX"):
        message = start + HEAD[4:] + b"Signal=4"
        assert hide_digits(message) == message
