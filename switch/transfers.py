"""Transfers: blind ones, asked for by a phone's REFER or by order, and attended ones.

    blind, to a queue or a flow: the call is handed off at once
    blind, to a phone: it rings while the two still talk
        ├── it answers: the call is handed off with it, and who transferred is released
        ├── who transferred hangs up first: the call is handed off while it rings
        └── it cannot be had: all stays as it was
    attended: who is transferred takes the place of who transfers in the other call
        ├── an outside customer stays: a station that called who transfers takes their place there
        └── a phone still rings there: it rings for who is transferred, who comes back when it cannot be had

Who owns a call hears of it as of any other hand-off; the application for phones goes on with the offer that
comes along.
"""

from dataclasses import replace

from runtime.ids import Ids
from runtime.target import Target, parse_target
from runtime.vocabulary import Output
from switch.call import Call, Calls, Leg, Offer, Transfer
from switch.call_headers import CallHeaders
from switch.causes import Cause
from switch.commands import JoinLines, TransferCall
from switch.data_keeping import data_told
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME, DialPlan, serves_callers_only
from switch.endings import drop_offer
from switch.events import CallTransferFailed, OfferAccepted, OfferRinging, TransferKind
from switch.families import Families
from switch.holding import Holding
from switch.lending import take_ways_back_along
from switch.seats import carry_contact, dissolve, ring_phone, seat, vacate
from switch.sip.commands import AnswerTransfer, ReportTransfer
from switch.sip.events import LegTransferRequested
from switch.telling import handed_off, transferred
from switch.transfer_refusals import RefuseTarget, refused, why_in_vain, why_not_joined, why_not_now

_PHONES = (STATION_SCHEME, NUMBER_SCHEME)


