import msgpack  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.control.messages import (
    ErrorCode,
    Failure,
    Message,
    Notification,
    ProtocolError,
    Request,
    Response,
)
from switch.control.protocol import (
    MessageReader,
    encode_event,
    encode_failure,
    encode_notification,
    encode_request,
    encode_result,
)
from switch.records.projection import JournalEntry


def reader(max_message_bytes: int = 1024) -> MessageReader:
    return MessageReader(max_message_bytes=max_message_bytes, max_items=64)


def read_all(data: bytes, of: MessageReader | None = None) -> list[Message]:
    source = of or reader()
    source.feed(data)
    messages = []
    while (message := source.next()) is not None:
        messages.append(message)
    return messages


VECTORS = [
    ("request without parameters", "94 00 01 a9 766572622e6c697374 90", Request(1, "verb.list", [])),
    (
        "request with named parameters",
        "94 00 ce ffffffff ab 6167656e742e7265616479 91 81 a5 6167656e74 a4 31303031",
        Request(4294967295, "agent.ready", [{"agent": "1001"}]),
    ),
    ("request with a positional one", "94 00 00 a1 61 91 a6 e59d90e5b8ad", Request(0, "a", ["坐席"])),
    ("response", "94 01 07 c0 81 a1 61 01", Response(7, None, {"a": 1})),
    (
        "failed response",
        "94 01 07 82 a4 636f6465 a7 72656675736564 a7 6d657373616765 a2 6e6f c0",
        Response(7, Failure("refused", "no"), None),
    ),
    (
        "response with a foreign error",
        "94 01 07 a4 6f6f7073 c0",
        Response(7, Failure("internal", "oops"), None),
    ),
    ("notification", "93 02 a5 6576656e74 90", Notification("event", [])),
]


@pytest.mark.parametrize(("octets", "message"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS])
def test_a_message_of_the_specification_is_read(octets: str, message: Message) -> None:
    assert read_all(bytes.fromhex(octets)) == [message]


MALFORMED = [
    ("not an array", "01"),
    ("an empty array", "90"),
    ("an unknown type", "94 03 01 a1 61 90"),
    ("a message id below zero", "94 00 ff a1 61 90"),
    ("a message id beyond 32 bits", "94 00 cf 0000000100000000 a1 61 90"),
    ("a message id that is a boolean", "94 00 c3 a1 61 90"),
    ("a method that is a number", "94 00 01 05 90"),
    ("a method that is not UTF-8", "94 00 01 a1 ff 90"),
    ("parameters that are not an array", "94 00 01 a1 61 80"),
    ("a byte msgpack never uses", "c1"),
    ("an extension type", "94 00 01 a1 61 91 d4 05 00"),
    ("a number as the key of a map", "94 00 01 a1 61 91 81 01 02"),
    ("an array said to have four billion items", "dd ffffffff"),
    ("a map with more items than allowed", "94 00 01 a1 61 91 de 0041"),
]


@pytest.mark.parametrize("octets", [m[1] for m in MALFORMED], ids=[m[0] for m in MALFORMED])
def test_what_is_not_msgpack_rpc_is_malformed(octets: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_all(bytes.fromhex(octets))
    assert caught.value.code is ErrorCode.MALFORMED


@pytest.mark.parametrize("depth", [33, 900, 5000])
def test_deep_nesting_is_malformed(depth: int) -> None:
    octets = bytes.fromhex("94 00 01 a1 61") + b"\x91" * depth + b"\xc0"
    with pytest.raises(ProtocolError) as caught:
        read_all(octets, reader(max_message_bytes=10_000))
    assert caught.value.code is ErrorCode.MALFORMED


def test_a_message_over_the_limit_is_too_large_even_if_it_came_in_one_read() -> None:
    with pytest.raises(ProtocolError) as caught:
        read_all(encode_request(1, "a", {"x": "y" * 2000}))
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_a_message_without_end_is_too_large_before_it_fills_the_memory() -> None:
    source = reader()
    with pytest.raises(ProtocolError) as caught:
        read_endlessly(source)
    assert caught.value.code is ErrorCode.TOO_LARGE


def read_endlessly(source: MessageReader) -> None:
    source.feed(b"\xc6\xff\xff\xff\xff")  # a byte string said to be four gigabytes long
    for _ in range(100):
        assert read_all(b"\x00" * 65_536, source) == []


def test_many_small_messages_may_exceed_together_what_one_may_not() -> None:
    one = encode_request(1, "verb.list", {"text": "x" * 100})
    assert len(read_all(one * 100)) == 100


def test_messages_cut_anywhere_are_read_whole() -> None:
    stream = encode_request(1, "a", {"名": "张伟"}) + encode_notification("event", {"n": 1})
    for cut in range(len(stream)):
        source = reader()
        assert read_all(stream[:cut], source) + read_all(stream[cut:], source) == [
            Request(1, "a", [{"名": "张伟"}]),
            Notification("event", [{"n": 1}]),
        ]


def test_an_event_goes_out_with_its_sequence_time_topic_and_fields() -> None:
    entry = JournalEntry(7, 12.5, "call.ended", {"call_id": "c1", "prompts": ("a", "b")})
    assert read_all(encode_event(entry)) == [
        Notification(
            "event",
            [
                {
                    "sequence": 7,
                    "time": 12.5,
                    "topic": "call.ended",
                    "fields": {"call_id": "c1", "prompts": ["a", "b"]},
                }
            ],
        )
    ]


def test_text_that_is_not_unicode_goes_out_escaped() -> None:
    assert read_all(encode_result(1, "caf\udce9")) == [Response(1, None, "caf\\udce9")]


def test_a_failure_survives_the_wire() -> None:
    failure = Failure("bad_params", "agent is missing", {"fields": {"agent": "is missing"}})
    assert read_all(encode_failure(9, failure)) == [Response(9, failure, None)]


@given(st.binary(max_size=300))
def test_any_bytes_give_messages_or_a_protocol_error(data: bytes) -> None:
    try:
        messages = read_all(data)
    except ProtocolError:
        return
    assert all(isinstance(message, Request | Response | Notification) for message in messages)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(max_size=5)
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(plain, min_size=1, max_size=5))
def test_any_msgpack_value_gives_a_message_or_a_protocol_error(value: list[object]) -> None:
    try:
        messages = read_all(msgpack.packb(value))
    except ProtocolError:
        return
    assert len(messages) == 1


@given(
    st.integers(0, 2**32 - 1), st.text(max_size=20), st.dictionaries(st.text(max_size=5), plain, max_size=3)
)
def test_a_request_is_read_as_it_was_written(msgid: int, method: str, params: dict[str, object]) -> None:
    assert read_all(encode_request(msgid, method, params)) == [
        Request(msgid, method, [params] if params else [])
    ]
