"""Calls in which programs play, and of which they take keys."""

from typing import Any

from media.commands import MaskLeg
from media.events import DigitDetected, KeySource, PlaybackEnded
from media.masking import TakeMaskedDigit
from switch.call_media.collecting import DigitCollecting
from switch.call_media.prompt_names import PromptNames
from switch.call_media.verbs import CallMediaVerbs
from switch.commands import AnswerCall, PlayPrompt
from switch.data_verbs import DataVerbs
from switch.speech_verbs import SpeechParams, SpeechView
from tests.helpers.call_control_rig import CallControlRig


class CallMediaRig(CallControlRig):
    """Texts are said at once; a tenant's own prompts have its name in front."""

    def __init__(self) -> None:
        super().__init__()
        self.collecting = DigitCollecting()
        self.driver.add_core(self.collecting)
        self.driver.add_routes(self.collecting.routes())
        media = CallMediaVerbs(
            self.exchange,
            self.collecting,
            PromptNames(self.own_prompt, lambda name: "missing" not in name),
            self.say,
            self.ids,
            self.driver.submit,
        )
        for verb in (*media.verbs(), *DataVerbs(self.exchange, self.driver.submit).verbs()):
            self.all_control[verb.name] = verb

    def ask(self, verb: str, **params: object) -> Any:
        """A verb about the customer's call, unless another is named, or a collection."""
        entry = self.all_control[verb]
        known = {"call_id": self.call_id} if "call_id" in entry.params.model_fields else {}
        return entry.handle(entry.params.model_validate(known | params))

    @staticmethod
    def own_prompt(tenant: str, name: str) -> str:
        return f"{tenant}/{name}" if tenant else name

    async def say(self, params: SpeechParams) -> SpeechView:
        prompt = f"speech:{params.language}:{params.text}"
        return {"prompt": prompt, "length_ms": 900, "engine": "espeak", "was_kept": False}

    def answered(self) -> str:
        """A customer whom an application has answered and plays to."""
        self.call_id = self.arrive()
        self.feed(AnswerCall(call_id=self.call_id))
        return self.call_id

    def play(self, playback_id: str = "menu") -> None:
        """Whoever has the call plays something to the customer."""
        self.feed(PlayPrompt(call_id=self.call_id, playback_id=playback_id, prompts=("zh/menu",)))

    def hear_end(self, leg_id: str = "customer", reason: str = "finished") -> None:
        """What a leg is played is over."""
        playback_id = self.media.playing.pop(leg_id)
        self.feed(PlaybackEnded(playback_id=playback_id, leg_id=leg_id, reason=reason, position_ms=1500))

    def press(self, keys: str, leg_id: str = "customer") -> None:
        """Keys a moment apart, as the media core tells them: those behind a mask apart from the others."""
        for key in keys:
            self.pass_time(0.2)
            if any(mask.leg_id == leg_id for mask in self.all(MaskLeg)):
                self.feed(TakeMaskedDigit(leg_id=leg_id, digit=key, duration_ms=80, source=KeySource.RFC4733))
            else:
                self.feed(DigitDetected(leg_id=leg_id, digit=key, duration_ms=80, source=KeySource.RFC4733))
