"""The guard: every message is shown to it before it is read, and every request before it is served."""

from zlib import crc32

from runtime.driver import Handler, of_own
from runtime.vocabulary import Event
from switch.sip.errors import SipSyntaxError
from switch.sip.events import LegArrived, LegEnded
from switch.sip.guard.admission import Admission
from switch.sip.guard.banning import Banning
from switch.sip.guard.commands import DelayMeasured, NoteRefusal
from switch.sip.guard.config import GuardConfig
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.networks import source_of
from switch.sip.guard.open_counts import OpenCounts
from switch.sip.guard.rates import (
    CALLS,
    JUNK,
    MESSAGES,
    PASSWORD_FAILURES,
    REFUSED_CALLS,
    REFUSED_MESSAGES,
    REFUSED_REGISTRATIONS,
    REGISTRATIONS,
    Rate,
)
from switch.sip.guard.scanners import Scanners
from switch.sip.guard.sources import Source
from switch.sip.guard.tally import Refused, Tally
from switch.sip.hop import Hop, host_of, read_hop
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Request

_BORNE = {
    RefusalKind.MESSAGE_RATE: REFUSED_MESSAGES,
    RefusalKind.OPEN_TRANSACTIONS: REFUSED_MESSAGES,
    RefusalKind.REGISTRATION_RATE: REFUSED_REGISTRATIONS,
    RefusalKind.CALL_RATE: REFUSED_CALLS,
    RefusalKind.OPEN_CALLS: REFUSED_CALLS,
    RefusalKind.MALFORMED: JUNK,
    RefusalKind.UNKNOWN_STATION: PASSWORD_FAILURES,
    RefusalKind.WRONG_PASSWORD: PASSWORD_FAILURES,
    RefusalKind.WRONG_PLACE: PASSWORD_FAILURES,
    RefusalKind.STRANGER: PASSWORD_FAILURES,
    RefusalKind.PHONE_FILE: PASSWORD_FAILURES,
}
"""Which refusals a source is banned for when it has caused too many."""
_BANNED, _DENIED = RefusalKind.BANNED, RefusalKind.DENIED
_SILENT = frozenset({RefusalKind.SCANNER})
"""Requests that are refused without an answer."""


