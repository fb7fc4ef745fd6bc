"""The verbs by which a station passes its call on, at once or after talking with who shall have it."""

from collections.abc import Callable

from pydantic import Field

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer
from runtime.target import TARGET_PATTERN
from runtime.tenancy import id_kind
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call, CallState
from switch.call_control.live import consultation_of, free_leg, live_call
from switch.call_control.targets import Targets
from switch.commands import (
    CancelConsultation,
    CompleteConsultation,
    ConsultCall,
    JoinConsultation,
    JoinLines,
    ToggleConsultation,
    TransferCall,
)
from switch.conferring import MOST_PARTIES
from switch.exchange import Exchange
from switch.roles import DESK_AND_BUSINESS
from switch.verbs import CallParams, CallView, view_of_call


class ConsultParams(CallParams):
    """Whom a station wants to talk with about its call."""

    target: str = Field(
        pattern=TARGET_PATTERN,
        max_length=255,
        description="agent:<number>, queue:<name>, station:<name>, number:<digits> or flow:<name>",
    )
    station: str = Field(
        default="",
        max_length=255,
        description="the station whose wish it is; empty: the one that serves the customer",
    )


class TransferParams(ConsultParams):
    """Who shall have a call."""

    hold: bool = Field(
        default=False, description="whether the other end hears music while a phone rings, not who transfers"
    )


class ConsultedView(Answer):
    """A consultation that begins."""

    call_id: str
    consultation_call_id: str
    """The call in which the station and whom it consults talk."""
    target: str


class TransferVerbs:
    """``call.transfer``, ``call.consult``, ``call.toggle``, ``call.complete_transfer``,
    ``call.cancel_consultation``, ``call.join``."""

    def __init__(
        self,
        exchange: Exchange,
        targets: Targets,
        ids: Ids,
        clock: Clock,
        submit: Callable[[Command], None],
    ) -> None:
        self._exchange = exchange
        self._targets = targets
        self._ids = ids
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        who = DESK_AND_BUSINESS
        return (
            Verb("call.transfer", TransferParams, self._transfer, "Pass a call on (转接).", who=who),
            Verb(
                "call.consult",
                ConsultParams,
                self._consult,
                "Talk with somebody about a call (咨询).",
                who=who,
            ),
            Verb("call.toggle", CallParams, self._toggle, "Talk with the other of the two (切换).", who=who),
            Verb(
                "call.complete_transfer",
                CallParams,
                self._complete,
                "Leave the customer to who is consulted.",
                who=who,
            ),
            Verb(
                "call.cancel_consultation",
                CallParams,
                self._cancel,
                "Go back to the customer, without who is consulted.",
                who=who,
            ),
            Verb("call.join", CallParams, self._join, "Let all three talk (三方).", who=who),
        )

    def _transfer(self, params: TransferParams) -> CallView:
        call = live_call(self._exchange, params.call_id)
        leg = free_leg(self._exchange, call, params.station)
        self._targets.refuse_what_is_in_vain(call, params.target, call.station_of(leg) or "")
        view = self._view(call)
        self._submit(
            TransferCall(call_id=call.call_id, leg_id=leg.leg_id, target=params.target, hold=params.hold)
        )
        return view

    def _consult(self, params: ConsultParams) -> ConsultedView:
        call = live_call(self._exchange, params.call_id)
        leg = free_leg(self._exchange, call, params.station)
        self._targets.refuse_what_is_in_vain(call, params.target, call.station_of(leg) or "")
        if self._exchange.draining:
            raise UsageError("the switch is draining; it makes no new calls", reason="draining")
        own_id = self._ids.new(id_kind("call", call.tenant))
        self._submit(
            ConsultCall(
                call_id=call.call_id,
                leg_id=leg.leg_id,
                consultation_call_id=own_id,
                target=params.target,
            )
        )
        return {"call_id": call.call_id, "consultation_call_id": own_id, "target": params.target}

    def _toggle(self, params: CallParams) -> CallView:
        call = self._consulting(params)
        self._submit(ToggleConsultation(call_id=call.call_id))
        return self._view(call)

    def _complete(self, params: CallParams) -> CallView:
        call = live_call(self._exchange, params.call_id)
        view = self._view(call)
        self._submit(self._by_second_line(call) or CompleteConsultation(call_id=call.call_id))
        return view

    def _by_second_line(self, call: Call) -> JoinLines | None:
        """Where the phone consults by a line of its own; None where somebody is consulted by verb.

        Raises UsageError (``not_consulting``, ``several_calls``).
        """
        leg = call.stations_leg
        lines = self._exchange.lines_beside(call, leg) if leg is not None and not call.consultation else []
        if leg is None or not lines:
            consultation_of(call)
            return None
        if len(lines) > 1:
            others = ", ".join(line.call_id for line in lines)
            raise UsageError(
                f"station {call.station_of(leg)} has more calls than one beside {call.call_id}: {others}; "
                "its phone can say which one is meant",
                reason="several_calls",
            )
        return JoinLines(call_id=call.call_id, leg_id=leg.leg_id, away_leg_id=lines[0].leg_id)

    def _cancel(self, params: CallParams) -> CallView:
        call = self._consulting(params)
        self._submit(CancelConsultation(call_id=call.call_id))
        return self._view(call)

    def _join(self, params: CallParams) -> CallView:
        call = self._consulting(params)
        consultation = consultation_of(call)
        other_call = self._exchange.call_of_leg(consultation.line_end_id)
        other = self._exchange.find(other_call or "")
        if other is None or other.state is not CallState.CONNECTED:
            raise UsageError(
                f"{consultation.target} has not answered yet; nobody talks there", reason="not_answered"
            )
        if len(call.parties) >= MOST_PARTIES:
            raise UsageError(f"{MOST_PARTIES + 2} are in call {call.call_id}; no more may be", reason="full")
        party_id = self._ids.new(id_kind("party", call.tenant))
        self._submit(JoinConsultation(call_id=call.call_id, party_id=party_id))
        return self._view(call)

    def _consulting(self, params: CallParams) -> Call:
        call = live_call(self._exchange, params.call_id)
        consultation_of(call)
        return call

    def _view(self, call: Call) -> CallView:
        return view_of_call(call, self._clock.now())
