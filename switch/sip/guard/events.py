"""What the guard reports."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class RefusalKind(StrEnum):
    """What was refused, and why."""

    MALFORMED = "malformed"
    """It is not usable SIP. Answered where it can be; too many ban the source."""
    SCANNER = "scanner"
    """A tool that looks for switches to break into. Dropped, and the source banned."""
    UNKNOWN_STATION = "unknown_station"
    """Somebody claims to be a station that there is not. Counts as a wrong password."""
    WRONG_PASSWORD = "wrong_password"
    """The proof does not fit the station's password. Too many ban the source."""
    WRONG_PLACE = "wrong_place"
    """The right password, from an address outside the station's ``networks``. Too many ban the source."""
    STATION_UNDER_ATTACK = "station_under_attack"
    """Right, but after too many wrong ones the station registers only from where it is registered."""
    STRANGER = "stranger"
    """A call from an address of no trunk and no station, where ``sip.guests`` is false. Too many ban the
    source."""
    PHONE_FILE = "phone_file"
    """Somebody asks over HTTP for a phone's file, by a token or a hardware address of no phone. Too many ban
    the source."""
    MESSAGE_RATE = "message_rate"
    """Too many messages of one source. Dropped; many more ban the source."""
    REGISTRATION_RATE = "registration_rate"
    """Too many REGISTERs of one source. Answered 503; many more ban the source."""
    CALL_RATE = "call_rate"
    """Too many new calls of one source. Answered 503; many more ban the source."""
    OPEN_CALLS = "open_calls"
    """One source has too many calls up. Answered 503."""
    OPEN_TRANSACTIONS = "open_transactions"
    """One source has too many open transactions. Answered 503."""
    OPEN_CONNECTIONS = "open_connections"
    """One source, or all together, have too many connections. Not accepted."""
    STALLED_CONNECTION = "stalled_connection"
    """A handshake or a message is not whole in time, or the peer does not read. Closed."""
    OVERLOAD = "overload"
    """The switch is late, has too many open transactions, or gets too many calls a second. Answered 503."""
    MAX_CALLS = "max_calls"
    """As many calls are up as may be. Answered 503."""
    DENIED = "denied"
    """The source is in a network that is denied. Dropped unread."""
    BANNED = "banned"
    """The source is banned. Dropped unread."""

    __hash__ = str.__hash__  # in C, since every datagram of a flood is counted


@plain_data
class SourceRefused(Event):
    """Something a source sent was refused: answered with ``status``, or dropped.

    When there are many of a kind in a second, the rest of them is told together when it is over.
    """

    topic: ClassVar[str] = "security.source_refused"
    kind: RefusalKind
    """What was refused."""
    source: str
    """Address it came from; of several the last."""
    peer: str
    """The same with transport and port, such as ``udp:192.0.2.1:5060``; empty when it was dropped unread."""
    detail: str
    """What was wrong with it, where the kind does not say it all; of several the last."""
    station: str | None
    """The station somebody claimed to be."""
    status: int | None
    count: int
    """How many of this kind this event tells, of all sources together."""


@plain_data
class SourceBanned(Event):
    """Nothing a source sends is heard from now on."""

    topic: ClassVar[str] = "security.source_banned"
    source: str
    """An IPv4 address, or an IPv6 network of 64 bits."""
    reason: str
    """The kind of its last refusal, or what the operator wrote."""
    duration_s: float | None
    """How long; null until it is lifted."""
    times: int
    """Which ban of this source it is, of those that are remembered."""


@plain_data
class BanLifted(Event):
    """A source is heard again."""

    topic: ClassVar[str] = "security.ban_lifted"
    source: str
    """An IPv4 address, or an IPv6 network of 64 bits."""
    reason: str
    """``expired``, ``lifted`` by an operator, or ``crowded out`` by newer bans."""
    dropped: int
    """Messages that were not heard."""


@plain_data
class SwitchOverloaded(Event):
    """The switch is late: new calls and registrations are answered 503 until ``switch.recovered``."""

    topic: ClassVar[str] = "switch.overloaded"
    delay_ms: int
    """How late it is."""


@plain_data
class SwitchRecovered(Event):
    """The switch is in time again: new calls and registrations are taken."""

    topic: ClassVar[str] = "switch.recovered"
    delay_ms: int
    """How late it still is."""
    lasted_s: float
    """How long new calls were refused."""
