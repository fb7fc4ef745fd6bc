"""Consultations: a station puts its customer on hold to talk with somebody else, and then decides.

began ──► talks with the other ◄──toggle──► talks with the customer
  ├── completed, or the station hangs up: the customer goes on with the other, or waits for them
  ├── joined: all three talk
  ├── cancelled, or the other hangs up or cannot be had: the station is back with the customer
  └── the customer hangs up, or the call goes elsewhere: the other is let go of

The station has one phone and so one leg. A line stands for it in a call of its own, whose customer it is: two
endpoints that send to each other, one beside the station's leg, one that is the leg of that call. So whom it
consults may be anybody a station could call (a phone, a queue, an agent), and what becomes of both calls is
what becomes of two calls of a phone with two lines.
"""

from collections.abc import Callable, Sequence

from media.commands import BridgeEndpoints, CloseEndpoint, Codec, OpenEndpoint, UnbridgeEndpoints
from media.events import EndpointOpened
from runtime.driver import Outputs
from runtime.ids import Ids
from runtime.target import Target
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Call, Calls, Consultation, Leg
from switch.causes import Cause
from switch.commands import (
    CancelConsultation,
    CompleteConsultation,
    ConsultCall,
    JoinConsultation,
    PlaceCall,
    ToggleConsultation,
)
from switch.conferring import MOST_PARTIES, Conferring
from switch.consultation_end import ConsultationEnd
from switch.dial_plan import STATION_SCHEME
from switch.events import (
    CallEnded,
    CallTransferred,
    ConsultationBegan,
    ConsultationEnded,
    ConsultationToggled,
)
from switch.holding import Holding
from switch.placed_calls import PlacedCalls
from switch.sip.commands import HangUpLeg
from switch.transfers import Transfers

LoseLeg = Callable[[Leg, Cause], list[Output]]
"""What the exchange does when the peer of a leg is gone."""


