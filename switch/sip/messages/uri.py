"""SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966)."""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import (
    HOST,
    Parameters,
    bracketed,
    find_parameter,
    optional,
    read_parameters,
    read_port,
    repeated,
    unbracketed,
    write_parameters,
)
from switch.sip.messages.remembered import remembered

_USERINFO = optional(r'([^@:\s<>"]++)' + optional(r':([^@:\s<>"]*+)') + "@")
_PORT = optional(r":([0-9]{1,6}+)")
_URI_PARAMETERS = "(" + repeated(r';[^\s;=?<>"@,]++' + optional(r'=[^\s;?<>"@,]*+')) + ")"
_URI_HEADERS = optional(r'\?([^\s<>"]*+)')
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*+):")
_SIP = re.compile(f"{_USERINFO}({HOST}){_PORT}{_URI_PARAMETERS}{_URI_HEADERS}")
_TEL = re.compile(rf"([0-9A-Fa-f*#+\-.()]++){_URI_PARAMETERS}")
_USER_SAFE = "-_.!~*'()&=+$,;?/"
"""``unreserved`` marks and ``user-unreserved``: what may stand unescaped in a user part (§25.1)."""
_PLAIN_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/]*+")
_LONGEST_SHOWN = 80


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


@remembered
def parse_uri(text: str) -> SipUri:
    """Read a URI.

    Raises SipSyntaxError with status 416 for a scheme we do not speak (RFC 3261 §8.2.2.1), else 400.
    """
    found = _SCHEME.match(text)
    if found is None:
        raise _malformed(text)
    scheme, rest = found[1].lower(), text[found.end() :]
    if scheme in ("sip", "sips"):
        return _parse_sip(scheme, rest, text)
    if scheme == "tel":
        return _parse_tel(rest, text)
    raise SipSyntaxError(
        f"unsupported URI scheme {scheme[:_LONGEST_SHOWN]}; expected sip, sips or tel", status=416
    )


def escape_user(user: str) -> str:
    """A user part as it may stand in a URI."""
    if _PLAIN_USER.fullmatch(user):
        return user
    return quote(user, safe=_USER_SAFE, errors="surrogateescape")


def unescape_user(text: str) -> str:
    """What a user part means; escapes that are none stand for themselves."""
    if "%" not in text:
        return text
    return unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _parse_sip(scheme: str, rest: str, text: str) -> SipUri:
    found = _SIP.fullmatch(rest)
    if found is None:
        raise _malformed(text)
    user, password, host, port, params, headers = found.groups()
    try:
        number = read_port(port)
    except ValueError as fault:
        raise SipSyntaxError(f"URI with {fault}") from fault
    params = read_parameters(params)
    name = unescape_user(user or "")
    return SipUri(scheme, name, unbracketed(host), number, params, headers or "", password)


def _parse_tel(rest: str, text: str) -> SipUri:
    found = _TEL.fullmatch(rest)
    if found is None:
        raise _malformed(text)
    return SipUri("tel", found[1], "", None, read_parameters(found[2]))


def _malformed(text: str) -> SipSyntaxError:
    return SipSyntaxError(f"malformed URI {text[:_LONGEST_SHOWN]!r}")
