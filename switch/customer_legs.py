"""The customer's leg of a call: ringing, answered, played to, listened to for keys."""

from media.commands import StartPlayback
from media.events import DigitDetected, KeySource
from media.masking import MASKED
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Call, Calls, CallState, Leg, Offer
from switch.call_media.listening import collected
from switch.call_media.playing import bridge, play_after_programs, stop_but_programs
from switch.call_recording import CallRecording
from switch.commands import AnswerCall, PlayPrompt, PlayToStation, RingCall, StopPrompt
from switch.events import CallAnswered, DigitReceived, PromptFinished
from switch.key_echoes import KeyEchoes
from switch.sip.commands import AnswerLeg, RingLeg
from switch.sip.events import LegDigitReceived


class CustomerLegs:
    """The part of the exchange that serves customers. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls, recording: CallRecording) -> None:
        self._calls = calls
        self._recording = recording

    def ring(self, command: RingCall) -> list[Output]:
        """180, or 183 with the far end's early media, which a caller who is answered hears without more.

        Who talks to somebody hears no phone ring.
        """
        call = self._calls.by_id.get(command.call_id)
        if call is None or call.state in (CallState.CALLING, CallState.CONNECTED):
            return []
        offer = call.offers.get(command.offer_id) if command.offer_id else None
        if offer is not None and offer.early_media and call.customer.agreement is not None:
            return self._let_hear(call, offer)
        if call.customer.answered:
            return []
        leg = call.customer
        asked_to_offer = leg.peer_sdp is None and leg.our_sdp is None
        return [RingLeg(leg_id=leg.leg_id, sdp=negotiation.offer(leg) if asked_to_offer else None)]

    def answer(self, command: AnswerCall) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        if call is None or call.state is not CallState.ALERTING:
            return []
        call.state = CallState.ANSWERED
        outputs = [] if call.customer.answered else accept(call.customer)
        outputs += self._recording.answered(call)
        return [*outputs, CallAnswered(call_id=call.call_id, recording_id=call.recording_id)]

    def play(self, command: PlayPrompt) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        if call is None:
            return []
        if call.state is not CallState.ANSWERED:
            return [never_played(command, "the call is not answered")]
        start = StartPlayback(
            playback_id=command.playback_id,
            leg_id=call.customer.leg_id,
            prompts=command.prompts,
            times=command.times,
            barge_in=command.barge_in,
            shared=command.shared,
        )
        return play_after_programs(self._calls, call.customer, start, command.from_ms)

    def stop_prompt(self, command: StopPrompt) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        return stop_but_programs(call.customer) if call else []

    def digit_detected(self, event: DigitDetected, now: float) -> list[Output]:
        return self._key_told(event, event.source, now)

    def digit_received(self, event: LegDigitReceived, now: float) -> list[Output]:
        return self._key_told(event, KeySource.INFO, now)

    def _key_told(
        self, event: DigitDetected | LegDigitReceived, source: KeySource, now: float
    ) -> list[Output]:
        """A station's keys are no digits of the call; masked ones come by TakeMaskedDigit."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None or event.digit == MASKED or (leg.offer_id is not None and not leg.collect_id):
            return []
        leg.echoes = leg.echoes or KeyEchoes()
        if leg.echoes.is_echo(event.digit, source, now):
            return []
        if leg.collect_id:
            return collected(leg, event.digit)
        if call := self._calls.by_id.get(leg.call_id):
            call.hand_offs = 0  # who presses keys is not led in circles by machines alone
        return [
            DigitReceived(
                call_id=leg.call_id, digit=event.digit, duration_ms=event.duration_ms, source=source
            )
        ]

    def _let_hear(self, call: Call, offer: Offer) -> list[Output]:
        customer = call.customer
        hear_each_other = bridge(customer, offer.leg)
        if customer.answered:
            return [hear_each_other]
        return [
            negotiation.configuration(customer),
            hear_each_other,
            RingLeg(leg_id=customer.leg_id, sdp=customer.our_sdp),
        ]


def never_played(command: PlayPrompt | PlayToStation, problem: str) -> PromptFinished:
    """What is told of prompts that cannot be played."""
    return PromptFinished(
        call_id=command.call_id, playback_id=command.playback_id, reason="failed", problem=problem
    )


def accept(leg: Leg) -> list[Output]:
    """200 OK. From here on the peer is to be heard; one we make the offer to is configured by its ACK."""
    leg.answered = True
    if leg.our_sdp is None:
        return [AnswerLeg(leg_id=leg.leg_id, sdp=negotiation.offer(leg))]
    answer = AnswerLeg(leg_id=leg.leg_id, sdp=leg.our_sdp)
    return [answer] if leg.agreement is None else [answer, negotiation.configuration(leg)]
