from typing import Any

import pytest

from runtime.ids import SeededIds
from switch.sip.config import SipConfig
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.messages.header_values import parse_via
from switch.sip.transport.config import ListenerConfig
from tests.helpers.sip_messages import make_request

KEYS = {"certificate": "chain.pem", "private_key": "key.pem"}
LISTENERS: list[dict[str, Any]] = [
    {"transport": "udp", "host": "::1", "port": 5070},
    {"transport": "tls", "host": "0.0.0.0", "port": 5061, "advertised_host": "sip.example.com", **KEYS},
    {"transport": "wss", "host": "192.0.2.1", "port": 8443, "advertised_port": 443, **KEYS},
]


@pytest.fixture
def identity() -> Identity:
    listeners = [ListenerConfig.model_validate(listener, strict=False) for listener in LISTENERS]
    return Identity(SipConfig(host="192.0.2.1"), SeededIds(1), listeners)


@pytest.mark.parametrize(
    ("hop", "contact", "via"),
    [
        (Hop("udp", "192.0.2.9", 5060), "<sip:192.0.2.1:5060>", "UDP 192.0.2.1:5060;rport"),
        (Hop("udp", "2001:db8::9", 5060), "<sip:[::1]:5070>", "UDP [::1]:5070;rport"),
        (
            Hop("tls", "192.0.2.9", 5061),
            "<sip:sip.example.com:5061;transport=tls>",
            "TLS sip.example.com:5061;rport;alias",
        ),
        (Hop("wss", "192.0.2.9", 4000), "<sip:192.0.2.1:443;transport=ws>", "WSS 192.0.2.1:443;rport"),
    ],
)
def test_a_peer_knows_us_by_the_listener_of_its_transport_and_family(
    identity: Identity, hop: Hop, contact: str, via: str
) -> None:
    assert identity.contact(hop) == contact
    assert identity.names.of(hop).via == f"SIP/2.0/{via};branch=z9hG4bK"


@pytest.mark.parametrize(
    ("hop", "uri", "contact"),
    [
        (Hop("tls", "192.0.2.9", 5061), "sips:1001@192.0.2.9", "<sips:95598@sip.example.com:5061>"),
        (Hop("wss", "192.0.2.9", 4000), "SIPS:1001@192.0.2.9", "<sips:95598@192.0.2.1:443;transport=ws>"),
        (Hop("tls", "192.0.2.9", 5061), "sip:a@b", "<sip:95598@sip.example.com:5061;transport=tls>"),
        (Hop("udp", "192.0.2.9", 5060), "sips:1001@192.0.2.9", "<sip:95598@192.0.2.1:5060>"),
    ],
)
def test_who_is_called_by_sips_is_told_a_sips_contact(
    identity: Identity, hop: Hop, uri: str, contact: str
) -> None:
    assert identity.contact_of("95598", hop, uri) == contact


@pytest.mark.parametrize(
    ("headers", "is_sips"),
    [
        ({}, False),
        ({"uri": "sips:95598@sip.example.com"}, True),
        ({"contact": "<sips:phone@192.0.2.9>"}, True),
        ({"contact": "sips:phone@192.0.2.9"}, True),
        ({"contact": "<sips:phone@192.0.2.9>", "record_route": "<sip:192.0.2.8;lr>"}, False),
        ({"record_route": ["<sips:192.0.2.8;lr>", "<sip:192.0.2.7;lr>"]}, True),
    ],
)
def test_who_calls_by_sips_is_told_a_sips_contact(
    identity: Identity, headers: dict[str, Any], is_sips: bool
) -> None:
    hop = Hop("tls", "192.0.2.9", 5061)
    contact = identity.contact_for(make_request("INVITE", hop=hop, **headers), hop)
    assert contact.startswith("<sips:") is is_sips


def test_where_nobody_listens_the_closest_listener_lends_its_address(identity: Identity) -> None:
    assert identity.names.of(Hop("tcp", "2001:db8::9", 5060)).via.startswith("SIP/2.0/TCP [::1]:5070;")
    assert identity.host(Hop("tcp", "192.0.2.9", 5060)) == "192.0.2.1"


@pytest.mark.parametrize(
    ("via", "ours"),
    [
        ("SIP/2.0/UDP 192.0.2.1", True),
        ("SIP/2.0/TLS SIP.example.com:5061;branch=z9hG4bK1", True),
        ("SIP/2.0/UDP [::1]:5070", True),
        ("SIP/2.0/UDP 192.0.2.1:5070", False),
        ("SIP/2.0/UDP 192.0.2.2", False),
    ],
)
def test_our_own_vias_are_known(identity: Identity, via: str, ours: bool) -> None:
    assert identity.names.wrote(parse_via(via)) is ours
