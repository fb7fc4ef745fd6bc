"""SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966)."""

import re
from typing import NamedTuple
from urllib.parse import quote

from media._core import UriReader
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import Parameters, bracketed, find_parameter, write_parameters

_USER_SAFE = "-_.!~*'()&=+$,;?/"
"""``unreserved`` marks and ``user-unreserved``: what may stand unescaped in a user part (§25.1)."""
_PLAIN_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/]*+")


class SipUri(NamedTuple):
    """An address. ``str()`` gives it as it stands in a message."""

    scheme: str
    """``sip``, ``sips`` or ``tel``."""
    user: str
    """Percent-decoded; the number of a tel URI; empty when there is none."""
    host: str
    """IPv6 without brackets; empty in a tel URI."""
    port: int | None = None
    params: Parameters = ()
    """As written, not decoded."""
    headers: str = ""
    """What follows the question mark, as written."""
    password: str | None = None
    """As written. Deprecated (§19.1.1), kept only so that an address survives unchanged."""

    def param(self, name: str) -> str | None:
        """The value of a URI parameter (name in lower case), empty for a flag such as ``lr``, else None."""
        return find_parameter(self.params, name)

    def __str__(self) -> str:
        params = write_parameters(self.params) if self.params else ""
        if self.scheme == "tel":
            return f"tel:{self.user}{params}"
        port = "" if self.port is None else f":{self.port}"
        headers = f"?{self.headers}" if self.headers else ""
        password = "" if self.password is None else f":{self.password}"
        user = f"{escape_user(self.user)}{password}@" if self.user else ""
        return f"{self.scheme}:{user}{bracketed(self.host)}{port}{params}{headers}"


URIS = UriReader(uri=SipUri, error=SipSyntaxError)
parse_uri = URIS.read
"""Read a URI.

Raises SipSyntaxError with status 416 for a scheme we do not speak (RFC 3261 §8.2.2.1), else 400.
"""
check_uri = URIS.check
"""Raises as ``parse_uri``."""


def escape_user(user: str) -> str:
    """A user part as it may stand in a URI."""
    if _PLAIN_USER.fullmatch(user):
        return user
    return quote(user, safe=_USER_SAFE, errors="surrogateescape")
