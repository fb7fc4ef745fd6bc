"""Transfers by verb and by REFER, side by side: refused alike, told alike, with the same picture after."""

from collections.abc import Callable, Mapping

import pytest

from runtime.vocabulary import Event
from switch.causes import Cause
from switch.config import AccessCodeConfig
from switch.events import CallTransferFailed, CallTransferRefused
from switch.sip.commands import AnswerTransfer, DialStation
from switch.sip.events import LegAnswered, LegEnded, LegRinging, LegTransferRequested
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER
from tests.switch.call_control.states import HELD, StatesRig

DIALLED = {
    "queue:service": "8100",
    "flow:hotline": "95598",
    "agent:81": "8181",
    "agent:82": "8182",
    "station:1001": "1001",
    "station:1002": "1002",
    "station:1003": "1003",
    "station:1004": "8104",
    f"number:{OUTSIDE_NUMBER}": OUTSIDE_NUMBER,
}
"""What a phone dials to transfer there."""
TALKING = (
    "connected",
    "held by the station",
    "held by the customer",
    "held by order",
    "transferring",
    "consulting, it rings",
    "consulting",
    "consulting, with the customer",
    "conference",
)
"""The states in which station 1001 has a dialog with the customer's call."""
STATUSES = {"transferring": 491, "consulting": 491, "same_station": 403, "signed_out": 480, "barred": 403}
STATUSES |= {"not_registered": 480, "no_such_target": 404}


class WaysRig(StatesRig):
    """One of two that must not differ."""

    def __init__(self, state: str, *, by_phone: bool) -> None:
        super().__init__()
        self.by_phone = by_phone
        codes = [AccessCodeConfig(number=number, target=target) for target, number in DIALLED.items()]
        self.exchange.configure([code for code in codes if code.number.startswith(("8", "9"))])
        self.come_to(state)

    def knows_target(self, target: str) -> bool:
        return target == "station:1004" or super().knows_target(target)

    def transfer(self, target: str) -> str:
        """``done``, or the reason of the refusal."""
        if not self.by_phone:
            return self.attempt("call.transfer", target=target, station="1001")
        before = len(self.all(CallTransferRefused))
        self.refer(self.agent, DIALLED[target])
        refusals = self.all(CallTransferRefused)[before:]
        return refusals[0].reason if refusals else "done"

    @property
    def target_leg(self) -> str:
        dialled = [each for each in self.commands if isinstance(each, DialStation | DialTrunk)]
        return dialled[-1].leg_id

    def picture(self) -> tuple[object, ...]:
        """All that people hear, programs are told and the exchange knows."""
        told: list[Event] = [
            event
            for event in self.events
            if not isinstance(event, LegTransferRequested | CallTransferRefused)
        ]
        return told, self.media.bridges, self.media.playing, self.media.recorded, self.exchange.snapshot()


def _answers(rig: WaysRig) -> None:
    rig.feed(LegRinging(leg_id=rig.target_leg, status=180))
    rig.feed(LegAnswered(leg_id=rig.target_leg, sdp=AGENT_SDP))


def _is_busy(rig: WaysRig) -> None:
    rig.end(rig.target_leg, Cause.USER_BUSY)


