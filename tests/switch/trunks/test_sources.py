import pytest

from switch.sip.hop import host_of
from switch.trunks.sources import Sources

SOURCES = Sources(
    [
        ("192.0.2.1", "telecom"),
        ("192.0.2.0/24", "mobile"),
        ("198.51.100.0/28", "unicom"),
        ("2001:db8::/64", "ims"),
        ("192.0.2.1", "second"),
        ("2001:db8::5", "gateway"),
    ]
)


@pytest.mark.parametrize(
    ("host", "trunks"),
    [
        ("192.0.2.1", ("telecom", "second", "mobile")),
        ("192.0.2.2", ("mobile",)),
        ("198.51.100.15", ("unicom",)),
        ("198.51.100.16", ()),
        ("2001:db8::7", ("ims",)),
        ("2001:db8::5", ("gateway", "ims")),
        ("2001:db8:1::7", ()),
        ("::ffff:192.0.2.2", ("mobile",)),
    ],
)
def test_an_address_belongs_to_its_trunks_the_closest_first(host: str, trunks: tuple[str, ...]) -> None:
    assert SOURCES.trunks_of(host) == trunks


def test_a_peer_is_known_by_its_address() -> None:
    assert host_of("udp:192.0.2.1:5060") == "192.0.2.1"
    assert host_of("tls:[2001:db8::5]:5061") == "2001:db8::5"
