"""Whatever arrives, the process goes on and answers the next who is polite."""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from sipp_scenarios.audio import compare, speech
from sipp_scenarios.talker import Talker
from tests.helpers.call_centre import CallCentre
from tests.helpers.stranger import Stranger
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY


@pytest.fixture
def stranger(centre: CallCentre) -> Iterator[Stranger]:
    with closing(Stranger(centre.switch.sip)) as stranger:
        yield stranger


FLOOD = 500

UNANSWERABLE = {
    "nothing at all": b"",
    "a keep-alive": b"\r\n\r\n",
    "every octet there is": bytes(range(256)) * 8,
    "zeros": bytes(1500),
    "the largest datagram": b"A" * 65_507,
    "a first line alone": b"INVITE sip:95598@127.0.0.1 SIP/2.0\r\n\r\n",
    "another protocol": b"GET / HTTP/1.1\r\nHost: ringmain\r\n\r\n",
    "an answer to nothing": b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnothing\r\n\r\n",
    "invalid UTF-8": b"\xff\xfe\xfd INVITE \xc3\x28 SIP/2.0\r\n\r\n",
}


@pytest.mark.parametrize("name", UNANSWERABLE)
def test_what_cannot_be_answered_is_dropped(stranger: Stranger, name: str) -> None:
    stranger.send(UNANSWERABLE[name])
    stranger.send(stranger.request("polite").encode())
    assert stranger.answer() == "200 polite"


BROKEN = {
    "negative length": ("Content-Length: 0", "Content-Length: -1", "400"),
    "length that is no number": ("Content-Length: 0", "Content-Length: many", "400"),
    "body cut off": ("Content-Length: 0", "Content-Length: 500", "400"),
    "CSeq of another method": ("CSeq: 1 OPTIONS", "CSeq: 1 INVITE", "400"),
    "CSeq beyond 32 bits": ("CSeq: 1 OPTIONS", "CSeq: 99999999999 OPTIONS", "400"),
    "CSeq twice": ("CSeq: 1 OPTIONS", "CSeq: 1 OPTIONS\r\nCSeq: 2 OPTIONS", "400"),
    "Max-Forwards that is no number": ("Max-Forwards: 70", "Max-Forwards: x", "400"),
    "a version to come": ("SIP/2.0\r\nVia", "SIP/3.0\r\nVia", "505"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_can_be_answered_gets_the_right_status(stranger: Stranger, name: str) -> None:
    right, wrong, status = BROKEN[name]
    request = stranger.request("broken")
    assert right in request
    stranger.send(request.replace(right, wrong).encode())
    assert stranger.answer() == f"{status} broken"


ODD = {
    "folded lines": ("CSeq: 1 OPTIONS", "CSeq: 1\r\n \tOPTIONS"),
    "lines without CR": ("\r\n", "\n"),
    "short names": ("From: ", "f : "),
    "names in any case": ("Call-ID", "cALL-id"),
    "Chinese": ("From: ", 'From: "张伟" '),
    "line breaks before it": ("OPTIONS sip", "\r\n\r\nOPTIONS sip"),
    "a proxy behind, on the same line": (";rport", ";rport, SIP/2.0/TCP 192.0.2.8;branch=z9hG4bKx"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_oddly_written_is_understood(stranger: Stranger, name: str) -> None:
    usual, odd = ODD[name]
    request = stranger.request("odd")
    assert usual in request
    stranger.send(request.replace(usual, odd).encode())
    assert stranger.answer() == "200 odd"


def test_a_request_cut_at_any_octet_ends_nothing(stranger: Stranger) -> None:
    whole = stranger.request("cut").encode()
    for end in range(len(whole) - 4):
        stranger.send(whole[:end])
    stranger.send(stranger.request("polite").encode())
    while (answer := stranger.answer()) != "200 polite":
        assert answer.startswith("400")


def test_a_flood_of_junk_is_told_but_does_not_fill_the_journal(own_centre: CallCentre) -> None:
    with closing(Stranger(own_centre.switch.sip)) as flooder:
        for _ in range(FLOOD):
            flooder.send(os.urandom(200))
        flooder.send(flooder.request("polite").encode())
        assert flooder.answer() == "200 polite"
    own_centre.events.wait_for("security.source_refused", kind="malformed")
    own_centre.run("caller_dials_unknown_number", "10000")
    own_centre.events.wait_for("call.refused", called_number="10000")
    refused = sum(entry.topic == "security.source_refused" for entry in own_centre.events.seen)
    assert 0 < refused < FLOOD / 2


HOSTILE_RTP = {
    "nothing": b"",
    "one octet": b"\x80",
    "half a header": b"\x80\x08\0\1\0\0",
    "version 0": b"\x00\x08" + bytes(170),
    "fifteen sources that are not there": b"\x8f\x08" + bytes(10),
    "more padding than packet": b"\xa0\x08" + bytes(10) + b"\xff",
    "an extension beyond the end": b"\x90\x08" + bytes(10) + b"\0\0\xff\xff",
    "an unknown payload type": b"\x80\x7f" + bytes(170),
    "half a key press": b"\x80\x65" + bytes(10) + b"\x01",
    "a giant": b"\x80\x08" + bytes(8000),
}


def test_malformed_rtp_is_dropped_and_the_call_goes_on(centre: CallCentre) -> None:
    with centre.caller(HOTLINE) as caller:
        caller.wait_answered()
        caller.talker.wait_to_hear(0.2)
        for packet in HOSTILE_RTP.values():
            caller.talker.blurt(packet)
        caller.talker.press("1")
        centre.events.wait_for("call.digit_received", digit="1")
        centre.events.wait_for("queue.caller_joined")
        caller.hang_up()
    closed = centre.events.wait_for("endpoint.closed")
    assert closed.fields["packets_dropped"] >= len(HOSTILE_RTP) - 2


def test_a_stranger_cannot_speak_into_a_call(centre: CallCentre) -> None:
    """Symmetric RTP: whoever speaks first from the caller's side keeps the floor."""
    station = centre.seat("2001")
    with centre.phone(station) as agent, centre.caller(QUEUE_ONLY) as caller:
        media = caller.wait_answered()
        caller.talker.wait_to_hear(0.2)
        with Talker(speech(666, 10)) as intruder:
            intruder.talk_to(*media)
            agent.wait_ringing()
            agent.answer()
            agent.talker.wait_to_hear(1.5)
        caller.hang_up()
        agent.wait_hung_up_on()
        assert compare(agent.talker.heard, caller.talker.said).whole
        assert len(intruder.heard) == 0
