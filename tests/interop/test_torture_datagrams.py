"""The torture messages of RFC 4475 and RFC 5118 over the wire: each is answered, and the next served."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.helpers.call_centre import CallCentre
from tests.helpers.stranger import Stranger
from tests.helpers.torture import Vector, load

VECTORS = load("rfc4475") + load("rfc5118")
UNREADABLE_VIA = ("badinv01", "badvers")
"""Answered to the port in it, which the RFC chose."""
_TOP_VIA = re.compile(rb"^(?:via|v)[ \t]*:(?:[^\r\n]|\r\n[ \t])*", re.IGNORECASE | re.MULTILINE)


@pytest.fixture
def stranger(own_centre: CallCentre) -> Iterator[Stranger]:
    with closing(Stranger(own_centre.switch.sip)) as stranger:
        yield stranger


def returnable(vector: Vector, number: int) -> bytes:
    """The message with a Via whose answers come back here: many of them share a branch, and all name hosts
    that are not this one. What is wrong with a Via stays wrong."""
    if vector.name in UNREADABLE_VIA:
        return vector.data
    via = b"Via: SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKtorture%d" % number
    return _TOP_VIA.sub(via, vector.data, count=1)


class Answers:
    """What came back, by the number in the branch of the message it answers."""

    def __init__(self, stranger: Stranger) -> None:
        self._stranger = stranger
        self._by_number: dict[str, list[int]] = {}

    def to(self, vector: Vector, number: int) -> list[int]:
        """Send a message and somebody's polite request after it. Both are answered in this order; what the
        exchange says of a call comes when it comes."""
        self._stranger.send(returnable(vector, number))
        self._stranger.send(self._stranger.request(f"polite{number}").encode())
        answers = self._by_number[f"torture{number}"] = []
        polite = self._by_number[f"polite{number}"] = []
        while not polite or (vector.called is not None and not answers):
            self._take(self._stranger.receive())
        return answers

    def _take(self, answer: bytes) -> None:
        found = re.search(rb"branch=z9hG4bK(\w+)", answer)
        assert found is not None
        status, answers = int(answer.split()[1]), self._by_number[found[1].decode()]
        if status not in answers:  # nobody acknowledges what an INVITE was refused with
            answers.append(status)


def test_each_torture_message_is_answered_as_prescribed_and_the_next_caller_served(
    own_centre: CallCentre, stranger: Stranger
) -> None:
    answers = Answers(stranger)
    came = {vector.name: answers.to(vector, number) for number, vector in enumerate(VECTORS)}
    assert came == {vector.name: expected(vector) for vector in VECTORS}
    own_centre.run("caller_dials_unknown_number", "10000")


def expected(vector: Vector) -> list[int]:
    """The exchange refuses the calls: nobody has the numbers of the RFCs. Nobody has a password."""
    if vector.name in UNREADABLE_VIA:
        return []
    return [404] if vector.called is not None else vector.answers[:1]


def test_a_refusal_goes_to_the_port_of_a_via_that_makes_no_more_sense(own_centre: CallCentre) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as phone:
        phone.settimeout(5)
        phone.bind(("127.0.0.1", 0))
        port = phone.getsockname()[1]
        for vector in VECTORS:
            if vector.name in UNREADABLE_VIA:
                data = re.sub(rb"(/UDP [^;:\r]+)", rb"\1:%d" % port, vector.data, count=1)
                phone.sendto(data, own_centre.switch.sip)
                assert phone.recv(65_535).split()[1] == str(vector.answers[0]).encode()
