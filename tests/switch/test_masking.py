"""Keys that only who put the mask on may know."""

import pytest
from pydantic import ValidationError

from media.commands import MaskLeg, UnmaskLeg
from media.events import DigitDetected, KeySource, LegUnmasked
from media.masking import MASKED, TakeMaskedDigit
from runtime.errors import UsageError
from switch.causes import Cause
from switch.commands import AnswerCall, HangUpCall
from switch.events import DigitReceived
from switch.mask_verbs import MaskIdParams, MaskParams, MaskVerbs
from switch.masking import MOST_KEPT
from switch.sip.commands import HideLegKeys
from tests.helpers.exchange_rig import ExchangeRig
from tests.switch.test_recorded_legs import CallingOut

CARD = "4111111111111111"


class Till(ExchangeRig):
    """A customer whose call is answered, and the verbs of the switch."""

    def __init__(self) -> None:
        super().__init__()
        self.call_id = self.arrive()
        self.feed(AnswerCall(call_id=self.call_id))
        verbs = MaskVerbs(self.exchange, self.ids, self.driver.submit).verbs()
        self.verbs = {verb.name: verb.handle for verb in verbs}

    def mask(self) -> str:
        answer = self.verbs["call.mask_digits"](MaskParams(call_id=self.call_id))
        assert isinstance(answer, dict)
        return str(answer["mask_id"])

    def ask(self, verb: str, mask_id: str) -> str:
        answer = self.verbs[verb](MaskIdParams(mask_id=mask_id))
        assert isinstance(answer, dict)
        return str(answer["digits"])

    def press(self, digit: str, source: KeySource = KeySource.RFC4733) -> None:
        """As the media core, or SIP, tells a masked key."""
        self.feed(
            TakeMaskedDigit(leg_id="customer", digit=digit, duration_ms=80, source=source),
            DigitDetected(leg_id="customer", digit=MASKED, duration_ms=80, source=source),
        )

    def end_mask(self) -> None:
        self.feed(LegUnmasked(leg_id="customer"))


def test_who_put_the_mask_on_gets_the_keys_and_events_tell_none() -> None:
    till = Till()
    mask_id = till.mask()
    assert till.last(MaskLeg) == MaskLeg(leg_id="customer", max_s=120.0)
    assert till.last(HideLegKeys).hidden
    for digit in CARD:
        till.press(digit)
    assert till.ask("call.masked_digits", mask_id) == CARD
    assert till.ask("call.unmask_digits", mask_id) == CARD
    assert till.last(UnmaskLeg) == UnmaskLeg(leg_id="customer")
    assert [event.digit for event in till.all(DigitReceived)] == [MASKED] * len(CARD)
    told = f"{till.events} {till.commands} {till.exchange.find(till.call_id)}"
    assert CARD not in told
    assert "'4'" not in told
    assert mask_id not in told


def test_a_key_told_several_ways_is_collected_once() -> None:
    till = Till()
    mask_id = till.mask()
    for source in KeySource:
        till.press("4", source)
    till.press("4")
    assert till.ask("call.masked_digits", mask_id) == "44"
    assert len(till.all(DigitReceived)) == 2


def test_keys_are_gone_once_they_were_taken_and_late_ones_stay_hidden() -> None:
    till = Till()
    mask_id = till.mask()
    till.press("4")
    till.ask("call.unmask_digits", mask_id)
    till.press("7")
    assert till.last(DigitReceived).digit == MASKED
    for verb in ("call.masked_digits", "call.unmask_digits"):
        with pytest.raises(UsageError, match="its keys are gone"):
            till.ask(verb, mask_id)
    with pytest.raises(UsageError, match="masked already"):
        till.mask()  # until the media core says that it is over
    till.end_mask()
    assert not till.last(HideLegKeys).hidden
    till.feed(DigitDetected(leg_id="customer", digit="1", duration_ms=80))
    assert till.last(DigitReceived).digit == "1"
    assert till.ask("call.masked_digits", till.mask()) == ""


def test_the_keys_of_a_forgotten_mask_are_gone_with_it() -> None:
    till = Till()
    mask_id = till.mask()
    till.press("4")
    till.end_mask()
    with pytest.raises(UsageError, match="its keys are gone"):
        till.ask("call.unmask_digits", mask_id)


def test_a_call_that_is_not_up_or_not_answered_cannot_be_masked() -> None:
    rig = ExchangeRig()
    call_id = rig.arrive()
    mask = MaskVerbs(rig.exchange, rig.ids, rig.driver.submit).verbs()[0].handle
    for unmaskable in (call_id, "call-none"):
        with pytest.raises(UsageError, match="answered"):
            mask(MaskParams(call_id=unmaskable))
    for max_s in (0, 3601):
        with pytest.raises(ValidationError):
            MaskParams(call_id=call_id, max_s=max_s)


def test_a_caller_who_hangs_up_takes_mask_and_keys_along() -> None:
    till = Till()
    mask_id = till.mask()
    till.feed(HangUpCall(call_id=till.call_id, cause=Cause.NORMAL_CLEARING))
    till.press("4")
    till.end_mask()
    with pytest.raises(UsageError, match="its keys are gone"):
        till.ask("call.unmask_digits", mask_id)
    assert till.all(DigitReceived) == []


def test_no_more_keys_are_kept_than_anybody_needs() -> None:
    till = Till()
    mask_id = till.mask()
    for _ in range(MOST_KEPT + 10):
        till.press("4")
    assert till.ask("call.unmask_digits", mask_id) == "4" * MOST_KEPT


def test_of_a_call_that_a_station_makes_the_number_it_called_is_masked() -> None:
    rig = CallingOut()
    verbs = {verb.name: verb.handle for verb in MaskVerbs(rig.exchange, rig.ids, rig.driver.submit).verbs()}
    masked = verbs["call.mask_digits"](MaskParams(call_id=rig.call.call_id))
    assert isinstance(masked, dict)
    assert rig.last(MaskLeg).leg_id == masked["leg_id"] == rig.number
    for digit in CARD:
        rig.feed(TakeMaskedDigit(leg_id=rig.number, digit=digit, duration_ms=80, source=KeySource.RFC4733))
    taken = verbs["call.unmask_digits"](MaskIdParams(mask_id=masked["mask_id"]))
    assert isinstance(taken, dict)
    assert taken["digits"] == CARD
    assert rig.last(UnmaskLeg) == UnmaskLeg(leg_id=rig.number)
    assert [event.digit for event in rig.all(DigitReceived)] == [MASKED] * len(CARD)