class Consulting:
    """The part of the exchange that serves consultations. Shares the exchange's ``Calls``."""

    def __init__(
        self,
        calls: Calls,
        ids: Ids,
        holding: Holding,
        transfers: Transfers,
        placed: PlacedCalls,
        conferring: Conferring,
        codecs: Sequence[Codec],
        lose: LoseLeg,
    ) -> None:
        self._calls = calls
        self._ids = ids
        self._holding = holding
        self._transfers = transfers
        self._placed = placed
        self._conferring = conferring
        self._codecs = tuple(codecs)
        self._lose = lose

    # -- it begins -----------------------------------------------------------------------------------

    def begin(self, command: ConsultCall, now: float) -> list[Output]:
        leg = self._calls.legs.get(command.leg_id)
        call = self._calls.of_leg(leg) if leg is not None else None
        if leg is None or call is None or command.leg_id in self._calls.consulting:
            return []
        if not _may_consult(call, leg):
            return []
        station = call.station_of(leg) or ""
        own = self._placed.enter(_order(command, call, station), now)
        line = Leg(leg_id=self._ids.new("leg"), call_id=call.call_id, offer_id=None)
        consultation = Consultation(
            call.call_id, own.call_id, leg.leg_id, station, command.target, line, own.customer.leg_id
        )
        call.consultation = consultation
        self._calls.consulting |= dict.fromkeys(_watched(consultation), consultation)
        return [
            _began(consultation),
            *self._holding.put_away(leg),
            OpenEndpoint(leg_id=line.leg_id, near=leg.leg_id, within=True),
            OpenEndpoint(leg_id=own.customer.leg_id, near=line.leg_id, within=True),
        ]

    def is_line(self, leg_id: str) -> bool:
        """Whether it is one of the two ends of a line, which have no phone."""
        found = self._calls.consulting.get(leg_id)
        return found is not None and leg_id in (found.line.leg_id, found.line_end_id)

    def opened(self, event: EndpointOpened) -> list[Output]:
        """One end of a line has its port; with the second both agree on what they send each other."""
        consultation = self._calls.consulting[event.leg_id]
        leg, line, far_end = self._legs_of(consultation)
        end = line if event.leg_id == line.leg_id else far_end
        session_id = int(self._ids.token(), 16) >> 1  # o= wants a number below 2**63 (RFC 8866 §5.2)
        negotiation.give_port(
            end, event.host, event.port, session_id, codecs=self._codecs, beside=leg.agreement
        )
        if line.local is None or far_end.local is None:
            return []
        negotiation.take_answer(line, negotiation.answer(far_end, negotiation.offer(line)))
        line.answered = far_end.answered = True
        own = self._calls.of_leg(far_end)
        configured = [negotiation.configuration(line), negotiation.configuration(far_end)]
        return [*configured, _heard(consultation), *self._placed.told(own), *self._placed.taken(own)]

    def failed(self, leg_id: str) -> list[Output]:
        """There is no port for one end of a line."""
        consultation = self._calls.consulting[leg_id]
        return self._let_go(consultation, ConsultationEnd.OTHER_LEFT, Cause.SWITCH_CONGESTION)

    # -- the station decides -------------------------------------------------------------------------

    def toggle(self, command: ToggleConsultation) -> list[Output]:
        consultation = self._of(command.call_id)
        if consultation is None:
            return []
        leg, line, far_end = self._legs_of(consultation)
        consultation.attends = not consultation.attends
        told = ConsultationToggled(
            call_id=command.call_id, by=consultation.by, with_customer=not consultation.attends
        )
        if consultation.attends:
            there = [*self._holding.put_away(leg), *self._holding.take_back(far_end)]
            return [told, *there, _heard(consultation)]
        apart = UnbridgeEndpoints(leg_id=line.leg_id)
        return [told, apart, *self._holding.put_away(far_end), *self._holding.take_back(leg)]

    def cancel(self, command: CancelConsultation) -> list[Output]:
        consultation = self._of(command.call_id)
        return self._let_go(consultation, ConsultationEnd.CANCELLED) if consultation else []

    def complete(self, command: CompleteConsultation) -> list[Output]:
        consultation = self._of(command.call_id)
        return self.pass_on(consultation) if consultation else []

    def join(self, command: JoinConsultation) -> list[Output]:
        consultation = self._of(command.call_id)
        if consultation is None:
            return []
        call, far_end = self._calls.by_id[command.call_id], self._calls.legs[consultation.line_end_id]
        if self._calls.of_leg(far_end).other_end(far_end) is None or len(call.parties) >= MOST_PARTIES:
            return []
        consultation.end = ConsultationEnd.JOINED
        return self._conferring.bring_in(call, far_end, command.party_id, consultation.by)

    def pass_on(self, consultation: Consultation) -> list[Output]:
        """The customer takes the station's place in the other call, and the call they leave ends.

        So too when the station hangs up: nobody it spoke to is lost. A phone that still rings there rings for
        the customer from now on, who comes back when it cannot be had.
        """
        leg, _, far_end = self._legs_of(consultation)
        call, other_call = self._calls.of_leg(leg), self._calls.of_leg(far_end)
        customer = call.other_end(leg)
        if customer is None:
            return self._let_go(consultation, ConsultationEnd.CALL_OVER)
        consultation.end = ConsultationEnd.COMPLETED
        over = self._end(consultation, Cause.NORMAL_CLEARING)
        return [*over, *self._transfers.join(call, customer, other_call, far_end, consultation.by)]

    # -- one of the two calls ends, or loses the station ---------------------------------------------

    def watching(self, outputs: Outputs) -> Outputs:
        """The outputs of the exchange, and what follows from them for consultations, if there are any."""
        done = list(outputs)
        follows = [further for output in done for further in self._follows(output)]
        return [*done, *self.watching(follows)] if follows else done

    def _follows(self, output: Output) -> list[Output]:
        if isinstance(output, HangUpLeg):
            consultation = self._calls.consulting.get(output.leg_id)
            if consultation is not None and output.leg_id == consultation.line_end_id:
                return self._come_back(consultation, output.cause)
        elif isinstance(output, CallEnded | CallTransferred):
            consultation = self._calls.consulting.get(output.call_id)
        else:
            return []
        return self._let_go(consultation, ConsultationEnd.CALL_OVER) if consultation else []

    def _come_back(self, consultation: Consultation, cause: Cause) -> list[Output]:
        """The other call is over: the station talks with the customer again, if both are there."""
        leg = self._calls.legs.get(consultation.leg_id)
        over = self._end(consultation, cause)
        return [*over, *self._holding.take_back(leg)] if leg is not None else over

    def _let_go(
        self, consultation: Consultation, end: ConsultationEnd, cause: Cause = Cause.NORMAL_CLEARING
    ) -> list[Output]:
        """The station leaves the other call; that it is gone there is what ends the consultation."""
        consultation.end = consultation.end or end
        far_end = self._calls.legs.get(consultation.line_end_id)
        return self._lose(far_end, cause) if far_end is not None else self._end(consultation, cause)

    def _end(self, consultation: Consultation, cause: Cause) -> list[Output]:
        for key in _watched(consultation):
            del self._calls.consulting[key]
        call = self._calls.by_id.get(consultation.call_id)
        if call is not None:
            call.consultation = None
        reason = consultation.end or ConsultationEnd.OTHER_LEFT
        ended = ConsultationEnded(
            call_id=consultation.call_id,
            consultation_call_id=consultation.own_call_id,
            by=consultation.by,
            reason=reason,
            cause=cause if reason is ConsultationEnd.OTHER_LEFT else Cause.NORMAL_CLEARING,
        )
        return [CloseEndpoint(leg_id=consultation.line.leg_id), ended]

    def _of(self, call_id: str) -> Consultation | None:
        call = self._calls.by_id.get(call_id)
        return call.consultation if call is not None else None

    def _legs_of(self, consultation: Consultation) -> tuple[Leg, Leg, Leg]:
        """The station's leg, and both ends of its line."""
        legs = self._calls.legs
        return legs[consultation.leg_id], consultation.line, legs[consultation.line_end_id]


def _may_consult(call: Call, leg: Leg) -> bool:
    """Only stations, while they talk, one at a time."""
    is_free = call.consultation is None and call.transfer is None
    return is_free and call.other_end(leg) is not None and call.station_of(leg) is not None


def _order(command: ConsultCall, call: Call, station: str) -> PlaceCall:
    """The other call is of the customer's visit, too: who is consulted sees what was noted."""
    return PlaceCall(
        call_id=command.consultation_call_id,
        contact_id=call.contact_id,
        whom=str(Target(STATION_SCHEME, station)),
        target=command.target,
    )


def _watched(consultation: Consultation) -> tuple[str, ...]:
    """By which ids what happens is known to concern it."""
    line = consultation.line.leg_id
    return (consultation.call_id, consultation.leg_id, line, consultation.line_end_id)


def _began(consultation: Consultation) -> ConsultationBegan:
    return ConsultationBegan(
        call_id=consultation.call_id,
        consultation_call_id=consultation.own_call_id,
        by=consultation.by,
        target=consultation.target,
    )


def _heard(consultation: Consultation) -> BridgeEndpoints:
    """The station hears the other call, and is heard there."""
    return BridgeEndpoints(leg_id=consultation.leg_id, peer_leg_id=consultation.line.leg_id)
