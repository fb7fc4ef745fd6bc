"""The exchange's own verbs on the control socket."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Literal, cast

from pydantic import Field

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Answer, NoParams, Params, TenantParams
from runtime.tenancy import tenant_of
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call, CallState, Leg
from switch.causes import Cause
from switch.commands import HangUpCall, WithdrawOffer
from switch.exchange import Exchange
from switch.roles import EVERYBODY, OFFICE
from switch.sip.registration.registrations import Registration

Registrations = Callable[[float], list[Registration]]
"""Takes ``now``; the contacts that are registered."""


class CallParams(Params):
    """Names one call."""

    call_id: str = Field(description="the call, as call.list names it")


class HangUpParams(CallParams):
    """What of a call ends, and why."""

    cause: Cause = Field(
        default=Cause.MANAGER_REQUEST,
        description="what all who talk, and records, are told; such as NORMAL_CLEARING",
    )
    leg: Literal["both", "customer", "station"] = Field(
        default="both",
        description="whose leg ends; what becomes of the other decides who has the call, such as a queue",
    )


class CallView(Answer):
    """A call that is up."""

    call_id: str
    contact_id: str
    """The customer's whole visit, across transfers."""
    sip_call_id: str
    """The Call-ID of the customer's dialog; empty before a call that the switch made is answered."""
    state: CallState
    caller_number: str
    caller_name: str
    called_number: str
    access_code: str
    trunk: str | None
    area: str
    """Where the caller is, by the landing code (落地码); empty when that is not known."""
    whom: str | None
    """Whom the switch called to make this call; null when it came in."""
    lists: list[str]
    tags: list[str]
    target: str
    """The application that has it: ``<scheme>:<name>``."""
    station: str | None
    recording_id: str | None
    age_s: float


class ContactView(Answer):
    """Where a station can be reached."""

    station: str
    contact: str
    """The contact address."""
    peer: str
    """The address it came from, such as ``udp:192.0.2.1:5060``."""
    expires_s: int
    """How long it holds unless it is refreshed."""
    transport: str
    user_agent: str
    """The phone's own words."""
    q: float
    """Its preference among its station's contacts, from 0 to 1."""
    since_s: int
    """How long ago it was registered first."""


class StatusView(Answer):
    """What the switch is doing; every ``open_…`` is 0 when it is idle."""

    name: str
    version: str
    state: Literal["up", "draining"]
    uptime_s: float
    open_calls: int
    open_legs: int
    open_transactions: int
    open_dialogs: int
    open_trunk_legs: int
    open_endpoints: int
    open_recordings: int
    open_forks: int
    connections: int
    """Of TCP, TLS and WebSocket."""
    registered_contacts: int
    unwritten_registrations: int
    """Contacts that the disk does not have yet."""
    bans: int
    subscriptions: int
    """Phones that watch a station or a mailbox."""
    loop_delay_ms: float
    """How long work waits just now."""
    media_late_ms: float
    """By how much the latest media thread was behind in the last second or two."""
    media_late_max_ms: float
    media_facts_lost: int
    """What the media core told while nobody had time to listen; should stay 0."""
    faults: int
    """Faults of the switch that ended a call; should stay 0."""


class ExchangeVerbs:
    """``call.list``, ``call.hang_up``, ``station.list``, ``switch.status``."""

    def __init__(
        self,
        exchange: Exchange,
        registrations: Registrations,
        counts: Mapping[str, Callable[[], float]],
        clock: Clock,
        submit: Callable[[Command], None],
        *,
        name: str,
        version: str,
    ) -> None:
        """``counts`` are what status tells beside the calls: open legs, endpoints, recordings …"""
        self._exchange = exchange
        self._registrations = registrations
        self._counts = counts
        self._clock = clock
        self._submit = submit
        self._identity = {"name": name, "version": version}
        self._started_at = clock.now()

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.list",
                TenantParams,
                self._list,
                "The calls that are up, oldest first.",
                who=EVERYBODY,
                reads=True,
            ),
            Verb(
                "call.hang_up",
                HangUpParams,
                self._hang_up,
                "End a call with all its legs, or one of them.",
                who=EVERYBODY,
            ),
            Verb(
                "station.list",
                TenantParams,
                self._stations,
                "The stations' registered contacts.",
                who=OFFICE,
                reads=True,
            ),
            Verb(
                "switch.status",
                NoParams,
                self.status,
                "What the switch is doing, in numbers.",
                who=OFFICE,
                reads=True,
            ),
        )

    def status(self, params: NoParams | None = None) -> StatusView:
        """Plain data; every ``open_…`` is 0 when the switch is idle."""
        told = {
            **self._identity,
            "state": "draining" if self._exchange.draining else "up",
            "uptime_s": round(self._clock.now() - self._started_at, 3),
            "open_calls": self._exchange.open_calls,
            **{name: count() for name, count in self._counts.items()},
        }
        return cast(StatusView, told)

    def _list(self, params: TenantParams) -> list[CallView]:
        now = self._clock.now()
        calls = (call for call in self._exchange.calls() if params.means(call.tenant))
        return [view_of_call(call, now) for call in calls]

    def _hang_up(self, params: HangUpParams) -> CallView:
        call = self._exchange.find(params.call_id)
        if call is None:
            raise UsageError(
                f"no call {params.call_id} is up; call.list names those that are", reason="no_such_call"
            )
        view, order = view_of_call(call, self._clock.now()), _hang_up(call, params)
        self._submit(order)
        return view

    def _stations(self, params: TenantParams) -> list[ContactView]:
        contacts = self._registrations(self._clock.now())
        return [contact_view(contact) for contact in contacts if params.means(tenant_of(contact.station))]


def contact_view(contact: Registration) -> ContactView:
    """What is told of a contact."""
    return cast(ContactView, asdict(contact))


def _hang_up(call: Call, params: HangUpParams) -> Command:
    """A call lives as long as its customer's leg. Raises UsageError (``not_connected``)."""
    whole = HangUpCall(call_id=call.call_id, cause=params.cause)
    if params.leg == "both":
        return whole
    leg = call.customers_leg if params.leg == "customer" else _stations_leg(call)
    if leg is None:
        raise UsageError(
            f"no {params.leg} talks in call {call.call_id}; it is {call.state.value}", reason="not_connected"
        )
    if leg is call.customer:
        return whole
    return WithdrawOffer(call_id=call.call_id, offer_id=call.offer_of(leg).offer_id, cause=params.cause)


def _stations_leg(call: Call) -> Leg | None:
    """The end that is not the customer's."""
    return next((leg for leg in call.talking if leg is not call.customers_leg), None)


def whom_of(call: Call) -> str | None:
    """Whom the switch called to make this call; None when it came in."""
    return str(call.placement.whom) if call.placement else None


def view_of_call(call: Call, now: float) -> CallView:
    """What is told of a call that is up."""
    return {
        "call_id": call.call_id,
        "contact_id": call.contact_id,
        "sip_call_id": call.sip_call_id,
        "state": call.state,
        "caller_number": call.caller_number,
        "caller_name": call.caller_name,
        "called_number": call.called_number,
        "access_code": call.access_code,
        "trunk": call.trunk,
        "area": call.area,
        "whom": whom_of(call),
        "lists": list(call.facts.lists),
        "tags": list(call.facts.tags),
        "target": call.target,
        "station": call.station,
        "recording_id": call.recording_id,
        "age_s": round(now - call.arrived_at, 3),
    }
