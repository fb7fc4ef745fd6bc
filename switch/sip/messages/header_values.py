"""Typed values of the headers a SIP stack looks into (RFC 3261 §20). Parsed when asked for."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from media._core import ValueReader
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import (
    QUOTED,
    SPACE,
    TOKEN,
    Parameters,
    bracketed,
    find_parameter,
    is_token,
    quote,
    repeated,
    unquote,
    write_parameters,
)
from switch.sip.messages.uri import URIS, SipUri

_LIST_MEMBER = re.compile(repeated(rf'[^",<]++|{QUOTED}|<[^>]*+>'), re.DOTALL)
_AUTH_PARAMETER = re.compile(rf"({TOKEN}){SPACE}={SPACE}(?:({QUOTED})|({TOKEN}))", re.DOTALL)
_AUTH_PARAMETERS = re.compile(
    repeated(rf"{SPACE}{TOKEN}{SPACE}={SPACE}(?:{QUOTED}|{TOKEN}){SPACE}(?:,|$)"), re.DOTALL
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9\-.!%*_+`'~ ]*+")
_Q = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_MOST_COMMAS = 256
_LONGEST_SHOWN = 80


class Via(NamedTuple):
    """One hop a request took (RFC 3261 §20.42)."""

    transport: str
    """Upper case, such as ``UDP``."""
    host: str
    """Sent-by; IPv6 without brackets."""
    port: int | None = None
    params: Parameters = ()

    @property
    def branch(self) -> str | None:
        """What tells the transaction (§8.1.1.7); None when absent."""
        return find_parameter(self.params, "branch")

    def param(self, name: str) -> str | None:
        """The value of a parameter (name in lower case), empty for a flag such as ``rport``, else None."""
        return find_parameter(self.params, name)

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"SIP/2.0/{self.transport} {bracketed(self.host)}{port}{write_parameters(self.params)}"


class NameAddr(NamedTuple):
    """From, To, Contact, Route and their like: a name, an address and header parameters (§20.10)."""

    display_name: str
    """Without quotes and escapes; empty when there is none."""
    uri: SipUri
    params: Parameters = ()

    @property
    def tag(self) -> str | None:
        """The dialog tag; None when absent or empty."""
        return find_parameter(self.params, "tag") or None if self.params else None

    def param(self, name: str) -> str | None:
        """The value of a header parameter (name in lower case), empty for a flag, None when absent."""
        return find_parameter(self.params, name)

    def __str__(self) -> str:
        name = write_display_name(self.display_name) if self.display_name else ""
        params = write_parameters(self.params) if self.params else ""
        return f"{name}<{self.uri}>{params}"


class CSeq(NamedTuple):
    """Sequence number and method (§20.16)."""

    number: int
    method: str

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


_VALUES = ValueReader(name_addr=NameAddr, via=Via, cseq=CSeq, uris=URIS)
parse_via = _VALUES.read_via
"""Read one Via value. Raises SipSyntaxError (400)."""
parse_name_addr = _VALUES.read_name_addr
"""Read ``"Name" <uri>;params`` or ``uri;params``.

Without angle brackets all parameters are the header's, not the URI's (RFC 3261 §20.10).
Raises SipSyntaxError (400; 416 for a URI scheme we do not speak).
"""
check_name_addr = _VALUES.check_name_addr
"""Raises as ``parse_name_addr``."""
read_tag = ValueReader.read_tag
"""The dialog tag of a From or To; None when it has none, or is no address."""
parse_cseq = _VALUES.read_cseq
"""Read a CSeq. Raises SipSyntaxError (400)."""


def split_values(raw_values: Iterable[str]) -> list[str]:
    """Split header lines at the commas outside quotes and angle brackets; empty members are left out.

    Not for headers whose values are not lists (Date, Authorization, WWW-Authenticate).
    Raises SipSyntaxError (400) when a quote or bracket is left open, or for far too many members.
    """
    values: list[str] = []
    commas = 0
    for raw in raw_values:
        commas += raw.count(",")
        if commas > _MOST_COMMAS:
            raise SipSyntaxError(f"header with more than {_MOST_COMMAS} members")
        if "," in raw:
            values += _split_line(raw)
        elif raw:
            values.append(raw)
    return values


def parse_contacts(raw_values: Iterable[str]) -> list[NameAddr]:
    """Read Contact, Route or Record-Route lines. Raises SipSyntaxError, also for ``*``."""
    return [parse_name_addr(value) for value in split_values(raw_values)]


def is_wildcard(raw_values: Collection[str]) -> bool:
    """Whether a Contact header is the ``*`` that removes all bindings (§10.2.2)."""
    return list(raw_values) == ["*"]


def read_q(contact: NameAddr) -> float:
    """How much somebody wants to be reached at a Contact: 0 to 1, and 1 when it says nothing that makes sense
    (RFC 3261 §20.10)."""
    text = contact.param("q")
    return float(text) if text and _Q.fullmatch(text) else 1.0


def parse_token_list(raw_values: Iterable[str]) -> list[str]:
    """Read Supported, Require, Allow and their like. Raises SipSyntaxError (400)."""
    tokens = split_values(raw_values)
    for token in tokens:
        if not is_token(token):
            raise _malformed("token", token)
    return tokens


def parse_auth(value: str) -> tuple[str, dict[str, str]]:
    """Read Authorization or WWW-Authenticate: the scheme in lower case and its parameters unquoted.

    Raises SipSyntaxError (400), also when a parameter stands twice.
    """
    scheme, _, rest = value.partition(" ")
    if not is_token(scheme):
        raise _malformed("credentials", value)
    if not _AUTH_PARAMETERS.fullmatch(rest):
        raise _malformed("credentials", value)
    found = _AUTH_PARAMETER.findall(rest)
    params = {name.lower(): unquote(quoted) if quoted else token for name, quoted, token in found}
    if len(params) != len(found):
        raise _malformed("credentials", value)
    return scheme.lower(), params


def format_auth(scheme: str, params: Mapping[str, str], *, bare: Collection[str] = ()) -> str:
    """Write Authorization or WWW-Authenticate. Parameters named in ``bare`` are tokens, others are quoted."""
    written = (f"{name}={value if name in bare else quote(value)}" for name, value in params.items())
    return f"{scheme} {', '.join(written)}"


def _split_line(raw: str) -> list[str]:
    members: list[str] = []
    position = 0
    while position <= len(raw):
        found = _LIST_MEMBER.match(raw, position)
        end = found.end() if found else position
        if end < len(raw) and raw[end] != ",":
            raise _malformed("list", raw)
        if member := raw[position:end].strip(" \t"):
            members.append(member)
        position = end + 1
    return members


def write_display_name(name: str) -> str:
    """A name as it stands before an address."""
    return f"{name} " if _PLAIN_NAME.fullmatch(name) and name == name.strip() else f"{quote(name)} "


def _malformed(what: str, value: str) -> SipSyntaxError:
    return SipSyntaxError(f"malformed {what} {value[:_LONGEST_SHOWN]!r}")
