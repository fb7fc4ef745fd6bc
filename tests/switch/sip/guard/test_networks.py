from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.guard.networks import AccessLists, Networks, Standing, check_networks, source_of

NETWORKS = st.lists(
    st.ip_addresses().flatmap(lambda a: st.integers(0, a.max_prefixlen).map(lambda n: (a, n)))
)


@given(NETWORKS, st.ip_addresses())
def test_an_address_is_covered_when_one_of_the_networks_holds_it(
    texts: list[tuple[object, int]], address: object
) -> None:
    networks = [ip_network(f"{base}/{length}", strict=False) for base, length in texts]
    one = ip_address(str(address))
    assert Networks(networks).covers(one) == any(one in network for network in networks)


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("phone", "phone"),
    ],
)
def test_a_source_is_an_ipv4_address_or_an_ipv6_network(host: str, source: str) -> None:
    assert source_of(host) == source
    assert AccessLists((), ()).source_key(host) == source


def test_allow_goes_before_deny() -> None:
    lists = AccessLists(["192.0.2.0/24", "2001:db8::1"], ["0.0.0.0/0", "::/0"])
    assert lists.standing("192.0.2.7") is Standing.TRUSTED
    assert lists.standing("198.51.100.7") is Standing.DENIED
    assert lists.source_key("2001:db8::1") == "2001:db8::1"
    assert lists.standing(lists.source_key("2001:db8::1")) is Standing.TRUSTED
    assert lists.standing(lists.source_key("2001:db8::2")) is Standing.DENIED


def test_an_owners_addresses_take_the_place_of_those_before() -> None:
    lists = AccessLists((), ())
    assert lists.trust("trunk:a", ["192.0.2.1"])
    assert not lists.trust("trunk:a", ["192.0.2.1"])
    assert lists.trust("trunk:a", ["192.0.2.2", "198.51.100.0/24"])
    assert lists.standing("192.0.2.1") is Standing.STRANGER
    assert lists.standing("192.0.2.2") is Standing.TRUSTED
    assert lists.standing("198.51.100.9") is Standing.TRUSTED


@pytest.mark.parametrize("text", ["192.0.2.1/24", "carrier.example", "192.0.2.300", "2001:db8::1/32", ""])
def test_what_is_no_network_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 192\.0\.2\.10"):
        check_networks((text,))