def _is_left_ringing(rig: WaysRig) -> None:
    rig.feed(LegEnded(leg_id=rig.agent, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    rig.end(rig.target_leg, Cause.NO_ANSWER)


def _customer_leaves(rig: WaysRig) -> None:
    rig.end("customer", Cause.NORMAL_CLEARING)


FATES: Mapping[str, Callable[[WaysRig], None]] = {
    "it answers": _answers,
    "it is busy": _is_busy,
    "who transfers leaves": _is_left_ringing,
    "the customer leaves": _customer_leaves,
}


@pytest.mark.parametrize("target", DIALLED)
@pytest.mark.parametrize("state", TALKING)
def test_verb_and_phone_are_refused_alike_and_do_alike(state: str, target: str) -> None:
    verb, phone = WaysRig(state, by_phone=False), WaysRig(state, by_phone=True)
    outcome = verb.transfer(target)
    assert phone.transfer(target) == outcome
    assert phone.last(AnswerTransfer).status == STATUSES.get(outcome, 202)
    assert phone.picture()[:4] == verb.picture()[:4]
    for rig in (verb, phone):
        rig.hang_up_everything()
        rig.assert_idle()
    assert phone.picture() == verb.picture()


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("target", ["station:1003", f"number:{OUTSIDE_NUMBER}"])
@pytest.mark.parametrize("state", ["connected", "held by the station", "held by order", "conference"])
def test_what_becomes_of_it_is_the_same(state: str, target: str, fate: str) -> None:
    verb, phone = WaysRig(state, by_phone=False), WaysRig(state, by_phone=True)
    before = verb.media.bridges, set(verb.media.playing), verb.media.recorded.copy()
    for rig in (verb, phone):
        assert rig.transfer(target) == "done"
        FATES[fate](rig)
    assert phone.picture() == verb.picture()
    if fate == "it is busy":
        assert (phone.media.bridges, set(phone.media.playing), phone.media.recorded) == before
        assert (phone.last(CallTransferFailed).cause, phone.reported) == (Cause.USER_BUSY, [486])


def two_lines(*, colleague_called: bool = False, answered: bool = True, by_phone: bool = False) -> WaysRig:
    """Station 1001 talks to its customer, and has 1002 on its second line."""
    rig = WaysRig("connected", by_phone=by_phone)
    caller, called = ("1002", "1001") if colleague_called else ("1001", "1002")
    rig.reoffer(rig.agent, HELD)
    rig.arrive("second line", called, station=caller)
    if answered:
        rig.answer_station()
    return rig


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("colleague_called", [False, True])
def test_two_lines_of_a_phone_are_joined_by_verb_as_by_the_phone(
    colleague_called: bool, answered: bool
) -> None:
    phone = two_lines(colleague_called=colleague_called, answered=answered, by_phone=True)
    verb = two_lines(colleague_called=colleague_called, answered=answered)
    phone.refer(phone.agent, replaces=phone.station_leg if colleague_called else "second line")
    outcome = verb.attempt("call.complete_transfer")
    refusals = phone.all(CallTransferRefused)
    assert outcome == ("not_consulting" if refusals else "done")
    assert bool(refusals) is (colleague_called and not answered)
    if not answered and not refusals:
        for rig in (verb, phone):
            rig.answer_station()
    assert phone.picture() == verb.picture()
    if not refusals:
        (call,) = verb.exchange.calls()
        assert (call.caller_number, call.station) == ("13800138000", "1002")


def test_of_two_other_calls_none_is_chosen() -> None:
    rig = two_lines()
    rig.call_between("1001", "1003", "third line")
    assert rig.attempt("call.complete_transfer") == "several_calls"
    rig.end("third line", Cause.NORMAL_CLEARING)
    assert rig.attempt("call.complete_transfer") == "done"


def test_the_place_of_a_party_is_not_given_away() -> None:
    rig = WaysRig("conference", by_phone=True)
    party = rig.station_leg
    rig.call_between("1002", "1003", "second line")
    before = rig.picture()[1:]
    rig.refer("second line", replaces=party)
    assert rig.last(CallTransferRefused).reason == "no_such_station"
    assert rig.picture()[1:] == before


def test_the_place_of_a_supervisor_is_not_given_away() -> None:
    rig = WaysRig("connected", by_phone=True)
    supervisor = rig.listens()
    rig.call_between("1003", "1002", "second line")
    before = rig.picture()[1:]
    rig.refer("second line", replaces=supervisor)
    assert rig.last(CallTransferRefused).reason == "supervising"
    assert rig.picture()[1:] == before
