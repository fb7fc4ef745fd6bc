"""The exchange's state: calls, their legs and their offers, as plain data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct

from media.commands import StartPlayback
from runtime.contact_data import Data
from runtime.target import Target, parse_target
from runtime.tenancy import HOUSE, bare
from switch.consultation_end import ConsultationEnd
from switch.contact_data import ContactData
from switch.customers.facts import NOTHING_KNOWN, Facts
from switch.dial_plan import NUMBER_SCHEME
from switch.key_echoes import KeyEchoes
from switch.leg_role import LegRole
from switch.recording_rule import RecordingRule
from switch.sdp.agreement import MediaAgreement
from switch.sdp.offer_answer import LocalMedia
from switch.supervision_mode import SupervisionMode


class CallState(StrEnum):
    """What the caller experiences."""

    ARRIVING = "arriving"
    """Ports are being opened."""
    CALLING = "calling"
    """The switch calls the customer, who has not answered yet."""
    ALERTING = "alerting"
    """An application has the call and has not answered it yet."""
    ANSWERED = "answered"
    """The caller hears prompts, music or silence."""
    CONNECTED = "connected"
    """The caller talks to a station."""


@dataclass(slots=True)
class Mask:
    """Keys of a customer that only its holder may know."""

    mask_id: str = field(repr=False)
    """Opens them; empty for a mask that was taken off and is not over yet."""
    digits: str = field(default="", repr=False)


class Heard(NamedTuple):
    """Where somebody is recorded."""

    recording_id: str
    call_id: str
    """The call that is recorded, which need not be their own."""
    role: LegRole


@dataclass(slots=True)
class Interlude:
    """What a program plays to a leg, before all others; what they play waits for its end."""

    playback_id: str
    call_id: str
    call_state: "CallState"
    """When it began: in another call or state what waits is of no interest any more."""
    waiting: StartPlayback | None = None
    waiting_from_ms: int = 0
    waiting_is_own: bool = False
    """Whether no application asked for what waits, such as music on hold."""


class Leg(Struct):
    """One dialog and one media endpoint."""

    leg_id: str
    call_id: str
    offer_id: str | None
    """The offer this station leg serves; None for the customer's leg."""
    peer_sdp: str | None = None
    """The peer's latest offer, or None while we are the one to offer."""
    our_sdp: str | None = None
    """What we last offered or answered."""
    local: LocalMedia | None = None
    agreement: MediaAgreement | None = None
    answered: bool = False
    """Whether the 200 OK was sent, or received."""
    echoes: KeyEchoes | None = None
    """None until a key is pressed."""
    mask: Mask | None = None
    """While what it says and presses is hidden."""
    heard: Heard | None = None
    """While what it says is recorded."""
    playing: StartPlayback | None = None
    """What it was last ordered to be played by whoever has the call."""
    interlude: Interlude | None = None
    """While a program plays to it."""
    collect_id: str = ""
    """The collection of a program that takes its keys; empty for none."""
    muted: bool = False
    """Whether it is heard by nobody; of a party the offer tells."""
    holds_by_order: bool = False
    """Whether it was ordered to hold whom it talks to: it is in no bridge and no mix of its call then."""

    @property
    def holds_by_phone(self) -> bool:
        """Whether the peer holds us: it wants to hear nothing."""
        return self.answered and self.agreement is not None and not self.agreement.sending

    @property
    def holding(self) -> bool:
        """Whether whom it talks to is on hold; each of the two ways ends by itself."""
        return self.holds_by_phone or self.holds_by_order


class Offer(Struct):
    """A phone that rings, or talks, for a call."""

    offer_id: str
    station: str
    """Name of the station, or the outside number."""
    leg: Leg
    outside: bool = False
    """Whether ``station`` is an outside number."""
    trunk: str | None = None
    """The trunk that carries it, once it has answered; None for a station."""
    accepted: bool = False
    early_media: bool = False
    """Whether it can be heard before it answers."""
    announced: bool = True
    """Whether applications know of it; not while it only serves a transfer that is not decided."""
    replaces: str | None = None
    """The leg whose place it takes as soon as it has its ports."""
    is_party: bool = False
    """Whether it is a further party, who talks with customer and station once it is there."""
    muted: bool = False
    """Whether a party is heard by nobody."""
    auto_answer: bool = False
    """Whether the phone is asked to answer by itself."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer while the phone rings that the call shall go to."""

    transfer_id: str | None
    """As the phone knows it that asked; None when it was ordered."""
    leg_id: str
    """Of the one who transfers."""
    by: str
    """Their station."""
    target: str
    offer_id: str
    holds: bool = False
    """Whether who transfers holds only for that long."""


