"""Addresses and names of machines, as people write them."""

import re
from ipaddress import ip_address

_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.?", re.I
)
"""RFC 1123 §2.1, with the underscores that private networks have. The last label begins with a letter."""


def check_host(host: str | None) -> str | None:
    """The host itself, or None. Raises ValueError for what is neither an IP address nor a name."""
    if host is not None and not is_address(host) and not _NAME.fullmatch(host):
        raise ValueError("an IP address such as 192.0.2.10, or the name of a host")
    return host


def is_address(host: str) -> bool:
    """Whether it is an IP address, which nobody has to look up."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
