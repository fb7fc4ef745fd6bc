"""Messages of every spelling RFC 3261 allows mean what they say, and mean it again when written."""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switch.sip.messages.header_values import (
    NameAddr,
    Via,
    parse_contacts,
    parse_name_addr,
    parse_via,
    split_values,
)
from switch.sip.messages.message import Headers, Message, Request, Response
from switch.sip.messages.parser import parse_message
from switch.sip.messages.uri import SipUri, parse_uri
from switch.sip.messages.writer import write_message

TOKENS = st.text("abcXYZ019-.!%*_+`'~", min_size=1, max_size=8)
HOSTS = st.sampled_from(["192.0.2.1", "example.com", "2001:db8::9:1", "::ffff:192.0.2.2"])
PORTS = st.none() | st.integers(1, 65_535)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
"""UTF-8 of any script."""
PARAMETERS = st.lists(
    st.tuples(st.text("pqrz", min_size=1, max_size=3), st.none() | TOKENS),
    max_size=3,
    unique_by=lambda p: p[0],
).map(tuple)
URIS = st.builds(
    SipUri,
    st.sampled_from(["sip", "sips"]),
    user=TEXT.filter(bool),
    host=HOSTS,
    port=PORTS,
    params=PARAMETERS,
    headers=st.just(""),
    password=st.none(),
)
ADDRESSES = st.builds(NameAddr, TEXT, URIS, PARAMETERS)
VIAS = st.builds(Via, st.sampled_from(["UDP", "TCP", "TLS", "WSS"]), HOSTS, PORTS, PARAMETERS)
SHORT_NAMES = {
    "call-id": "i",
    "contact": "m",
    "content-length": "l",
    "from": "f",
    "subject": "s",
    "to": "t",
    "via": "v",
}


@dataclass(frozen=True)
class Meaning:
    """What a generated message says."""

    vias: list[Via]
    caller: NameAddr
    called: NameAddr
    contacts: list[NameAddr]
    subject: str
    body: bytes
    status: int | None
    """None makes it a request."""
    uri: SipUri


MEANINGS = st.builds(
    Meaning,
    vias=st.lists(VIAS, min_size=1, max_size=3),
    caller=ADDRESSES,
    called=ADDRESSES,
    contacts=st.lists(ADDRESSES, min_size=1, max_size=3),
    subject=TEXT.map(str.strip),
    body=st.binary(max_size=40),
    status=st.none() | st.integers(100, 699),
    uri=URIS,
)


class Pen:
    """Writes headers as the whims of ``data`` will have it."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw
        self.lines: list[str] = []

    def header(self, name: str, values: list[str]) -> None:
        """Long or short, in any case; values on one line or on several."""
        groups = [values] if self._draw(st.booleans()) else [[value] for value in values]
        for group in groups:
            comma = self._draw(st.sampled_from([",", ", ", " ,\r\n ", "\t, "]))
            colon = self._draw(st.sampled_from([":", ": ", " :", "\t:\r\n ", ":  "]))
            end = self._draw(st.sampled_from(["", " ", "\t"]))
            self.lines.append(f"{self._spelled(name)}{colon}{comma.join(group)}{end}")

    def _spelled(self, name: str) -> str:
        chosen = self._draw(st.sampled_from([name, SHORT_NAMES.get(name, name)]))
        return str(self._draw(st.sampled_from([chosen, chosen.upper(), chosen.title()])))


def spelled(meaning: Meaning, data: st.DataObject) -> bytes:
    pen = Pen(data)
    headers = [
        ("via", [str(via) for via in meaning.vias]),
        ("from", [str(meaning.caller)]),
        ("to", [str(meaning.called)]),
        ("call-id", ["one@there"]),
        ("cseq", ["0007 INVITE"]),
        ("contact", [str(contact) for contact in meaning.contacts]),
        ("subject", [meaning.subject]),
        ("content-length", [str(len(meaning.body))]),
    ]
    for name, values in data.draw(st.permutations(headers)):
        pen.header(name, values)
    start = f"INVITE {meaning.uri} SIP/2.0" if meaning.status is None else f"SIP/2.0 {meaning.status} 好"
    head = "\r\n".join([start, *pen.lines]) + "\r\n\r\n"
    return head.encode() + meaning.body


def check(message: Message, meaning: Meaning) -> None:
    headers = message.headers
    if isinstance(message, Request):
        assert (meaning.status, parse_uri(message.uri)) == (None, meaning.uri)
    else:
        assert isinstance(message, Response)
        assert (message.status, message.reason) == (meaning.status, "好")
    assert [parse_via(value) for value in split_values(headers.get_all("via"))] == meaning.vias
    assert parse_name_addr(headers.get("from") or "") == meaning.caller
    assert parse_name_addr(headers.get("to") or "") == meaning.called
    assert parse_contacts(headers.get_all("contact")) == meaning.contacts
    assert headers.get("subject") == meaning.subject
    assert message.body == meaning.body


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(MEANINGS, st.data())
def test_a_message_means_the_same_however_it_is_spelled_and_when_written_again(
    meaning: Meaning, data: st.DataObject
) -> None:
    message = parse_message(spelled(meaning, data))
    check(message, meaning)
    again = parse_message(write_message(message))
    check(again, meaning)
    assert write_message(again) == write_message(message)


HEADER_NAMES = TOKENS.map(lambda name: "x-" + name.lower())
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=30)


@given(
    st.dictionaries(HEADER_NAMES, st.lists(VALUES, min_size=1, max_size=3), max_size=5),
    st.binary(max_size=30),
)
def test_headers_nobody_knows_are_kept_value_by_value(fields: dict[str, list[str]], body: bytes) -> None:
    known = {
        "via": ["SIP/2.0/UDP h;branch=z9hG4bK1"],
        "from": ["<sip:a@b>;tag=1"],
        "to": ["<sip:c@d>"],
        "call-id": ["x"],
        "cseq": ["1 OPTIONS"],
    }
    plain = {name: [value.strip(" \t") for value in values] for name, values in fields.items()}
    message = parse_message(write_message(Request("OPTIONS", "sip:c@d", Headers({**known, **plain}), body)))
    assert {name: values for name, values in message.headers.items() if name.startswith("x-")} == plain
    assert message.body == body
