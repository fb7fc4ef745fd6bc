"""Who calls, as the networks tell each other: P-Asserted-Identity (RFC 3325), Remote-Party-ID, Privacy
(RFC 3323).

What a peer asserts is only reported; whether it is believed depends on who the peer is.
"""

from collections.abc import Iterable
from typing import NamedTuple

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import bracketed, unquote
from switch.sip.messages.header_values import NameAddr, parse_name_addr, split_values, write_display_name
from switch.sip.messages.message import Headers
from switch.sip.messages.text import printable
from switch.sip.messages.uri import escape_user

_HIDES_IDENTITY = frozenset({"id", "user", "full"})
"""``id`` RFC 3325 §9.3, ``user`` RFC 3323 §4.2, ``full`` Remote-Party-ID."""
_ANONYMOUS = "Anonymous <sip:anonymous@anonymous.invalid>"
"""RFC 3323 §4.1.1.3."""


class AssertedCaller(NamedTuple):
    """A caller as a network asserts them; empty texts when it asserts nobody."""

    number: str = ""
    name: str = ""


NOBODY = AssertedCaller()
"""No network asserts anybody."""


class CallerForm(NamedTuple):
    """How a caller is written into an INVITE of ours."""

    sender: str
    """From, without tag."""
    headers: tuple[tuple[str, str], ...]
    """Further headers: lower-case name and value."""


def read_asserted(headers: Headers) -> AssertedCaller:
    """The caller as the peer asserts them: P-Asserted-Identity before Remote-Party-ID before
    P-Preferred-Identity. What cannot be read counts as absent."""
    for name in ("p-asserted-identity", "remote-party-id", "p-preferred-identity"):
        if name in headers:
            found = _first_person(headers.get_all(name))
            if found.number:
                return found
    return NOBODY


def wants_privacy(headers: Headers) -> bool:
    """Whether the caller asks not to be shown."""
    if "privacy" in headers:
        words = {word.strip().lower() for line in headers.get_all("privacy") for word in line.split(";")}
        return "none" not in words and not words.isdisjoint(_HIDES_IDENTITY)
    if "remote-party-id" not in headers:
        return False
    return any(_is_private(value) for value in _readable(headers.get_all("remote-party-id")))


def write_caller(number: str, name: str, host: str, *, hidden: bool, trusted: bool) -> CallerForm:
    """The caller for an INVITE of ours.

    ``hidden`` keeps number and name out of what the far phone may show; a ``trusted`` peer is told them
    all the same (RFC 3325 §7), with the wish to hide them.
    """
    person = write_person(number, name, host)
    asserted = (("p-asserted-identity", person),) if trusted and number else ()
    if not hidden:
        return CallerForm(person, asserted)
    return CallerForm(_ANONYMOUS, (*asserted, ("privacy", "id")))


def write_person(number: str, name: str, host: str) -> str:
    """Somebody's address as it stands in From and its like: ``"Li Na" <sip:1001@192.0.2.1>``."""
    shown = write_display_name(name) if name else ""
    user = f"{escape_user(number)}@" if number else ""
    return f"{shown}<sip:{user}{bracketed(host)}>"


def _first_person(lines: list[str]) -> AssertedCaller:
    """The number of the first address and the first name: a header may hold a sip and a tel URI."""
    people = [value for value in _readable(lines) if not _is_called_party(value)]
    number = next((person.uri.user for person in people if person.uri.user), "")
    name = next((person.display_name for person in people if person.display_name), "")
    return AssertedCaller(printable(number), printable(name))


def _readable(lines: list[str]) -> Iterable[NameAddr]:
    """The addresses of a header, up to the first that cannot be read."""
    try:
        for value in split_values(lines):
            yield parse_name_addr(value)
    except SipSyntaxError:  # a broken assertion asserts nobody; the call goes on
        return


def _is_called_party(value: NameAddr) -> bool:
    return unquote(value.param("party") or "").lower() == "called"


def _is_private(value: NameAddr) -> bool:
    return unquote(value.param("privacy") or "off").lower() in ("full", "name", "uri", "yes")
