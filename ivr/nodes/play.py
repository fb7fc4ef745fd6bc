"""The ``play`` and ``say`` nodes: something is heard, then the next node follows."""

from typing import Literal

from ivr.commands import SpeakLive
from ivr.expressions import Value
from ivr.nodes.node import LONGEST_PRESS_S, Node, silence
from ivr.parts import NodeRef, TextField, Voice
from ivr.prompt_list import Piece, PromptList
from ivr.reaction import Reaction, Request
from ivr.visit import Visit

LONGEST_SPEECH_S = 600.0


class _Heard(Node):
    next: NodeRef
    barge_in: bool = True
    """A key ends it and counts as the answer to the menu that follows."""

    def pieces(self) -> tuple[Piece, ...]:
        """What is heard."""
        raise NotImplementedError

    def enter(self, visit: Visit) -> Reaction:
        """Play, unless a key has been typed ahead."""
        if visit.run.typed_ahead and self.barge_in:
            return Reaction(go=self.next)
        visit.run.typed_ahead = ""
        return Reaction(play=self.pieces())

    def press(self, visit: Visit, digit: str) -> Reaction:
        """Keep the key for the menu that follows."""
        if not self.barge_in:
            return Reaction()
        visit.run.type_ahead(digit)
        return Reaction((silence(visit),), go=self.next)

    def hear_end(self, visit: Visit) -> Reaction:
        return Reaction(go=self.next)

    @property
    def lets_key_interrupt(self) -> bool:
        return self.barge_in


class Play(_Heard):
    """Play prompts, then go on."""

    type: Literal["play"]
    prompts: PromptList

    def pieces(self) -> tuple[Piece, ...]:
        return self.prompts


class Say(_Heard):
    """Say a text by text-to-speech, then go on."""

    type: Literal["say"]
    text: TextField
    """What to say; ``{…}`` holds values."""
    voice: Voice = ""
    """As the speech engine calls it; empty for its own choice."""
    live: bool = False
    """Whether a speech server says it as it speaks, and nothing is kept."""

    def pieces(self) -> tuple[Piece, ...]:
        return (Piece(say=self.text, voice=self.voice),)

    def enter(self, visit: Visit) -> Reaction:
        if not self.live or (visit.run.typed_ahead and self.barge_in):
            return super().enter(visit)
        visit.run.typed_ahead = ""
        request_id = visit.new_request()
        command = SpeakLive(
            call_id=visit.run.call_id,
            request_id=request_id,
            text=visit.text(self.text),
            language=visit.run.language,
            voice=self.voice,
            barge_in=self.barge_in,
        )
        return Reaction(ask=Request(command, request_id, LONGEST_SPEECH_S))

    def press(self, visit: Visit, digit: str) -> Reaction:
        """What is said live ends with the node."""
        if not self.live or not self.barge_in:
            return super().press(visit, digit)
        visit.run.type_ahead(digit)
        return Reaction(go=self.next)

    def take_answer(self, visit: Visit, answer: Value) -> Reaction:
        """All is said, or a key ended it, which is to be told yet."""
        return Reaction(wait_s=LONGEST_PRESS_S) if answer == "barged_in" else Reaction(go=self.next)

    def time_out(self, visit: Visit) -> Reaction:
        """The key that ended it was not told."""
        return Reaction(go=self.next)
