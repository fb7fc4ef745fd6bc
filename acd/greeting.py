"""What an agent hears before the caller, and a caller on being put through to the agent.

A greeting binds nobody: until caller and agent hear each other the offer is a lease like any other. When the
agent hangs up the caller waits on, and when the caller does the agent is free.
"""

from collections.abc import Iterable

from acd.commands import ConnectCaller, GreetAgent
from acd.entry import Entry, Offer
from acd.queue_config import QueueConfig
from acd.spoken import in_language, minutes, rounded_minutes
from acd.state import Timer, TimerKind
from acd.step import Step
from media.spoken.values import digits

CONNECT_LIMIT_S = 5.0
"""Connecting an accepted offer takes milliseconds; this merely bounds the harm when it does not happen."""
GREETING_LIMIT_S = 20.0
"""An agent's greeting is cut off then, and the caller put through."""


def answer_limit_s(rules: QueueConfig) -> float:
    """How long after the agent picked up the two must be connected."""
    return CONNECT_LIMIT_S + (GREETING_LIMIT_S if rules.agent_greeting else 0.0)


def greet(step: Step, entry: Entry, offer: Offer) -> None:
    """Let the agent hear who comes; without a greeting, the caller. A tone warns who did not pick up."""
    rules = step.state.queues[offer.queue_name].config
    tone = step.state.config.auto_answer_tone if offer.auto_answer else ""
    prompts = (*filter(None, [tone]), *_filled(step, rules.agent_greeting, rules.language, entry, offer))
    if not prompts:
        put_through(step, entry, offer)
        return
    offer.greeting = step.ids.new("playback")
    step.state.timers.set(Timer(TimerKind.OFFER_LEASE, offer.offer_id), step.now + GREETING_LIMIT_S)
    step.emit(
        GreetAgent(
            call_id=entry.call_id, offer_id=offer.offer_id, playback_id=offer.greeting, prompts=prompts
        )
    )


def put_through(step: Step, entry: Entry, offer: Offer) -> None:
    """Let the two hear each other."""
    offer.greeting = None
    step.state.timers.set(Timer(TimerKind.OFFER_LEASE, offer.offer_id), step.now + CONNECT_LIMIT_S)
    rules = step.state.queues[offer.queue_name].config
    step.emit(
        ConnectCaller(
            call_id=offer.call_id,
            offer_id=offer.offer_id,
            record_share=rules.record_share if rules.record else 0.0,
            greeting=_filled(step, rules.caller_greeting, entry.language or rules.language, entry, offer),
        )
    )


def _filled(
    step: Step, greeting: Iterable[str], language: str, entry: Entry, offer: Offer
) -> tuple[str, ...]:
    """The prompts of a greeting: ``{agent}`` and ``{wait}`` are numbers, the others names."""
    prompts: list[str] = []
    for name in greeting:
        if name == "{agent}":
            prompts += digits(language, offer.agent_id)
        elif name == "{wait}":
            waited_min = rounded_minutes(step.now - entry.joined_at)
            prompts += minutes(step.state.queues[offer.queue_name].config.announcements, language, waited_min)
        else:
            prompts.append(in_language(name, language))
    return tuple(prompts)
