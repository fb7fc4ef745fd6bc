"""What may stand where a host is asked for."""

import pytest

from runtime.hosts import check_host


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "0.0.0.0", "localhost", "sip.example.com", "my_box.lan", "a.b.", None]
)
def test_addresses_and_names_are_taken(host: str | None) -> None:
    assert check_host(host) == host


@pytest.mark.parametrize(
    "host",
    ["not a host!", "300.1.2.3", "1.2.3", "", "-x.example", "x..y", "sip:host", "x" * 64, "127.0.0.1:5060"],
)
def test_everything_else_is_refused_with_what_was_expected(host: str) -> None:
    with pytest.raises(ValueError, match="an IP address such as"):
        check_host(host)