class Guard:
    """Limits what each source may do, and turns new work away when the switch is late.

    Trusted sources have no limits; what they send is counted and told all the same.
    """

    def __init__(self, config: GuardConfig) -> None:
        self.bans = Banning(config)
        self._sources = self.bans.sources
        self._tally = Tally(config.events_per_s)
        self._scanners = Scanners(config.scanners)
        self._rates = _rates(config)
        self._station_rate = Rate(config.station_failures_per_min / 60, config.station_failures_burst)
        self._station_failures: dict[str, list[float]] = {}
        self._transactions = OpenCounts(config.open_transactions)
        self._calls = OpenCounts(config.open_calls)
        self._legs: dict[str, str] = {}
        """The source of each leg that arrived and is up."""
        self._retry_after_s = config.retry_after_s
        self.counts = self._tally.counts
        """Refusals by kind since the start."""
        self.admission = Admission(config)

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {
            **self.bans.routes(),
            DelayMeasured: lambda item, now: self.admission.measured(item.delay_s, now),
            NoteRefusal: self._note_refusal,
            LegArrived: self._leg_arrived,
            LegEnded: of_own(self._legs, self._leg_ended, "leg_id"),
        }

    # -- before a message is read --------------------------------------------------------------------

    def ignores(self, host: str) -> bool:
        """Whether nothing from an address is heard. For shells, which need not even bring it then."""
        source = self._sources.of(host)
        if source.ban is None and not source.is_denied:
            return False
        self._drop_unread(source)
        return True

    def screen(self, hop: Hop, now: float) -> list[Event] | None:
        """None when the message may be read; else it is dropped, and this is what follows."""
        source = self._sources.of(hop.host)
        if source.ban is not None or source.is_denied:
            self._drop_unread(source)
            return []
        if source.is_trusted or self._rates[MESSAGES].spend(source.spent, MESSAGES, now):
            return None
        return self.refuse(RefusalKind.MESSAGE_RATE, hop, now)

    def _drop_unread(self, source: Source) -> None:
        if source.ban is not None:
            source.ban.dropped += 1
        self._tally.note_unread(_DENIED if source.ban is None else _BANNED, source.key)

    # -- before a request is served ------------------------------------------------------------------

    def admit(self, request: Request, hop: Hop, now: float) -> RefusalKind | None:
        """Why a new request is not served; None when its transaction may open. Then ``release`` follows."""
        counted_as, opens_call = source_of(hop.host), _opens_call(request)
        source = self._sources.of(hop.host)
        kind = None
        if not source.is_trusted:
            kind = self._excess(request, source, counted_as, now, opens_call=opens_call)
        if kind is None:
            kind = self._lack(request, now, opens_call=opens_call)
        if kind is None:
            self._transactions.open(counted_as)
        return kind

    def release(self, hop: Hop) -> None:
        """A transaction that was admitted is over."""
        self._transactions.close(source_of(hop.host))

    def refuse(
        self,
        kind: RefusalKind,
        hop: Hop,
        now: float,
        *,
        detail: str = "",
        station: str | None = None,
        status: int | None = None,
    ) -> list[Event]:
        """Count a refusal and tell of it; a source that has caused too many is banned."""
        outputs: list[Event] = []
        outputs += self._tally.note(Refused(kind, hop.host, hop, detail, station, status), now)
        source = self._sources.of(hop.host)
        if self._is_too_much(kind, source, now):
            outputs += self.bans.ban(source, kind.value, now)
        return outputs

    def turn_away(
        self, request: Request, kind: RefusalKind, hop: Hop, now: float
    ) -> tuple[int | None, list[Event]]:
        """What a request that was not admitted is answered with (None: nothing), and what follows."""
        if kind in _SILENT:
            return None, self.refuse(kind, hop, now, detail=self._scanners.sent(request))
        return 503, self.refuse(kind, hop, now, status=503)

    def retry_after_s(self, request: Request) -> int:
        """When to ask again: spread, but the same for each repetition of a request (RFC 3261 §8.2.7)."""
        call_id = request.headers.get("call-id") or ""
        spread = crc32(call_id.encode("utf-8", "surrogateescape")) % (self._retry_after_s + 1)
        return self._retry_after_s + spread

    # -- passwords -----------------------------------------------------------------------------------

    def is_under_attack(self, station: str, now: float) -> bool:
        """Whether so many wrong passwords came for a station that nobody new may try."""
        spent = self._station_failures.get(station)
        return spent is not None and self._station_rate.is_spent(spent, 0, now)

    def password_failed(self, kind: RefusalKind, station: str, hop: Hop, now: float) -> list[Event]:
        """Somebody who claimed to be a station could not prove it, and was answered 403."""
        if kind is RefusalKind.WRONG_PASSWORD:
            spent = self._station_failures.setdefault(station, [0.0])
            self._station_rate.spend(spent, 0, now)
        return self.refuse(kind, hop, now, station=station, status=403)

    # -- time ----------------------------------------------------------------------------------------

    def next_deadline(self) -> float | None:
        expiry, summary = self.bans.next_deadline(), self._tally.next_deadline()
        if expiry is None or summary is None:
            return summary if expiry is None else expiry
        return min(expiry, summary)

    def wake(self, *, now: float) -> list[Event]:
        """End a ban whose time is over, or tell what was only counted."""
        return self.bans.wake(now=now) or [*self._tally.wake(now=now)]

    # -- what they rest on ---------------------------------------------------------------------------

    def _excess(
        self, request: Request, source: Source, counted_as: str, now: float, *, opens_call: bool
    ) -> RefusalKind | None:
        """What a source has too much of."""
        if self._scanners.sent(request):
            return RefusalKind.SCANNER
        if self._transactions.is_full(counted_as):
            return RefusalKind.OPEN_TRANSACTIONS
        if request.method == "REGISTER":
            within = self._rates[REGISTRATIONS].spend(source.spent, REGISTRATIONS, now)
            return None if within else RefusalKind.REGISTRATION_RATE
        if not opens_call:
            return None
        if self._calls.is_full(counted_as):
            return RefusalKind.OPEN_CALLS
        within = self._rates[CALLS].spend(source.spent, CALLS, now)
        return None if within else RefusalKind.CALL_RATE

    def _lack(self, request: Request, now: float, *, opens_call: bool) -> RefusalKind | None:
        """What the switch has too little of."""
        if opens_call:
            return self.admission.refusal_of_call(len(self._legs), now)
        return self.admission.refusal_of_registration() if request.method == "REGISTER" else None

    def _is_too_much(self, kind: RefusalKind, source: Source, now: float) -> bool:
        if source.is_trusted or source.ban is not None:
            return False
        if kind is RefusalKind.SCANNER:
            return True
        rated = _BORNE.get(kind)
        return rated is not None and not self._rates[rated].spend(source.spent, rated, now)

    def _note_refusal(self, command: NoteRefusal, now: float) -> list[Event]:
        peer = read_hop(command.peer)
        return self.refuse(command.kind, peer, now, detail=command.detail, status=command.status)

    def _leg_arrived(self, event: LegArrived, now: float) -> list[Event]:
        source = self._legs[event.leg_id] = source_of(host_of(event.peer))
        self._calls.open(source)
        return []

    def _leg_ended(self, event: LegEnded, now: float) -> list[Event]:
        self._calls.close(self._legs.pop(event.leg_id))
        return []


def _rates(config: GuardConfig) -> tuple[Rate, ...]:
    """By their places in ``Source.spent``; refusals are borne at the rate of what is allowed."""
    messages = Rate(config.messages_per_s, config.messages_burst)
    registrations = Rate(config.registrations_per_s, config.registrations_burst)
    calls = Rate(config.calls_per_s, config.calls_burst)
    junk = Rate(config.junk_per_s, config.junk_burst)
    failures = Rate(config.password_failures_per_min / 60, config.password_failures_burst)
    return (messages, registrations, calls, junk, failures, messages, registrations, calls)


def _opens_call(request: Request) -> bool:
    """Whether this is an INVITE outside any dialog."""
    if request.method != "INVITE":
        return False
    to = request.headers.get("to") or ""
    if "tag" not in to:  # the usual case, without a look at the parts
        return True
    try:
        return parse_name_addr(to).tag is None
    except SipSyntaxError:
        return True
