"""What each verb answers in each state of a call, as a table of which docs/call-states.md is made.

Write the page anew with ``python -m tests.switch.call_control.states_page``.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.switch.call_control.states import STATES, VERBS

GONE = ("none", "ended")
UNANSWERED = ("alerting", "calling")
WAITING = ("in a flow", "waiting", "ringing", "consultation, it rings", "parked")
CONSULTING = ("consulting, it rings", "consulting", "consulting, with the customer")
TALKING = (
    "connected",
    "held by the station",
    "held by the customer",
    "held by order",
    "transferring",
    *CONSULTING,
    "consultation",
    "conference",
)
CONSULTATION = ("consultation, it rings", "consultation")
RECORDED = tuple(state for state in (*WAITING, *TALKING) if state not in CONSULTATION)
"""In the house of the tests all calls are that come in, from their answer on."""

Refusals = dict[str, tuple[str, ...]]
"""Reason → states; in all others the verb is carried out."""

ANYTIME: Refusals = {"no_such_call": GONE}
BEFORE_ANSWER: Refusals = ANYTIME | {
    "already_answered": (*WAITING, *TALKING),
    "is_outgoing": ("calling",),
}
WHILE_CONSULTING: Refusals = ANYTIME | {
    "not_consulting": tuple(state for state in STATES if state not in (*GONE, *CONSULTING))
}
WHILE_TALKING: Refusals = ANYTIME | {"not_connected": (*UNANSWERED, *WAITING)}
HOLDING: Refusals = WHILE_TALKING | {"consulting": CONSULTING}
PASSING_ON: Refusals = HOLDING | {"transferring": ("transferring",)}
WHILE_RECORDED: Refusals = ANYTIME | {"not_recorded": (*UNANSWERED, *CONSULTATION)}
HEARD: Refusals = ANYTIME | {"not_answered": ("calling",)}
"""A caller who is not answered yet hears early media."""
COLLECTED: Refusals = {"no_such_collection": (*GONE, "calling")}
NOT_TALKING = tuple(state for state in STATES if state not in TALKING)
REFUSED: Mapping[str, Refusals] = {
    "call.add_party": WHILE_TALKING,
    "call.answer": BEFORE_ANSWER,
    "call.barge": WHILE_TALKING,
    "call.cancel_consultation": WHILE_CONSULTING,
    "call.collect": HEARD,
    "call.complete_transfer": WHILE_CONSULTING,
    "call.consult": PASSING_ON,
    "call.get_data": ANYTIME,
    "call.hang_up": ANYTIME,
    "call.hold": HOLDING,
    "call.intercept": WHILE_TALKING,
    "call.join": WHILE_CONSULTING | {"not_answered": ("consulting, it rings",)},
    "call.mask_digits": ANYTIME | {"not_answered": UNANSWERED},
    "call.monitor": WHILE_TALKING,
    "call.mute": WHILE_TALKING,
    "call.park": PASSING_ON,
    "call.parties": ANYTIME,
    "call.pause_recording": WHILE_RECORDED,
    "call.pick_up": ANYTIME | {"already_connected": TALKING, "is_outgoing": ("calling",)},
    "call.play": HEARD,
    "call.record": ANYTIME | {"already_recorded": RECORDED},
    "call.redirect": ANYTIME | {"already_connected": TALKING},
    "call.reject": BEFORE_ANSWER,
    "call.resume_recording": WHILE_RECORDED,
    "call.retrieve": HOLDING,
    "call.say": HEARD,
    "call.send_digits": ANYTIME | {"not_answered": UNANSWERED},
    "call.set_data": ANYTIME,
    "call.stop_collecting": COLLECTED,
    "call.stop_playing": ANYTIME | {"nothing_plays": ("calling",)},
    "call.stop_recording": WHILE_RECORDED,
    "call.stop_supervising": {"not_supervising": NOT_TALKING},
    "call.take_digits": COLLECTED,
    "call.toggle": WHILE_CONSULTING,
    "call.transfer": PASSING_ON,
    "call.unmute": WHILE_TALKING,
    "call.whisper": WHILE_TALKING,
}
MEANINGS = {
    "none": "there is no such call",
    "alerting": "nobody has answered it yet",
    "in a flow": "it is answered, and hears prompts",
    "waiting": "in a queue",
    "ringing": "in a queue, while an agent's phone rings",
    "calling": "the switch calls the customer",
    "connected": "customer and station talk",
    "held by the station": "its phone holds",
    "held by the customer": "the customer's phone holds",
    "held by order": "`call.hold` was carried out",
    "transferring": "a phone rings that shall get it",
    "consulting, it rings": "the station waits for whom it consults",
    "consulting": "it talks with whom it consults",
    "consulting, with the customer": "`call.toggle` was carried out",
    "consultation, it rings": "the other call of the one who consults",
    "consultation": "the same, when it is answered",
    "conference": "with a party",
    "parked": "in a slot",
    "ended": "it is over",
}
PAGE = Path(__file__).parents[3] / "docs" / "call-states.md"
_HEAD = """\
# What a verb answers, by the state of the call

Made of the table that the tests hold against the switch, cell by cell. A refusal's `data.reason` is the word
below; [call control](call-control.md#before-it-is-answered), [calls](calls.md#what-is-refused) and
[supervision](supervision.md#what-is-refused) tell what each means. A call that only arrives, while its ports
are opened, is seen by no verb. All calls that come in are recorded here, consultations are not. The verbs
that end something (`call.stop_playing`, `call.unmute`, `call.stop_collecting`, `call.take_digits` and
`call.stop_supervising`) are asked after what begins it was.

| state | the call |
|---|---|
"""


def expected(verb: str, state: str) -> str:
    """``done``, or the reason of the refusal."""
    found = [reason for reason, states in REFUSED[verb].items() if state in states]
    assert len(found) <= 1, f"{verb} of a call that is {state}: {found}"
    return found[0] if found else "done"


def page() -> str:
    """The whole text."""
    states = "".join(f"| {state} | {meaning} |\n" for state, meaning in MEANINGS.items())
    return _HEAD + states + "\n| verb | outcome | in these states |\n|---|---|---|\n" + "".join(_rows())


def _rows() -> Iterator[str]:
    for verb in VERBS:
        outcomes: dict[str, list[str]] = {"done": []}
        for state in STATES:
            outcomes.setdefault(expected(verb, state), []).append(state)
        for number, (outcome, states) in enumerate(outcomes.items()):
            name, word = f"`{verb}`" if number == 0 else "", outcome if outcome == "done" else f"`{outcome}`"
            yield f"| {name} | {word} | {'; '.join(states)} |\n".replace("|  |", "| |")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
