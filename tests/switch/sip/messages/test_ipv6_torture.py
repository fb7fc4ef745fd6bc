"""The messages of RFC 5118: IPv6 addresses wherever one may stand."""

import pytest

from switch.sdp.parser import parse_sdp
from switch.sip.events import LegArrived
from switch.sip.hop import Hop
from switch.sip.messages.header_values import parse_contacts, parse_via, split_values
from switch.sip.messages.message import Request
from switch.sip.messages.uri import parse_uri
from tests.fuzz.properties import check_sip_bytes
from tests.helpers.sip_rig import SipRig
from tests.helpers.torture import Vector, check_outcome, files, load, send

VECTORS = load("rfc5118")
BY_NAME = {vector.name: vector for vector in VECTORS}
PEER = Hop("udp", "2001:db8::9:1", 5060)


def request(name: str) -> Request:
    message = BY_NAME[name].message()
    assert isinstance(message, Request)
    return message


def test_all_messages_of_the_rfc_are_here() -> None:
    assert len(BY_NAME) == 12
    assert files("rfc5118") == BY_NAME.keys()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_message_comes_to_what_the_rfc_prescribes(vector: Vector) -> None:
    check_outcome(vector, PEER)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_message_means_the_same_after_rewriting(vector: Vector) -> None:
    assert check_sip_bytes(vector.data)


@pytest.mark.parametrize(
    ("name", "host", "port"),
    [
        ("ipv6-good", "2001:db8::10", None),
        ("port-ambiguous", "2001:db8::10:5070", None),
        ("port-unambiguous", "2001:db8::10", 5070),
        ("ipv6-bug-abnf-3-colons", "2001:db8:::192.0.2.1", None),
        ("ipv6-correct-abnf-2-colons", "2001:db8::192.0.2.1", None),
    ],
)
def test_brackets_tell_an_address_from_its_port(name: str, host: str, port: int | None) -> None:
    uri = parse_uri(request(name).uri)
    assert (uri.host, uri.port) == (host, port)


@pytest.mark.parametrize(
    ("name", "received"),
    [
        ("via-received-param-with-delim", "[2001:db8::9:255]"),
        ("via-received-param-no-delim", "2001:db8::9:255"),
    ],
)
def test_received_is_read_with_and_without_brackets(name: str, received: str) -> None:
    via = parse_via(request(name).headers.get("via") or "")
    assert (via.host, via.param("received")) == ("2001:db8::9:1", received)
    assert via.branch in ("z9hG4bKas3-111", "z9hG4bKas3")


def test_an_answer_goes_to_the_port_of_an_ipv6_sent_by() -> None:
    rig = SipRig()
    send(BY_NAME["mult-ip-in-header"], rig, PEER._replace(port=1234))
    assert rig.hops == [PEER._replace(port=6050)]
    vias = [parse_via(value) for value in split_values(rig.messages[0].headers.get_all("via"))]
    assert [via.host for via in vias] == ["2001:db8::9:1", "192.0.2.1", "2001:db8::9:255"]


@pytest.mark.parametrize(
    ("name", "hosts"),
    [
        ("ipv6-in-sdp", ["2001:db8::20", "2001:db8::20"]),
        ("mult-ip-in-sdp", ["192.0.2.1", "2001:db8::1"]),
        ("ipv4-mapped-ipv6", ["::ffff:192.0.2.2", "::ffff:192.0.2.2"]),
    ],
)
def test_session_descriptions_name_ipv6_addresses(name: str, hosts: list[str]) -> None:
    rig = SipRig()
    send(BY_NAME[name], rig, PEER)
    (arrived,) = rig.reported(LegArrived)
    session = parse_sdp(arrived.sdp)
    connections = [session.connection_of(media) for media in session.media]
    assert [connection.address for connection in connections if connection] == hosts


def test_a_mapped_address_is_a_host_like_others() -> None:
    (contact,) = parse_contacts(request("ipv4-mapped-ipv6").headers.get_all("contact"))
    assert (contact.display_name, contact.uri.host) == ("T. desk phone", "::ffff:192.0.2.2")
