"""The verb that has the switch call somebody: ``call.originate``."""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.target import TARGET_PATTERN, Target, parse_target
from runtime.tenancy import HOUSE, bare, id_kind, tenant_of, tenant_of_id
from runtime.vocabulary import Command
from switch.application import Verb
from switch.commands import PlaceCall
from switch.data_verbs import refuse_bad_data
from switch.dial_plan import AGENT_SCHEME, NUMBER_SCHEME, STATION_SCHEME
from switch.exchange import Exchange
from switch.reach import Reach
from switch.roles import DESK_AND_BUSINESS

_PHONES = (STATION_SCHEME, NUMBER_SCHEME)
_LONGEST_RING_S = 600


class OriginateParams(Params):
    """Whom to call, and what they get."""

    whom: str = Field(
        pattern=rf"^({'|'.join((*_PHONES, AGENT_SCHEME))}):\S.*$",
        max_length=255,
        description="who is called first: agent:<number>, station:<name> or number:<digits>",
    )
    target: str = Field(
        pattern=TARGET_PATTERN,
        max_length=255,
        description="what gets the call when it is answered, such as queue:service or number:<digits>",
    )
    ring_s: float = Field(
        default=60, gt=0, le=_LONGEST_RING_S, description="how long it may go unanswered, in seconds"
    )
    shown_number: str | None = Field(
        default=None,
        max_length=64,
        description="the number that whom is called sees; absent: the phone it is for, or the access code",
    )
    shown_name: str = Field(default="", max_length=100, description="the name beside it")
    caller_number: str = Field(
        default="", max_length=64, description="the customer's number, if it is another than the one called"
    )
    caller_name: str = Field(default="", max_length=100, description="the customer's name")
    access_code: str = Field(
        default="", max_length=64, description="the access code on whose behalf it is; empty for none"
    )
    contact_id: str = Field(
        default="", max_length=64, description="the customer's visit that it belongs to; empty: a new one"
    )

    auto_answer: bool = Field(
        default=False, description="whether the station's phone is asked to answer by itself"
    )
    data: dict[str, Any] = Field(
        default_factory=dict,
        description="call data of the contact from the start, which flows name as data.<name>",
    )
    tenant: str = Field(
        default="", max_length=64, description="the tenant whose call it is; empty: whose objects it names"
    )

    @property
    def shows(self) -> str:
        """The number that whom is called sees."""
        if self.shown_number is not None:
            return self.shown_number
        then = parse_target(self.target)
        return bare(then.name if then.scheme in _PHONES else self.access_code)


class PlacedView(Answer):
    """A call that is being made."""

    call_id: str
    contact_id: str
    whom: str
    target: str


class PlacingVerbs:
    """``call.originate``."""

    def __init__(self, exchange: Exchange, reach: Reach, ids: Ids, submit: Callable[[Command], None]) -> None:
        self._exchange = exchange
        self._reach = reach
        self._ids = ids
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        text = "Call an agent, station or number, and give the call to a target when it is answered."
        return (Verb("call.originate", OriginateParams, self._originate, text, who=DESK_AND_BUSINESS),)

    def _originate(self, params: OriginateParams) -> PlacedView:
        tenant = _tenant_of(params)
        agent, whom = self._who_is_called(params)
        self._refuse_what_is_in_vain(params, whom)
        order = PlaceCall(
            call_id=self._ids.new(id_kind("call", tenant)),
            contact_id=params.contact_id or self._ids.new(id_kind("contact", tenant)),
            whom=str(whom),
            target=params.target,
            ring_s=params.ring_s,
            shown_number=params.shows,
            shown_name=params.shown_name,
            caller_number=params.caller_number,
            caller_name=params.caller_name,
            access_code=params.access_code,
            data=params.data,
            agent=agent,
            auto_answer=params.auto_answer,
        )
        self._submit(order)
        return {
            "call_id": order.call_id,
            "contact_id": order.contact_id,
            "whom": params.whom,
            "target": order.target,
        }

    def _who_is_called(self, params: OriginateParams) -> tuple[str, Target]:
        """The agent, if one is meant in person, and the phone. Raises UsageError."""
        whom = parse_target(params.whom)
        if whom.scheme != AGENT_SCHEME:
            return "", whom
        return whom.name, Target(STATION_SCHEME, self._reach.station_to_call(whom.name))

    def _refuse_what_is_in_vain(self, params: OriginateParams, whom: Target) -> None:
        """Raises UsageError when nobody could be reached, or may not be."""
        refuse_bad_data(params.data)
        reach, then = self._reach, parse_target(params.target)
        if self._exchange.draining:
            raise UsageError("the switch is draining; it makes no new calls", reason="draining")
        if then.scheme != NUMBER_SCHEME and not reach.knows_target(params.target):
            raise UsageError(
                f"nothing takes calls for {params.target}; expected such as flow:<name>, as configured",
                reason="no_such_target",
            )
        reach.refuse_obstacle(params.target)
        if params.access_code and params.access_code not in reach.access_codes:
            raise UsageError(
                f"there is no access code {params.access_code} in [[access_codes]]",
                reason="no_such_access_code",
            )
        self._refuse_parties(whom, then)

    def _refuse_parties(self, whom: Target, then: Target) -> None:
        """A station is not joined with a number that it may not call by itself."""
        reach, station = self._reach, whom.name if whom.scheme == STATION_SCHEME else ""
        if whom.scheme == NUMBER_SCHEME:
            reach.refuse_number(whom.name)
        else:
            reach.refuse_silent(whom.name)
        if then.scheme == NUMBER_SCHEME:
            reach.refuse_number(then.name, station)
        elif then.scheme == STATION_SCHEME:
            if then.name == station:
                raise UsageError(f"station {station} cannot be joined with itself", reason="same_station")
            reach.refuse_silent(then.name)


def _tenant_of(params: OriginateParams) -> str:
    """Whose call it is, by what it names. Raises UsageError when that is several call centres'."""
    named = [name for text in (params.whom, params.target) for name in _objects(text)]
    named += [params.access_code] if params.access_code else []
    tenant = params.tenant or next((tenant_of(name) for name in named), HOUSE)
    for name in named:
        if tenant_of(name) != tenant:
            owner = f"tenant {tenant}" if tenant else "the house"
            raise UsageError(
                f"the call is {owner}'s, and {name} is not; a call stays in one call centre",
                reason="no_such_target",
            )
    if tenant and params.contact_id and tenant_of_id(params.contact_id) != tenant:
        raise UsageError(f"there is no contact {params.contact_id}", reason="no_such_contact")
    return tenant


def _objects(text: str) -> list[str]:
    """What a target names that somebody has; a queue's may name several."""
    scheme, name = parse_target(text)
    return [] if scheme == NUMBER_SCHEME else name.partition("?")[0].split(",")
