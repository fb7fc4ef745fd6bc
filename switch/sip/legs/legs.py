"""The open legs and the dialogs they speak in."""

from collections.abc import Callable, Sized
from enum import StrEnum

from msgspec import Struct, field

from runtime.deadlines import Deadlines
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.authentication.client_authentication import ClientAuthentication
from switch.sip.commands import DialLeg, RingLeg, SendMessage
from switch.sip.dialogs.dialog import Dialog, DialogKey
from switch.sip.dialogs.session_timer import SessionAsk, SessionTerms
from switch.sip.events import LegEnded
from switch.sip.headers.session_id import Session, SessionSide
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch
from switch.sip.legs.failures import Failure
from switch.sip.messages.message import FieldValues
from switch.sip.transactions.client_transaction import ClientTransaction
from switch.sip.transactions.server_transaction import ServerTransaction


class LegState(StrEnum):
    """Where a leg stands.

    An arriving leg goes INVITED → RINGING → ANSWERED → CONFIRMED, a dialled one INVITED → RINGING →
    CONFIRMED; every state leads to ENDED. ENDED means that LegEnded was reported; messages that wind the
    dialog up (an ACK that is waited for, BYE, CANCEL) may still be on their way.
    """

    INVITED = "invited"
    RINGING = "ringing"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    ENDED = "ended"


WAITING = (LegState.INVITED, LegState.RINGING)
"""Until somebody answers."""


class LegTimer(StrEnum):
    """What a leg can be woken for."""

    RINGING = "ringing"
    """Nothing was said to its INVITE so far, or its 18x must be said again."""
    EXPIRY = "expiry"
    """Its INVITE said how long it holds, and that is over."""
    SESSION = "session"
    """Its session must be refreshed, or has expired."""
    REOFFER = "reoffer"
    """Our re-INVITE or UPDATE may be tried again, or has waited too long."""


class UnackedAnswer(Struct, eq=False):
    """A 200 OK of ours that is repeated until its ACK comes (RFC 3261 §13.3.1.4)."""

    leg: "SipLeg"
    cseq: int
    """Number of the INVITE it answers."""
    message: SendMessage
    is_offer: bool
    """Whether it carried our offer, whose answer comes with the ACK."""
    pause_s: float
    gives_up_at: float


class Provisional(Struct, eq=False):
    """The newest 18x that an arriving leg was told."""

    message: SendMessage
    status: int
    rseq: int
    """0 when it was sent unreliably."""
    is_unacked: bool
    """Its PRACK is waited for."""
    has_sdp: bool
    had_sdp: bool
    """Whether it or an earlier one carried our SDP."""
    pause_s: float
    gives_up_at: float


class OurReoffer(Struct, eq=False):
    """A re-INVITE or UPDATE of ours, from its first try to its last answer."""

    leg: "SipLeg"
    dialog: Dialog
    sdp: str | None
    """None in an UPDATE that only refreshes the session."""
    is_refresh: bool
    """Nobody asked for it; nobody is told when it is refused."""
    transaction: ClientTransaction | None = None
    """None while the next try has to wait."""
    tries: int = 0
    is_cancelled: bool = False


class SipLeg(Struct, eq=False):
    """What arriving and dialled legs have in common."""

    leg_id: str
    state: LegState = LegState.INVITED
    unacked: UnackedAnswer | None = None
    reoffer: ServerTransaction | None = None
    """The peer's re-INVITE, UPDATE or PRACK whose offer waits for AnswerReoffer."""
    our_reoffer: OurReoffer | None = None
    waiting_offer: str | None = None
    """Of a ReofferLeg that has to wait for an ACK, or for the answer to a refresh."""
    our_sdp: str | None = None
    """What we described last: our offer, or our answer."""
    terms: SessionTerms | None = None
    """None when the session does not expire."""
    expires_at: float = 0.0
    peer_updates: bool = False
    """Whether the peer serves UPDATE; told only where the session expires."""
    cause: Cause = Cause.NORMAL_CLEARING
    """Why it ended, for a BYE or CANCEL that has to wait."""
    keys_over_at: float = 0.0
    """When all keys told by INFO would be over, each as short as can be."""
    keys_hidden: bool = False
    """Whether they are masked."""


class ArrivingLeg(SipLeg, eq=False, kw_only=True):
    """A leg opened by a peer's INVITE."""

    invite: ServerTransaction
    dialog: Dialog
    offers_late: bool
    """The INVITE brought no offer, so that the first SDP of ours is one."""
    provisional: Provisional | None = None
    early_answered: bool = False
    """Our offer in a reliable 18x has its answer."""
    early_sdp: str | None = None
    """What a reliable 18x carried: the 200 OK carries none then (RFC 3261 §13.2.1)."""
    next_ring: RingLeg | None = None
    next_answer: str | None = None
    """What waits for a PRACK."""


Place = tuple[Hop, dict[str, FieldValues]]
"""Where a phone answered from, and what it said of its place: To, Contact, Record-Route."""


