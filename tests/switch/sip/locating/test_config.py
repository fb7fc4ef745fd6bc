import pytest

from switch.sip.locating.config import DnsConfig


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_name_servers_are_addresses_with_or_without_a_port(text: str, address: tuple[str, int]) -> None:
    assert DnsConfig(servers=[text]).server_addresses() == [address]


@pytest.mark.parametrize(
    "text", ["", "ns.example", "192.0.2.53:99999", "192.0.2.53:0", "192.0.2.53:x", "[::1", "1.2.3"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="addresses such as"):
        DnsConfig(servers=[text])
