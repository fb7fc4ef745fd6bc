"""The verbs that make a conference of a call, and lead it."""

from collections.abc import Callable

from pydantic import Field

from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer
from runtime.target import Target, parse_target
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call, Offer
from switch.commands import AddParty, DropParty, JoinCalls, MuteParty
from switch.conferring import MOST_PARTIES, common_station
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME
from switch.exchange import Exchange
from switch.reach import Reach
from switch.roles import DESK_AND_BUSINESS
from switch.verbs import CallParams

_PHONES = (STATION_SCHEME, NUMBER_SCHEME)


class AddPartyParams(CallParams):
    """Who shall talk with the two who talk in a call."""

    whom: str = Field(
        pattern=rf"^({'|'.join(_PHONES)}):\S.*$",
        max_length=255,
        description="station:<name> or number:<digits>",
    )
    by: str = Field(default="", max_length=100, description="who wants it, as events tell it")


class JoinCallsParams(CallParams):
    """Which calls of a station become one."""

    from_call_id: str = Field(max_length=64, description="the other call; who is in it joins the first")
    by: str = Field(default="", max_length=100, description="who wants it, as events tell it")


class PartyParams(CallParams):
    """Names a party."""

    party_id: str = Field(max_length=64, description="the party, as call.parties names it")


class MutePartyParams(PartyParams):
    """And whose wish it is."""

    by: str = Field(default="", max_length=100, description="who wants it, as events tell it")


class PartyView(Answer):
    """Who was added to a call."""

    party_id: str
    call_id: str
    whom: str
    """``station:<name>`` or ``number:<digits>``."""
    talks: bool
    muted: bool


class ConferenceVerbs:
    """``call.add_party``, ``call.join_calls``, ``call.drop_party``, ``call.mute_party``,
    ``call.unmute_party``, ``call.parties``."""

    def __init__(self, exchange: Exchange, reach: Reach, ids: Ids, submit: Callable[[Command], None]) -> None:
        self._exchange = exchange
        self._reach = reach
        self._ids = ids
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.add_party",
                AddPartyParams,
                self._add,
                "Ring one more, to talk with both who talk.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.join_calls",
                JoinCallsParams,
                self._join,
                "Make three of a call and a consultation.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.drop_party",
                PartyParams,
                self._drop,
                "Let go of one who was added.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.mute_party",
                MutePartyParams,
                self._mute,
                "Let one who was added be heard by nobody.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.unmute_party",
                MutePartyParams,
                self._unmute,
                "Let them be heard by all again.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.parties",
                CallParams,
                self._parties,
                "Who was added to a call.",
                who=DESK_AND_BUSINESS,
                reads=True,
            ),
        )

    def _add(self, params: AddPartyParams) -> PartyView:
        call = self._talking(params.call_id)
        self._refuse_what_is_in_vain(call, params.whom)
        party_id = self._ids.new(id_kind("party", call.tenant))
        self._submit(AddParty(call_id=call.call_id, party_id=party_id, whom=params.whom, by=params.by))
        return self._answer(call, party_id)

    def _join(self, params: JoinCallsParams) -> PartyView:
        call, other = self._talking(params.call_id), self._talking(params.from_call_id)
        self._refuse_crowds(call)
        if common_station(call, other) is None:
            raise UsageError(
                f"no station talks in both {call.call_id} and {other.call_id}", reason="no_common_station"
            )
        party_id = self._ids.new(id_kind("party", call.tenant))
        self._submit(
            JoinCalls(call_id=call.call_id, from_call_id=other.call_id, party_id=party_id, by=params.by)
        )
        return self._answer(call, party_id)

    def _drop(self, params: PartyParams) -> PartyView:
        party = self._party(params)
        self._submit(DropParty(call_id=params.call_id, party_id=params.party_id))
        return party_view(party)

    def _mute(self, params: MutePartyParams) -> PartyView:
        return self._hear(params, muted=True)

    def _unmute(self, params: MutePartyParams) -> PartyView:
        return self._hear(params, muted=False)

    def _hear(self, params: MutePartyParams, *, muted: bool) -> PartyView:
        party = self._party(params)
        order = MuteParty(call_id=params.call_id, party_id=params.party_id, muted=muted, by=params.by)
        self._submit(order)
        return party_view(party)

    def _parties(self, params: CallParams) -> list[PartyView]:
        return [party_view(party) for party in self._call(params.call_id).parties]

    def _answer(self, call: Call, party_id: str) -> PartyView:
        party = call.offers.get(party_id)
        if party is None:
            raise UsageError(
                f"call {call.call_id} could not take one more in; the events tell why", reason="failed"
            )
        return party_view(party)

    def _refuse_what_is_in_vain(self, call: Call, whom: str) -> None:
        """Raises UsageError when nobody could be reached."""
        self._refuse_crowds(call)
        scheme, name = parse_target(whom)
        if scheme == STATION_SCHEME and tenant_of(name) != call.tenant:
            raise UsageError(
                f"station {name} is of another call centre than call {call.call_id}", reason="no_such_target"
            )
        if scheme == STATION_SCHEME:
            self._reach.refuse_silent(name)
        if scheme == NUMBER_SCHEME:
            self._reach.refuse_number(name)
        if self._exchange.draining:
            raise UsageError("the switch is draining; it makes no new calls", reason="draining")

    def _refuse_crowds(self, call: Call) -> None:
        if len(call.parties) >= MOST_PARTIES:
            raise UsageError(f"{MOST_PARTIES + 2} are in call {call.call_id}; no more may be", reason="full")

    def _talking(self, call_id: str) -> Call:
        call = self._call(call_id)
        if not call.talking:
            raise UsageError(
                f"call {call_id} is {call.state.value}: nobody talks in it yet", reason="not_connected"
            )
        return call

    def _party(self, params: PartyParams) -> Offer:
        party = self._call(params.call_id).offers.get(params.party_id)
        if party is None or not party.is_party:
            raise UsageError(
                f"call {params.call_id} has no party {params.party_id}; call.parties names those it has",
                reason="no_such_party",
            )
        return party

    def _call(self, call_id: str) -> Call:
        call = self._exchange.find(call_id)
        if call is None:
            raise UsageError(
                f"no call {call_id} is up; call.list names those that are", reason="no_such_call"
            )
        return call


def party_view(party: Offer) -> PartyView:
    """What is told of a party."""
    whom = Target(NUMBER_SCHEME if party.outside else STATION_SCHEME, party.station)
    return {
        "party_id": party.offer_id,
        "call_id": party.leg.call_id,
        "whom": str(whom),
        "talks": party.accepted,
        "muted": party.muted,
    }