class Fork(Struct, eq=False):
    """One of the phones that answer an INVITE of ours (RFC 3261 §12.1, §13.2.2.4)."""

    dialog: Dialog
    place: Place
    """What made the dialog."""
    sdp: str | None = None
    """What a provisional answer brought, or an UPDATE that was taken."""
    offered: str | None = None
    """What an UPDATE offers that is not answered yet."""
    rseq: int | None = None
    """Number of its last reliable provisional answer (RFC 3262 §4)."""
    has_answer: bool = False
    """Whether ``sdp`` came reliably: then it is the answer to our offer, and no later one counts."""


class Attempt(Struct, eq=False):
    """One branch of a dialled leg at work: its INVITE and the phones that answer it."""

    leg: "DialledLeg"
    branch: Branch
    local_tag: str
    invite: ClientTransaction | None = None
    """The present one: an INVITE that was asked for a password is followed by another."""
    forks: dict[str, Fork] = field(default_factory=dict)
    """The phones that may still answer, by their tags."""
    is_timed: bool = False
    """Whether it is given up at some time."""
    authentication: ClientAuthentication | None = None
    given_up: Cause | None = None
    """Why its outcome does not matter any more; None while the leg may still be answered here."""
    is_cancelled: bool = False
    session: SessionSide | None = None
    """The leg's session, as this branch sees it."""
    ask: SessionAsk | None = None
    """What a 422 made us ask for instead of the usual session timer."""


class AnsweredInvite(Struct, eq=False):
    """What is kept of a branch that was answered, for the phones that answer it, too: a hundred a second are
    kept for half a minute, while such phones are few."""

    leg_id: str
    given_up: Cause | None
    authentication: ClientAuthentication | None
    forks: dict[str, Fork] | None
    """Those that have rung."""


class DialledLeg(SipLeg, eq=False, kw_only=True):
    """A leg opened by our INVITEs."""

    order: DialLeg
    rounds: list[tuple[Branch, ...]]
    """The branches still to be tried: those of one round together, the next when they have failed."""
    attempts: list[Attempt] = field(default_factory=list)
    """The branches at work, until one is answered."""
    heard: Attempt | None = None
    """Whose early media was reported."""
    failure: Failure | None = None
    """The one that tells most, of the branches that failed."""
    redirects: int = 0
    """How many 3xx answers were followed."""
    redirected: frozenset[str] = frozenset()
    """Addresses that 3xx answers have named."""
    dialog: Dialog | None = None
    """Of the phone that answered first."""
    session: Session | None = None
    station: str | None = None
    """The station that is dialled, if it is one."""


_WITH_DIALOG = (ArrivingLeg, DialledLeg)


def dialog_of(leg: SipLeg | None) -> Dialog | None:
    """The dialog a leg speaks in; None before a dialled leg is answered."""
    return leg.dialog if isinstance(leg, _WITH_DIALOG) else None


class Legs:
    """Legs by id until they have ended; dialogs by key until they are wound up."""

    def __init__(self) -> None:
        self._legs: dict[str, SipLeg] = {}
        self.find: Callable[[str], SipLeg | None] = self._legs.get
        """The leg of an id; None when it never was or has ended."""
        self._dialogs: dict[DialogKey, tuple[SipLeg, Dialog]] = {}
        self.find_dialog: Callable[[DialogKey], tuple[SipLeg, Dialog] | None] = self._dialogs.get
        """The dialog of a key and its leg, which may have ended; None when there is no such dialog."""
        self.timers: Deadlines[tuple[SipLeg, LegTimer]] = Deadlines()
        """Of legs that are up; but a re-INVITE of ours is looked after until its end."""

    @property
    def open_legs(self) -> int:
        """Legs whose LegEnded is still to come."""
        return len(self._legs)

    @property
    def dialogs(self) -> Sized:
        """Dialogs in which a peer's request would be known, those of ended legs among them."""
        return self._dialogs

    def add(self, leg: SipLeg) -> None:
        """Keep a leg until ``end``; its id must be new."""
        self._legs[leg.leg_id] = leg

    def open_dialog(self, leg: SipLeg, dialog: Dialog) -> None:
        """Know the peer's requests in this dialog from now on; replaces a dialog of the same key."""
        self._dialogs[dialog.sip_call_id, dialog.local_tag, dialog.remote_tag] = (leg, dialog)

    def close_dialog(self, dialog: Dialog) -> None:
        """Requests in this dialog get 481 from now on; no harm when it is closed already."""
        self._dialogs.pop((dialog.sip_call_id, dialog.local_tag, dialog.remote_tag), None)

    def end(self, leg: SipLeg, cause: Cause, *, status: int | None, by_peer: bool) -> list[Output]:
        """Report the end of a leg; nothing when it was reported before."""
        if leg.state is LegState.ENDED:
            return []
        if leg.state in WAITING:
            self.timers.cancel((leg, LegTimer.RINGING))
            self.timers.cancel((leg, LegTimer.EXPIRY))
        if leg.terms is not None:
            self.timers.cancel((leg, LegTimer.SESSION))
        leg.state = LegState.ENDED
        leg.cause = cause
        del self._legs[leg.leg_id]
        return [LegEnded(leg_id=leg.leg_id, cause=cause, sip_status=status, by_peer=by_peer)]
