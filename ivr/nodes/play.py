"""The ``play`` and ``say`` nodes: something is heard, then the next node follows."""

from typing import Annotated, Literal

from pydantic import Field

from ivr.nodes.node import Node, silence
from ivr.parts import NodeRef, TextField
from ivr.prompt_list import Piece, PromptList
from ivr.reaction import Reaction
from ivr.visit import Visit


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
    voice: Annotated[str, Field(max_length=64)] = ""
    """As the speech engine calls it; empty for its own choice."""

    def pieces(self) -> tuple[Piece, ...]:
        return (Piece(say=self.text, voice=self.voice),)
