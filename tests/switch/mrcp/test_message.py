"""Messages of the control channel: written, framed and read again, however hostile (RFC 6787 §5)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import UsageError
from switch.mrcp.message import (
    MrcpEvent,
    MrcpMessage,
    MrcpRequest,
    MrcpResponse,
    RequestState,
    header,
    write_mrcp,
)
from switch.mrcp.parser import MAX_HEADERS, MAX_MESSAGE_BYTES, MessageStream, parse_mrcp
from tests.fuzz.properties import check_mrcp_bytes

SEEDS = sorted(Path("tests/fuzz/corpus/mrcp").glob("*.mrcp"))

CHANNEL = ("Channel-Identifier", "32AECB23433802@speechsynth")
NAMES = st.from_regex(r"[A-Z][A-Z0-9-]{0,30}", fullmatch=True)
HEADERS = st.lists(
    st.tuples(
        st.from_regex(r"X-[A-Za-z0-9-]{0,20}", fullmatch=True),
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), max_size=40
        ).map(str.strip),
    ),
    max_size=6,
).map(tuple)
NUMBERS = st.integers(min_value=0, max_value=2**32 - 1)
BODIES = st.binary(max_size=200)
STATES = st.sampled_from(RequestState)
MESSAGES = st.one_of(
    st.builds(MrcpRequest, NAMES, NUMBERS, HEADERS, BODIES),
    st.builds(MrcpResponse, NUMBERS, st.integers(100, 599), STATES, HEADERS, BODIES),
    st.builds(MrcpEvent, NAMES, NUMBERS, STATES, HEADERS, BODIES),
)


def bare(message: MrcpMessage) -> MrcpMessage:
    """Without the header that writing puts in."""
    kept = tuple(line for line in message.headers if line[0] != "Content-Length")
    return message._replace(headers=kept)


def test_a_request_is_written_as_the_standard_shows_it() -> None:
    text = "今天停电"
    written = write_mrcp(
        MrcpRequest("SPEAK", 543257, (CHANNEL, ("Content-Type", "text/plain")), text.encode())
    )
    assert written.decode() == (
        f"MRCP/2.0 {len(written)} SPEAK 543257\r\n"
        "Channel-Identifier: 32AECB23433802@speechsynth\r\n"
        "Content-Type: text/plain\r\n"
        "Content-Length: 12\r\n\r\n今天停电"
    )


@pytest.mark.parametrize("octets", range(0, 1200, 7))
def test_the_length_counts_its_own_digits(octets: int) -> None:
    written = write_mrcp(MrcpRequest("SPEAK", 1, (CHANNEL,), b"x" * octets))
    assert int(written.split(b" ", 2)[1]) == len(written)


def test_a_value_with_a_line_break_is_not_written() -> None:
    with pytest.raises(UsageError, match="line break"):
        write_mrcp(MrcpRequest("SPEAK", 1, (("Voice-Name", "li\r\nKill-On-Barge-In: false"),)))


@given(MESSAGES)
def test_what_is_written_is_read_again(message: MrcpMessage) -> None:
    assert bare(parse_mrcp(write_mrcp(message))) == message


@given(st.lists(MESSAGES, max_size=5), st.data())
def test_messages_are_found_however_the_stream_is_cut(
    messages: list[MrcpMessage], data: st.DataObject
) -> None:
    octets = b"".join(map(write_mrcp, messages))
    stream = MessageStream()
    found: list[MrcpMessage] = []
    while octets:
        cut = data.draw(st.integers(1, len(octets)))
        found += stream.receive(octets[:cut])
        octets = octets[cut:]
    assert [bare(message) for message in found] == messages
    assert stream.fault == ""


def test_line_feeds_alone_and_folded_headers_are_taken() -> None:
    head = b" 7 200 COMPLETE\nCompletion-Cause:000\n  normal\n\n"
    octets = b"MRCP/2.0 %d" % (len(head) + len(b"MRCP/2.0 60")) + head
    message = parse_mrcp(octets)
    assert header(message, "completion-cause") == "000 normal"


def framed(rest: bytes) -> bytes:
    length = len(b"MRCP/2.0 100") + len(rest)
    return b"MRCP/2.0 %03d" % length + rest


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\n", "begins with"),
        (b"MRCP/1.0 30 1 200 COMPLETE\r\n\r\n", "begins with"),
        (b"MRCP/2.0 x1 SPEAK 1\r\n", "begins with"),
        (b"MRCP/2.0 3 SPEAK 1\r\n\r\n", "octets"),
        (b"MRCP/2.0 9999999999999999999 SPEAK 1\r\n\r\n", "at most"),
        (b"MRCP/2.0 %d SPEAK 1\r\n\r\n" % (MAX_MESSAGE_BYTES + 1), "at most"),
        (framed(b" speak 1\r\n\r\n"), "neither"),
        (framed(b" 1 200 DONE\r\n\r\n"), "neither"),
        (framed(b" 1 020 COMPLETE\r\n\r\n"), "neither"),
        (framed(b" SPEAK 1\r\nVoice-Name li\r\n\r\n"), "no header"),
        (framed(b" SPEAK 1\r\nVoice-Name: li\r\n"), "no empty line"),
        (framed(b" SPEAK 1\r\nVoice-Name: \xff\r\n\r\n"), "UTF-8"),
        (framed(b" SPEAK 1\r\nContent-Length: 2\r\n\r\nabc"), "body of 3 octets"),
        (framed(b" SPEAK 1\r\n\r\nabc"), "body of 3 octets"),
        (b"M" * 600, "begins with"),
        (framed(b" SPEAK 1\r\n" + b"A: 1\r\n" * (MAX_HEADERS + 1) + b"\r\n"), "headers"),
    ],
)
def test_what_is_no_message_ends_the_stream_with_a_reason(octets: bytes, fault: str) -> None:
    stream = MessageStream()
    assert stream.receive(octets) == []
    assert fault in stream.fault
    assert stream.receive(write_mrcp(MrcpRequest("SPEAK", 1, (CHANNEL,)))) == []


def test_a_fault_costs_none_of_the_messages_before_it() -> None:
    good = MrcpRequest("STOP", 2, (CHANNEL,))
    stream = MessageStream()
    assert stream.receive(write_mrcp(good) + b"GET / HTTP/1.1\r\n") == [good]
    assert stream.fault


@given(st.binary(max_size=400))
def test_any_octets_are_messages_or_a_fault(octets: bytes) -> None:
    check_mrcp_bytes(octets)
    check_mrcp_bytes(b"MRCP/2.0 " + octets)


@given(st.sampled_from(SEEDS), st.data())
def test_a_message_that_was_tampered_with_is_one_or_a_fault(seed: Path, data: st.DataObject) -> None:
    octets = seed.read_bytes()
    start = data.draw(st.integers(0, len(octets)))
    check_mrcp_bytes(octets[:start] + data.draw(st.binary(max_size=4)) + octets[start + 4 :])


def test_the_seeds_of_fuzzing_are_messages() -> None:
    assert len(SEEDS) == 2
    assert all(check_mrcp_bytes(seed.read_bytes()) for seed in SEEDS)