class Transfers:
    """The part of the exchange that passes calls on. Shares the exchange's ``Calls``."""

    def __init__(
        self,
        calls: Calls,
        ids: Ids,
        plan: DialPlan,
        holding: Holding,
        families: Families,
        headers: CallHeaders,
        refuse_target: RefuseTarget,
    ) -> None:
        self._calls = calls
        self._ids = ids
        self._plan = plan
        self._holding = holding
        self._families = families
        self._headers = headers
        self._refuse_target = refuse_target

    def requested(self, event: LegTransferRequested) -> list[Output]:
        """A phone wants to pass on whom it talks to. Only stations may, and only while they talk."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return [_answer(event, 481)]
        call = self._calls.of_leg(leg)
        by = call.station_of(leg)
        if by is None:
            return [_answer(event, 403)]
        reason = why_not_now(self._calls, call, leg)
        if reason:
            return refused(event, call, by, reason)
        if event.replaces_leg_id is not None:
            return self._attended(event, call, leg, by)
        return self._blind(event, call, leg, by)

    def rang(self, call: Call) -> list[Output]:
        """The phone a call shall be transferred to rings."""
        return _report(_pending(call), 180)

    def accepted(self, call: Call) -> list[Output]:
        """The phone a call is transferred to has answered."""
        transfer = _pending(call)
        accepted = OfferAccepted(call_id=call.call_id, offer_id=transfer.offer_id)
        passed_on = self._pass_on(call, transfer, Cause.NORMAL_CLEARING)
        return [*_report(transfer, 200), *passed_on, accepted]

    def picked_up(self, call: Call, offer: Offer) -> list[Output]:
        """Another phone answers in place of the one that rings for the transfer."""
        transfer = _pending(call)
        rung = call.offers[transfer.offer_id]
        target = str(Target(STATION_SCHEME, offer.station))
        call.transfer = replace(transfer, offer_id=offer.offer_id, target=target)
        dropped = drop_offer(self._calls, call, rung, Cause.LOSE_RACE, by_station=False)
        return [*dropped, *self.accepted(call)]

    def failed(self, call: Call, cause: Cause) -> list[Output]:
        """The phone cannot be had: who transfers still has the call, and ends the hold that was for it."""
        transfer = _pending(call)
        call.transfer = None
        offer, leg = call.offers[transfer.offer_id], self._calls.legs.get(transfer.leg_id)
        dropped = drop_offer(self._calls, call, offer, cause, by_station=False)
        back = self._holding.take_back(leg) if transfer.holds and leg is not None else []
        return [*_report(transfer, cause.status), *dropped, *back, _failed(call, transfer, cause)]

    def abandoned(self, call: Call, cause: Cause, *, by_peer: bool) -> list[Output]:
        """Who transfers leaves while the phone rings; when that cannot be had, the call comes back."""
        transfer = _pending(call)
        offer = call.offers[transfer.offer_id]
        way_out = str(Target(STATION_SCHEME, transfer.by))
        passed_on = self._pass_on(call, transfer, cause, by_peer=by_peer, way_out=way_out)
        ringing = OfferRinging(call_id=call.call_id, offer_id=offer.offer_id, early_media=offer.early_media)
        return [*passed_on, ringing]

    def intercept(self, call: Call, agent: Leg, own: Call) -> list[Output]:
        """The customer of ``own``, a supervisor, takes the place of ``agent``, who is let go of."""
        leg, station = own.customer, own.caller_station or own.caller_number
        kind = TransferKind.INTERCEPTED
        outputs = self.failed(call, Cause.NORMAL_CLEARING) if call.transfer else []
        outputs += dissolve(self._calls, own, keep=leg, into=call)
        by = call.station_of(agent) or ""
        if agent is call.customer:
            call.caller_number, call.caller_name, call.caller_station = station, "", station
            return [*outputs, *self._take_customers_place(call, leg, own.call_id, by, kind)]
        target = Target(STATION_SCHEME, station)
        return [*outputs, *self._take_stations_place(call, leg, agent, target, own.call_id, by, kind)]

    def _blind(self, event: LegTransferRequested, call: Call, leg: Leg, by: str) -> list[Output]:
        target = self._plan.target_of(event.target_number, by)
        if target is None or serves_callers_only(target):  # which would hang up on whoever is sent there
            barred = self._plan.bars(event.target_number)
            return refused(event, call, by, "barred" if barred else "no_such_target")
        reason = why_in_vain(self._refuse_target, call, target, by)
        if reason:
            return refused(event, call, by, reason)
        transfer = Transfer(event.transfer_id, leg.leg_id, by, target, self._ids.new("offer"))
        return [_answer(event, 202), *self._note(call, leg, by), *self._begin(call, transfer)]

    def _note(self, call: Call, leg: Leg, by: str) -> list[Output]:
        """The call data that a phone gives whom it transfers, in the address of its REFER."""
        told = self._headers.told_by_station(leg.leg_id, by)
        before = self._calls.data.of(call.contact_id)
        self._calls.note(call.contact_id, told)
        return data_told(self._calls, call, before)

    def order(self, command: TransferCall) -> list[Output]:
        """Somebody orders what a phone may ask for. Ignored unless the leg talks and nothing is under way."""
        leg = self._calls.legs.get(command.leg_id)
        call = self._calls.of_leg(leg) if leg is not None else None
        if leg is None or call is None or command.leg_id in self._calls.consulting:
            return []
        if call.transfer is not None or call.other_end(leg) is None:
            return []
        holds = command.hold and not leg.holds_by_order and parse_target(command.target).scheme in _PHONES
        by, offer_id = call.station_of(leg) or "", self._ids.new("offer")
        begun = self._begin(call, Transfer(None, leg.leg_id, by, command.target, offer_id, holds))
        return [*begun, *self._holding.put_away(leg)] if holds else begun

    def _begin(self, call: Call, transfer: Transfer) -> list[Output]:
        scheme, name = parse_target(transfer.target)
        if scheme not in _PHONES:
            return [*_report(transfer, 200), *self._pass_on(call, transfer, Cause.NORMAL_CLEARING)]
        call.transfer = transfer
        outside = scheme == NUMBER_SCHEME
        return ring_phone(
            self._calls,
            self._ids,
            call,
            transfer.offer_id,
            name,
            outside=outside,
            announced=False,
            ipv6=self._families.is_ipv6(name, outside=outside),
        )

    def _pass_on(
        self,
        call: Call,
        transfer: Transfer,
        cause: Cause,
        *,
        by_peer: bool = False,
        way_out: str | None = None,
    ) -> list[Output]:
        """Hand the call off, with the phone that was rung for it if there is one. The owner of the call
        hears of the hand-off before it hears that its station is gone."""
        call.transfer, call.target = None, transfer.target
        offer = call.offers.get(transfer.offer_id)
        if offer is not None:
            offer.announced = True
        leg = self._calls.legs.get(transfer.leg_id)
        left = vacate(self._calls, call, leg, cause, by_peer=by_peer) if leg is not None else []
        told = transferred(call, TransferKind.BLIND, transfer.by)
        return [told, handed_off(call, offer.offer_id if offer else None, way_out), *left]

    def _attended(self, event: LegTransferRequested, call: Call, leg: Leg, by: str) -> list[Output]:
        away = self._calls.legs.get(event.replaces_leg_id or "")
        reason = why_not_joined(self._calls, call, away, by)
        if away is None or reason:
            return refused(event, call, by, reason)
        own = self._calls.of_leg(away)
        noted = self._note(call, leg, by)
        report = ReportTransfer(leg_id=leg.leg_id, transfer_id=event.transfer_id, status=200)
        return [_answer(event, 202), report, *noted, *self._join_two(call, leg, own, away, by)]

    def join_lines(self, command: JoinLines) -> list[Output]:
        """The same by order. Ignored where a phone would be refused."""
        leg, away = self._calls.legs.get(command.leg_id), self._calls.legs.get(command.away_leg_id)
        if leg is None or away is None:
            return []
        call = self._calls.of_leg(leg)
        by = call.station_of(leg)
        if by is None or why_not_now(self._calls, call, leg):
            return []
        if why_not_joined(self._calls, call, away, by):
            return []
        return self._join_two(call, leg, self._calls.of_leg(away), away, by)

    def _join_two(self, call: Call, leg: Leg, own: Call, away: Leg, by: str) -> list[Output]:
        """Whom a station has in its two calls, by ``leg`` and by ``away``, go on with each other."""
        other = call.other_end(leg)
        assert other is not None, f"{leg.leg_id} talks to nobody"
        if other is call.customer and _is_left_to_its_caller(call, own, away):
            return self._give_to_caller(call, leg, own, by)
        return self.join(call, other, own, away, by)

    def _give_to_caller(self, call: Call, leg: Leg, own: Call, by: str) -> list[Output]:
        """The station that called in ``own``, which ends, takes the place of ``leg`` in the customer's call.

        So the customer stays the customer, with contact and recording.
        """
        station = own.caller_station or own.caller_number
        outputs = self.failed(own, Cause.NORMAL_CLEARING) if own.transfer else []
        outputs += dissolve(self._calls, own, keep=own.customer, into=call)
        target = Target(STATION_SCHEME, station)
        return [*outputs, *self._take_stations_place(call, own.customer, leg, target, own.call_id, by)]

    def join(self, call: Call, moving: Leg, other_call: Call, away: Leg, by: str) -> list[Output]:
        """``moving`` leaves ``call``, which ends, and takes the place of ``away`` in ``other_call``.

        A phone that still rings there rings for ``moving`` from now on, who comes back to ``by`` when it
        cannot be had.
        """
        (number, name), station = call.end_of(moving), call.station_of(moving)
        outputs = self.failed(other_call, Cause.NORMAL_CLEARING) if other_call.transfer else []
        if moving is call.customer and away is other_call.customer:
            outputs += take_ways_back_along(call, other_call)
        if _is_customer_of_both(call, moving, other_call, away):
            outputs += carry_contact(self._calls, call, other_call)
        outputs += dissolve(self._calls, call, keep=moving, into=other_call)
        if away is other_call.customer:
            other_call.caller_number, other_call.caller_name = number, name
            other_call.caller_station = station
            other_call.privacy = call.privacy and moving is call.customer
            seated = self._take_customers_place(other_call, moving, call.call_id, by)
            return [*outputs, *seated, *_ring_on(other_call, by)]
        target = Target(NUMBER_SCHEME, number)
        return [*outputs, *self._take_stations_place(other_call, moving, away, target, call.call_id, by)]

    def _take_customers_place(
        self,
        call: Call,
        leg: Leg,
        from_call_id: str,
        by: str,
        kind: TransferKind = TransferKind.ATTENDED,
    ) -> list[Output]:
        outputs = seat(self._calls, call, leg)
        connected = call.connected_leg
        if connected is not None:
            outputs += self._holding.connected(call)
        else:
            outputs += self._holding.entertain(leg)
        return [transferred(call, kind, by, from_call_id), *outputs]

    def _take_stations_place(
        self,
        call: Call,
        leg: Leg,
        away: Leg,
        target: Target,
        from_call_id: str,
        by: str,
        kind: TransferKind = TransferKind.ATTENDED,
    ) -> list[Output]:
        outside = target.scheme == NUMBER_SCHEME
        offer = Offer(self._ids.new("offer"), target.name, leg, outside=outside, accepted=True)
        leg.call_id, leg.offer_id, leg.holds_by_order = call.call_id, offer.offer_id, False
        self._calls.add_offer(call, offer)
        call.target = str(target)
        left = vacate(self._calls, call, away, Cause.NORMAL_CLEARING, by_peer=False)
        return [
            transferred(call, kind, by, from_call_id),
            handed_off(call, offer.offer_id),
            *left,
            OfferAccepted(call_id=call.call_id, offer_id=offer.offer_id),
        ]


def _ring_on(call: Call, by: str) -> list[Output]:
    """The phone that rings in the call is told to its application anew, with the way back."""
    offer = next((offer for offer in call.offers.values() if offer.announced and not offer.accepted), None)
    if offer is None or parse_target(call.target).scheme not in _PHONES:
        return []
    ringing = OfferRinging(call_id=call.call_id, offer_id=offer.offer_id, early_media=offer.early_media)
    return [handed_off(call, offer.offer_id, str(Target(STATION_SCHEME, by))), ringing]


def _is_left_to_its_caller(call: Call, consultation: Call, away: Leg) -> bool:
    """Whether the one is an outside customer's call, and the other a station's, to who transfers."""
    called_in = consultation.caller_station is not None and away is consultation.connected_leg
    return call.caller_station is None and called_in


def _is_customer_of_both(call: Call, moving: Leg, other_call: Call, away: Leg) -> bool:
    """Whether ``moving``, who is given ``away``'s place, is whose contact the joined call is.

    Of two of whom one is outside it is that one; else the customer of the first call, if the station that
    transfers called in the second.
    """
    staying = other_call.other_end(away)
    moving_outside = call.station_of(moving) is None
    staying_outside = staying is not None and other_call.station_of(staying) is None
    if moving_outside is not staying_outside:
        return moving_outside
    return moving is call.customers_leg and away is other_call.customer


def _pending(call: Call) -> Transfer:
    assert call.transfer is not None, f"{call.call_id} is not being transferred"
    return call.transfer


def _report(transfer: Transfer, status: int) -> list[Output]:
    """What the phone is told that transfers; who ordered it is told by events."""
    if transfer.transfer_id is None:
        return []
    return [ReportTransfer(leg_id=transfer.leg_id, transfer_id=transfer.transfer_id, status=status)]


def _failed(call: Call, transfer: Transfer, cause: Cause) -> CallTransferFailed:
    return CallTransferFailed(call_id=call.call_id, by=transfer.by, target=transfer.target, cause=cause)


def _answer(event: LegTransferRequested, status: int) -> AnswerTransfer:
    return AnswerTransfer(leg_id=event.leg_id, transfer_id=event.transfer_id, status=status)
