"""Masks: an application collects keys of a customer that nobody else may know."""

from media.commands import MaskLeg, UnmaskLeg
from media.events import LegUnmasked
from media.masking import MASKED, TakeMaskedDigit
from runtime.vocabulary import Output
from switch.call import Calls, Mask
from switch.call_media.listening import collected
from switch.commands import MaskDigits, UnmaskDigits
from switch.events import DigitReceived
from switch.key_echoes import KeyEchoes
from switch.sip.commands import HideLegKeys

MOST_KEPT = 64
"""Keys of one mask; what is pressed beyond is not kept."""


class Masking:
    """The part of the exchange that knows who is masked. Shares the exchange's ``Calls``.

    The media core decides when a mask is over, since no key may lie half behind it; until it says so, keys
    told by SIP are hidden too.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def mask(self, command: MaskDigits) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        leg = call.customers_leg if call is not None else None
        if leg is None or leg.mask is not None:
            return []
        leg.mask = Mask(command.mask_id)
        return [
            MaskLeg(leg_id=leg.leg_id, max_s=command.max_s),
            HideLegKeys(leg_id=leg.leg_id, hidden=True),
        ]

    def unmask(self, command: UnmaskDigits) -> list[Output]:
        leg = self._calls.legs.get(command.leg_id)
        if leg is None or leg.mask is None:
            return []
        leg.mask = Mask("")
        return [UnmaskLeg(leg_id=leg.leg_id)]

    def ended(self, event: LegUnmasked) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is not None:
            leg.mask = None
        return [HideLegKeys(leg_id=event.leg_id, hidden=False)]

    def take(self, command: TakeMaskedDigit, now: float) -> list[Output]:
        """A key pressed behind a mask. One that comes after its owner had them all is lost."""
        leg = self._calls.legs.get(command.leg_id)
        if leg is None or (leg.offer_id is not None and leg.mask is None):
            return []
        leg.echoes = leg.echoes or KeyEchoes()
        if leg.echoes.is_echo(command.digit, command.source, now):
            return []
        if leg.mask is not None and leg.mask.mask_id:
            leg.mask.digits = (leg.mask.digits + command.digit)[:MOST_KEPT]
        if leg.mask is not None and leg.collect_id:
            return collected(leg, command.digit)
        received = DigitReceived(
            call_id=leg.call_id, digit=MASKED, duration_ms=command.duration_ms, source=command.source
        )
        return [received]