@dataclass(slots=True)
class Consultation:
    """A station talks with somebody else about a call, and comes back to it, or passes it on.

    The two ends of a line stand for the station: ``line`` is beside it, ``line_end_id`` in the other call.
    """

    call_id: str
    """The call that it is about."""
    own_call_id: str
    """The other call, as it began."""
    leg_id: str
    """Of the station."""
    by: str
    """The station."""
    target: str
    line: Leg
    line_end_id: str
    attends: bool = True
    """Whether the station talks there, and holds here."""
    end: ConsultationEnd | None = None
    """How it ends, as soon as that is decided."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Whom the switch called to be the customer of a call, and how."""

    whom: Target
    """A station, or an outside number."""
    shown_name: str
    """Beside the call's ``called_number``, on the phone that rings."""
    ring_s: float | None
    """How long it may go unanswered; None: as the SIP stack is configured."""
    record: RecordingRule | None
    """From when on it is recorded, whatever is said elsewhere; None for as is said there."""
    agent: str = ""
    """Whose call it is, if it is an agent's."""
    auto_answer: bool = False
    """Whether the phone is asked to answer by itself."""

    @property
    def outside(self) -> bool:
        return self.whom.scheme == NUMBER_SCHEME


@dataclass(slots=True)
class Supervisor:
    """Somebody in a call of their own who listens to those who talk in another."""

    mode: SupervisionMode
    beside: str
    """The leg of the agent, who alone hears a whisper."""


class Call(Struct):
    """A customer's call and everything that hangs on it."""

    call_id: str
    contact_id: str
    sip_call_id: str
    caller_number: str
    caller_name: str
    called_number: str
    access_code: str
    target: str
    peer: str
    trunk: str | None
    """The trunk by which its customer came or was called; None when by none."""
    area: str
    """Where the caller is, by the landing code (落地码); empty when that is not known."""
    recording_rule: RecordingRule
    arrived_at: float
    """Monotonic seconds."""
    customer: Leg
    tenant: str = HOUSE
    """Whose call it is, as its id tells too."""
    facts: Facts = NOTHING_KNOWN
    """What number lists say of the caller."""
    privacy: bool = False
    """Whether the caller asks that number and name be hidden from those who are called."""
    business_type: str = ""
    """What calls to the access code are about, for desktops."""
    diversions: tuple[str, ...] = ()
    """Who sent the call on before it came here, the last first (RFC 5806)."""
    session_id: str = ""
    """For tracing (RFC 7989); all legs of the call share it."""
    caller_station: str | None = None
    """The station that calls; None for a customer from outside."""
    placement: Placement | None = None
    """None when it came in."""
    state: CallState = CallState.ARRIVING
    recording_id: str | None = None
    recording_paused: bool = False
    """Whether it holds neither of both now."""
    recording_failed: bool = False
    """Whether no rule begins one any more, as the last failed."""
    offers: dict[str, Offer] = {}
    connected_offer: str | None = None
    program_playbacks: dict[str, int] = {}
    """What programs play, with how many legs have not heard its end."""
    hand_offs: int = 0
    ways_back: list[str] = []
    """Targets of those who lent it to the next, the last to get it back first."""
    language: str = ""
    """In which the customer was served last; empty when nobody has told."""
    transfer: Transfer | None = None
    """The transfer under way."""
    mixed: bool = False
    """Whether those who talk are in a mix, which has the call's id, and not just bridged."""
    consultation: Consultation | None = None
    supervisors: dict[str, Supervisor] = {}
    """Who listens to those who talk, by their own calls."""
    supervises: str | None = None
    """The call that the customer of this one listens to."""

    def offer_of(self, leg: Leg) -> Offer:
        """The offer a station's leg serves."""
        assert leg.offer_id is not None, f"{leg.leg_id} is a customer's leg"
        return self.offers[leg.offer_id]

    @property
    def connected_leg(self) -> Leg | None:
        """The leg the customer talks to."""
        return self.offers[self.connected_offer].leg if self.connected_offer else None

    @property
    def talking(self) -> tuple[Leg, ...]:
        """Customer and station while they talk; nobody else, and nobody while they do not."""
        if self.connected_offer is None:
            return ()
        return self.customer, self.offers[self.connected_offer].leg

    @property
    def present(self) -> list[Leg]:
        """Those of the two who talk who do not hold by order."""
        return [leg for leg in self.talking if not leg.holds_by_order]

    @property
    def stations_leg(self) -> Leg | None:
        """Of the station that serves the customer; None while none does, or a number talks instead."""
        if self.connected_leg is None:
            return None
        leg = self.customer if self.calls_out else self.connected_leg
        return leg if self.station_of(leg) is not None else None

    @property
    def calls_out(self) -> bool:
        """Whether a station calls an outside number, who is the customer then."""
        if self.caller_station is None:
            return False
        if self.connected_offer is not None:
            return self.offers[self.connected_offer].outside
        return parse_target(self.target).scheme == NUMBER_SCHEME

    @property
    def customers_leg(self) -> Leg | None:
        """Of the one whose contact it is; None until a number that a station calls has answered."""
        return self.connected_leg if self.calls_out else self.customer

    def other_end(self, leg: Leg) -> Leg | None:
        """Whom ``leg`` talks to in this call; None when it talks to nobody."""
        connected = self.connected_leg
        if leg is self.customer:
            return connected
        return self.customer if leg is connected else None

    def station_of(self, leg: Leg) -> str | None:
        """The station a leg goes to; None for one that goes outside."""
        if leg is self.customer:
            return self.caller_station
        offer = self.offer_of(leg)
        return None if offer.outside else offer.station

    def end_of(self, leg: Leg) -> tuple[str, str]:
        """Number and name of whoever is at the other end of a leg."""
        if leg is self.customer:
            return self.caller_number, self.caller_name
        return bare(self.offer_of(leg).station), ""

    @property
    def parties(self) -> list[Offer]:
        """Who talks, or shall, beside customer and station; the first to come first."""
        return [offer for offer in self.offers.values() if offer.is_party]

    @property
    def parties_first(self) -> list[Offer]:
        """All offers: those that are parties before the others, as they go when it ends."""
        return sorted(self.offers.values(), key=attrgetter("is_party"), reverse=True)

    @property
    def station(self) -> str | None:
        """The station the customer talks to."""
        return self.offers[self.connected_offer].station if self.connected_offer else None


