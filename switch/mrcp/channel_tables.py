"""What a request does on a channel, as data: our side of the machines of RFC 6787 §8.1 and §9.1.

A channel serves one request, then it is over. Two rules hold for both tables. A pair of state and step that
is not listed does nothing. A limit runs in every state that lists ``LATE``; it begins anew with each state.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from switch.mrcp.resource import Resource


class State(StrEnum):
    """Where the request stands."""

    IDLE = "idle"
    DEFINING = "defining"
    """Grammars are being told, one by one."""
    ASKED = "asked"
    """The server has not answered yet."""
    UNDER_WAY = "under way"
    """It speaks, or listens."""
    HEARING = "hearing"
    """The caller speaks."""
    STOPPING = "stopping"
    """The server shall stop; nobody cares any more."""
    OVER = "over"


class Step(StrEnum):
    """What can happen."""

    BEGIN = "begin"
    NEXT_GRAMMAR = "next grammar"
    """There is one to be defined, at the beginning or when the one before is."""
    TAKEN = "taken"
    """The request is in progress, or pending."""
    REFUSED = "refused"
    COMPLETED = "completed"
    SPEECH_BEGAN = "speech began"
    PROMPT_OVER = "prompt over"
    """The caller hears nothing any more, so that silence counts."""
    STOP = "stop"
    BARGE_IN = "barge-in"
    """The caller began to speak, or pressed a key."""
    STOPPED = "stopped"
    """The server has answered that it stops."""
    LATE = "late"


class Action(StrEnum):
    """What is done on the way to the next state."""

    DEFINE = "DEFINE-GRAMMAR"
    ASK = "ask"
    """SPEAK or RECOGNIZE."""
    SAY_STOP = "STOP"
    SAY_BARGE_IN = "BARGE-IN-OCCURRED"
    SAY_TIMERS = "START-INPUT-TIMERS"
    TELL_BEGUN = "tell begun"
    TELL_SPEECH = "tell speech"
    TELL_ENDED = "tell ended"
    TELL_REFUSED = "tell refused"
    TELL_LATE = "tell late"


class Move(NamedTuple):
    """What a step leads to."""

    state: State
    actions: tuple[Action, ...] = ()


Table = Mapping[State, Mapping[Step, Move]]

_ENDED = Move(State.OVER, (Action.TELL_ENDED,))
_REFUSED = Move(State.OVER, (Action.TELL_REFUSED,))
_STOP = Move(State.STOPPING, (Action.SAY_STOP,))
_TOO_LONG = Move(State.STOPPING, (Action.TELL_LATE, Action.SAY_STOP))
_STOPPING = {Step.STOPPED: Move(State.OVER), Step.LATE: Move(State.OVER)}

SYNTHESIS: Table = {
    State.IDLE: {
        Step.BEGIN: Move(State.ASKED, (Action.ASK,)),
        Step.STOP: Move(State.OVER),
        Step.BARGE_IN: Move(State.OVER),
    },
    State.ASKED: {
        Step.TAKEN: Move(State.UNDER_WAY, (Action.TELL_BEGUN,)),
        Step.COMPLETED: _ENDED,
        Step.REFUSED: _REFUSED,
        Step.STOP: _STOP,
        Step.BARGE_IN: _STOP,
        Step.LATE: Move(State.OVER, (Action.TELL_LATE,)),
    },
    State.UNDER_WAY: {
        Step.COMPLETED: _ENDED,
        Step.STOP: _STOP,
        Step.BARGE_IN: Move(State.STOPPING, (Action.SAY_BARGE_IN,)),
        Step.LATE: _TOO_LONG,
    },
    State.STOPPING: _STOPPING,
    State.OVER: {},
}
RECOGNITION: Table = {
    State.IDLE: {
        Step.NEXT_GRAMMAR: Move(State.DEFINING, (Action.DEFINE,)),
        Step.BEGIN: Move(State.ASKED, (Action.ASK,)),
        Step.STOP: Move(State.OVER),
    },
    State.DEFINING: {
        Step.NEXT_GRAMMAR: Move(State.DEFINING, (Action.DEFINE,)),
        Step.BEGIN: Move(State.ASKED, (Action.ASK,)),
        Step.REFUSED: _REFUSED,
        Step.STOP: Move(State.OVER),
        Step.LATE: Move(State.OVER, (Action.TELL_LATE,)),
    },
    State.ASKED: {
        Step.TAKEN: Move(State.UNDER_WAY, (Action.TELL_BEGUN,)),
        Step.COMPLETED: _ENDED,
        Step.REFUSED: _REFUSED,
        Step.PROMPT_OVER: Move(State.ASKED, (Action.SAY_TIMERS,)),
        Step.STOP: _STOP,
        Step.LATE: Move(State.OVER, (Action.TELL_LATE,)),
    },
    State.UNDER_WAY: {
        Step.SPEECH_BEGAN: Move(State.HEARING, (Action.TELL_SPEECH,)),
        Step.COMPLETED: _ENDED,
        Step.PROMPT_OVER: Move(State.UNDER_WAY, (Action.SAY_TIMERS,)),
        Step.STOP: _STOP,
        Step.LATE: _TOO_LONG,
    },
    State.HEARING: {
        Step.COMPLETED: _ENDED,
        Step.STOP: _STOP,
        Step.LATE: _TOO_LONG,
    },
    State.STOPPING: _STOPPING,
    State.OVER: {},
}
TABLES: Mapping[Resource, Table] = {
    Resource.SYNTHESIZER: SYNTHESIS,
    Resource.RECOGNIZER: RECOGNITION,
}
