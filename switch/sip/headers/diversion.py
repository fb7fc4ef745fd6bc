"""Who sent a call on before it came here: Diversion (RFC 5806) and History-Info (RFC 7044)."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote as decode

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import Parameters, find_parameter, is_token, read_parameters, unquote
from switch.sip.messages.header_values import NameAddr, parse_name_addr, split_values
from switch.sip.messages.message import Headers
from switch.sip.messages.text import printable
from switch.sip.messages.uri import SipUri

_CAUSES = {
    "unconditional": 302,
    "user-busy": 486,
    "no-answer": 408,
    "deflection": 480,
    "unavailable": 503,
    "unknown": 404,
}
"""Reasons of RFC 5806 with the ``cause`` of RFC 4458 that means them (RFC 7544 §3)."""
_REASONS = {str(cause): reason for reason, cause in _CAUSES.items()} | {"487": "deflection"}
_MOST = 10
"""A call that was sent on more often is a loop; the oldest diversions are dropped."""
_HIGHEST_COUNTER = 99
_HIDES_NUMBER = frozenset({"full", "uri"})
"""Of the ``privacy`` of a Diversion (RFC 5806); ``name`` hides what is not kept anyway."""
_HIDES_HISTORY = frozenset({"history", "header"})
"""Of a Privacy header, or of one in an entry's address (RFC 7044 §10.1)."""
_RETARGETING = ("rc", "mp", "np")
"""Parameters of an entry by which RFC 7044 is told from RFC 4244, which it replaced."""


class Diversion(NamedTuple):
    """One diversion. ``str()`` gives it as a value of the Diversion header."""

    number: str
    """Who sent the call on."""
    host: str
    reason: str = "unknown"
    """A word of RFC 5806, such as ``no-answer``."""
    counter: int = 1
    """How often the call was sent on from there."""
    private: bool = False
    """Whoever it was does not want the number shown."""

    def __str__(self) -> str:
        params: Parameters = (("reason", self.reason), ("counter", str(self.counter)))
        if self.private:
            params = (*params, ("privacy", "full"))
        return str(NameAddr("", SipUri("sip", self.number, self.host), params))


class _HistoryEntry(NamedTuple):
    """One address a call was meant for on its way."""

    uri: SipUri
    position: str
    """Its ``index``: 1, 1.1, 1.1.1 …"""
    mapped_from: str
    """Index of the entry that was sent on to this one; empty when it does not say."""
    cause: str
    """Empty for an entry that was not diverted to."""
    left_by: str
    """The status that made the call leave this address; empty when it does not say."""
    private: bool
    retargets: bool
    """Whether its parameters tell how it came to be."""


def read_diversions(headers: Headers) -> tuple[Diversion, ...]:
    """Who sent the call on, the last first. What cannot be read counts as absent."""
    try:
        if "diversion" in headers:
            found = [parse_diversion(value) for value in split_values(headers.get_all("diversion"))]
        elif "history-info" in headers:
            found = _from_history(headers.get_all("history-info"))
            if _is_history_private(headers.get_all("privacy")):
                found = [diversion._replace(private=True) for diversion in found]
        else:
            return ()
    except SipSyntaxError:
        return ()
    return tuple(found[:_MOST])


def write_diversions(diversions: Sequence[Diversion], host: str) -> list[str]:
    """Values of a Diversion header that name ``host`` in place of where each happened."""
    return [str(diversion._replace(host=host)) for diversion in diversions]


def write_history(diversions: Sequence[Diversion], target: str, host: str) -> list[str]:
    """Values of a History-Info header for an INVITE to the number ``target``: who was called first, and
    on whose behalf the call was sent on each time (RFC 7044 §5, RFC 7544 §6)."""
    oldest_first = diversions[::-1]
    hidden = [*("Privacy=history" if diversion.private else "" for diversion in oldest_first), ""]
    numbers = [*(diversion.number for diversion in oldest_first), target]
    causes = ["", *(str(_CAUSES.get(diversion.reason, 404)) for diversion in oldest_first)]
    values = []
    index = "1"
    for number, cause, headers in zip(numbers, causes, hidden, strict=True):
        params = (("cause", cause),) if cause else ()
        parameters = (("index", index), *((("mp", index[:-2]),) if cause else ()))
        values.append(
            str(NameAddr("", SipUri("sip", number, host, params=params, headers=headers), parameters))
        )
        index += ".1"
    return values


def parse_diversion(text: str) -> Diversion:
    """Read one value of a Diversion header. Raises SipSyntaxError."""
    address = parse_name_addr(text)
    reason = unquote(address.param("reason") or "").lower()
    counter = (address.param("counter") or "1").strip()
    times = int(counter[:3]) if counter.isascii() and counter.isdecimal() else 1
    return Diversion(
        number=printable(address.uri.user),
        host=address.uri.host,
        reason=reason if is_token(reason) and len(reason) <= 32 else "unknown",
        counter=min(max(times, 1), _HIGHEST_COUNTER),
        private=unquote(address.param("privacy") or "").lower() in _HIDES_NUMBER,
    )


def _from_history(lines: list[str]) -> list[Diversion]:
    """Each entry that was diverted to tells who diverted: the one it was mapped from, else the one before."""
    entries = [_read_entry(value) for value in split_values(lines)]
    if not any(entry.cause or entry.retargets for entry in entries):
        return _from_old_history(entries)
    by_index = {entry.position: entry for entry in entries}
    found = [
        _diverted_by(by_index.get(entry.mapped_from) or before, entry.cause)
        for before, entry in pairwise(entries)
        if entry.cause in _REASONS
    ]
    return found[::-1]


def _from_old_history(entries: list[_HistoryEntry]) -> list[Diversion]:
    """By RFC 4244 each entry but the last tells why the call left it."""
    found = [_diverted_by(entry, entry.left_by) for entry in entries[:-1] if entry.left_by in _REASONS]
    return found[::-1]


def _diverted_by(entry: _HistoryEntry, cause: str) -> Diversion:
    return Diversion(printable(entry.uri.user), entry.uri.host, _REASONS[cause], private=entry.private)


def _read_entry(value: str) -> _HistoryEntry:
    address = parse_name_addr(value)
    headers = _headers_in(address.uri)
    return _HistoryEntry(
        uri=address.uri,
        position=address.param("index") or "",
        mapped_from=address.param("mp") or "",
        cause=find_parameter(address.uri.params, "cause") or "",
        left_by=next(filter(None, map(_sip_cause, headers.get("reason", ()))), ""),
        private=_is_history_private(headers.get("privacy", ())),
        retargets=any(address.param(name) is not None for name in _RETARGETING),
    )


def _headers_in(uri: SipUri) -> dict[str, list[str]]:
    """The headers in an address (RFC 3261 §19.1.1), by lower-case name."""
    found: dict[str, list[str]] = {}
    for field in uri.headers.split("&") if uri.headers else ():
        name, _, value = field.partition("=")
        found.setdefault(name.lower(), []).append(decode(value))
    return found


def _sip_cause(reason: str) -> str:
    """The status of a Reason that names one (RFC 3326); empty for any other."""
    protocol, semicolon, rest = reason.partition(";")
    if protocol.strip().upper() != "SIP":
        return ""
    return find_parameter(read_parameters(semicolon + rest), "cause") or ""


def _is_history_private(lines: Iterable[str]) -> bool:
    words = {word.strip().lower() for line in lines for word in line.split(";")}
    return "none" not in words and not words.isdisjoint(_HIDES_HISTORY)