@dataclass(slots=True)
class Calls:
    """All calls that are up, found by call or by leg."""

    by_id: dict[str, Call] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    consulting: dict[str, Consultation] = field(default_factory=dict)
    """Consultations by the call that they are about, the station's leg, and both ends of its line."""
    own_playbacks: set[str] = field(default_factory=set)
    """Playbacks that no application asked for."""
    of_tenants: Counter[str] = field(default_factory=Counter)
    """How many are up, by tenant."""
    collecting: dict[str, str] = field(default_factory=dict)
    """Collection → leg, while programs take keys."""
    data: ContactData = field(default_factory=ContactData)
    """What is noted of their contacts, and of those before. Changed by ``note``."""
    of_contacts: dict[str, dict[str, Call]] = field(default_factory=dict)
    """By contact, then by call."""

    def add(self, call: Call) -> None:
        self.by_id[call.call_id] = call
        self._count_in(call)
        self.of_tenants[call.tenant] += 1
        self.legs[call.customer.leg_id] = call.customer

    def add_offer(self, call: Call, offer: Offer) -> None:
        call.offers[offer.offer_id] = offer
        self.legs[offer.leg.leg_id] = offer.leg

    def remove_offer(self, call: Call, offer: Offer) -> None:
        del call.offers[offer.offer_id]
        del self.legs[offer.leg.leg_id]

    def remove(self, call: Call) -> None:
        """Forget a call whose offers are gone already."""
        del self.by_id[call.call_id]
        self._count_out(call)
        self.of_tenants[call.tenant] -= 1
        del self.legs[call.customer.leg_id]

    def of_contact(self, contact_id: str) -> list[Call]:
        """The calls of one visit, which a consultation may share."""
        return [*self.of_contacts.get(contact_id, {}).values()]

    def give_contact(self, call: Call, contact_id: str) -> None:
        """A call is of another visit from now on."""
        self._count_out(call)
        call.contact_id = contact_id
        self._count_in(call)

    def note(self, contact_id: str, values: Data, removed: Iterable[str] = ()) -> bool:
        """Change what is noted of a contact, and make room for it; else as ``ContactData.change``."""
        if not self.data.change(contact_id, values, removed):
            return False
        self.data.make_room(self.of_contacts)
        return True

    def _count_in(self, call: Call) -> None:
        self.of_contacts.setdefault(call.contact_id, {})[call.call_id] = call

    def _count_out(self, call: Call) -> None:
        calls = self.of_contacts[call.contact_id]
        del calls[call.call_id]
        if not calls:
            del self.of_contacts[call.contact_id]

    def find_offer(self, call_id: str, offer_id: str) -> tuple[Call, Offer] | None:
        """The call and its offer, when both are there."""
        call = self.by_id.get(call_id)
        offer = call.offers.get(offer_id) if call is not None else None
        return None if call is None or offer is None else (call, offer)

    def of_leg(self, leg: Leg) -> Call:
        return self.by_id[leg.call_id]
