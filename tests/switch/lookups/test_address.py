"""A lookup's address is the service's, whatever a flow puts behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from switch.lookups.address import address_of, redirected
from switch.lookups.commands import LookUp
from switch.lookups.headers import CannotBeSent

BASE = "https://billing.example:8443/api/v1"


def order(path: str, *query: tuple[str, str]) -> LookUp:
    return LookUp(request_id="a", call_id="", service="billing", path=path, query=query)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "/api/v1"),
        ("/bills", "/api/v1/bills"),
        ("bills/", "/api/v1/bills/"),
        ("//evil.example/x", "/api/v1/evil.example/x"),
        ("http://evil.example/", "/api/v1/http://evil.example/"),
        ("@evil.example", "/api/v1/@evil.example"),
        ("户号/1 2", "/api/v1/%E6%88%B7%E5%8F%B7/1%202"),
        ("a?b=c#d", "/api/v1/a%3Fb=c%23d"),
    ],
)
def test_the_path_follows_that_of_the_service(path: str, expected: str) -> None:
    assert str(address_of(BASE, order(path))) == f"https://billing.example:8443{expected}"


ANY_TEXT = st.text(st.characters(), max_size=40)


@given(ANY_TEXT, st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=3))
def test_whatever_comes_it_is_that_host_and_below_that_path(path: str, query: list[tuple[str, str]]) -> None:
    try:
        address = address_of(BASE, order(path, *query))
    except CannotBeSent:
        return
    assert str(address.origin()) == "https://billing.example:8443"
    assert address.raw_path == "/api/v1" or address.raw_path.startswith("/api/v1/")
    assert list(address.query.items()) == query
    assert address.user is None


@pytest.mark.parametrize(
    "path", ["..", "a/../b", "a/./b", "%2e%2E/x", "a\\..\\b", "a\nb", "a\x00b", "x" * 2049, "\ud800"]
)
def test_a_path_that_leads_away_is_refused_without_showing_it(path: str) -> None:
    with pytest.raises(CannotBeSent) as caught:
        address_of(BASE, order(path))
    assert path not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (302, "/new", "https://billing.example:8443/new"),
        (301, "new?x=1", "https://billing.example:8443/api/new?x=1"),
        (302, "https://billing.example:8443/new", "https://billing.example:8443/new"),
        (302, "https://billing.example/new", None),
        (302, "http://billing.example:8443/new", None),
        (302, "//evil.example/new", None),
        (302, "https://billing.example:8443@evil.example/", None),
        (302, "https://[", None),
        (302, "mailto:a@b", None),
        (302, "", None),
        (200, "/new", None),
        (304, "/new", None),
    ],
)
def test_only_the_same_host_is_asked_in_another_place(
    status: int, location: str, expected: str | None
) -> None:
    found = redirected(URL(BASE), status, {"Location": location})
    assert (None if found is None else str(found)) == expected
