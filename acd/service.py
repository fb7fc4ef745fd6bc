"""The ACD as an application of the exchange. Translates between the words of the two, decides nothing.

Of the ACD only this file, ``orders.py``, ``reception.py`` and those of records speak the exchange's words.
The exchange tells a call's end before the ends of its offers, so an offer that is still open when its end
arrives was ended by the phone, or by a fault on the way to it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from acd import inputs
from acd.agent_config import AgentConfig
from acd.agent_figures import AgentFigures
from acd.agent_target import own_queue
from acd.callback_events import CallbackDialled, CallbackReturned
from acd.callback_records import Callbacks, open_callbacks, rows_left_open
from acd.callback_verbs import CallbackIdParams, CallbackListParams, CallbackParams, CallbackVerbs
from acd.commands import RestoreCallback, RestoreItem
from acd.config import AGENT_SCHEME, QUEUE_SCHEME, AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.core import COMMANDS, AcdCore
from acd.events import (
    CallCompleted,
    CallerJoined,
    CallerLeft,
    CallerTold,
    OfferResult,
)
from acd.explain_verbs import ExplainVerbs
from acd.figures import QueueFigures
from acd.item_events import ItemPassedOn
from acd.item_records import Items, items_left_open, open_items
from acd.item_verbs import ItemVerbs
from acd.orders import Whom, orders
from acd.queue_config import QueueConfig
from acd.queue_target import parse_queue_target
from acd.reception import Reception, prospects
from acd.records import QueueEntries, conversations_between
from acd.repeats import HOUR_S, MAX_NUMBERS, Conversation, Customer, RepeatCallers
from acd.replay.recorded_core import Inputs, RecordedCore
from acd.state import AcdState, KnowsTarget, knowing_every_target
from acd.supervision_verbs import SupervisionVerbs
from acd.verbs import (
    AcdVerbs,
    AgentParams,
    AgentQueuesParams,
    CallerParams,
    CallerQueueParams,
    NotReadyParams,
    QueueParams,
    SignInParams,
    SkillsParams,
    Submit,
)
from acd.views import AcdReadings
from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import TenantParams
from runtime.tenancy import tenant_of
from switch.application import Application, Gauge, Verb
from switch.calendars.events import CalendarClosed, CalendarOpened
from switch.causes import Cause
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallEnded,
    CallHandedOff,
    DigitReceived,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
    PromptFinished,
)
from switch.sip.events import StationRefreshed, StationRegistered, StationUnregistered

OFFER_RESULTS: Mapping[Cause, OfferResult] = {
    Cause.USER_BUSY: OfferResult.BUSY,
    Cause.CALL_REJECTED: OfferResult.REJECTED,
    Cause.NO_ANSWER: OfferResult.REJECTED,  # the phone itself said 480: do not disturb
    Cause.USER_NOT_REGISTERED: OfferResult.UNREACHABLE,
    Cause.NO_USER_RESPONSE: OfferResult.UNREACHABLE,
    Cause.UNALLOCATED_NUMBER: OfferResult.UNREACHABLE,
    Cause.DESTINATION_OUT_OF_ORDER: OfferResult.UNREACHABLE,
}
"""What an offer's cause means for the agent; every other one is FAILED."""


def _nobody(number: str, level: int | None, tenant: str) -> None:
    return None


def build(
    queues: Sequence[QueueConfig],
    agents: Sequence[AgentConfig],
    stations: Mapping[str, int],
    ids: Ids,
    submit: Submit,
    clock: Clock,
    config: AcdConfig | None = None,
    whom: Whom = _nobody,
    knows_target: KnowsTarget = knowing_every_target,
    kept: Inputs | None = None,
) -> Application:
    """The ACD with its own core, for sections without findings.

    ``stations`` are the phones agents may sign in at, with the level of routes they may dial; ``submit`` is
    the driver's, for verbs that change something; ``clock`` tells views and gauges the time; ``whom`` tells
    how customers are called back; ``knows_target`` whether any application takes a target; ``kept`` takes all
    that the core is told.
    """
    seed = int(ids.token(), 16)
    make_core = AcdCore if kept is None else partial(RecordedCore, inputs=kept)
    core = make_core(
        queues,
        agents,
        ids,
        config,
        seed=seed,
        can_dial=lambda number, level, queue: whom(number, level, tenant_of(queue)) is not None,
        knows_target=knows_target,
        now=clock.now(),
    )
    figures, agent_figures = QueueFigures(queues), AgentFigures(config)
    repeats = RepeatCallers(clock.wall)
    began_at, period_h = clock.wall(), max((queue.repeat_period_h for queue in queues), default=0.0)
    return Application(
        scheme=QUEUE_SCHEME,
        knows=knows_queues(core.state),
        more_schemes={AGENT_SCHEME: knows_agents(core.state)},
        cores=(core,),
        routes={
            **_inputs(core, repeats),
            **orders(ids, whom),
            **dict.fromkeys(COMMANDS, lambda command, now: core.handle(command, now=now)),
            ConfigureAcd: _configuring(core, figures, agent_figures),
            CallerJoined: _counting(figures.caller_joined),
            CallerTold: _counting(figures.caller_told),
            CallerLeft: _counting(figures.caller_left),
            **dict.fromkeys((CallbackDialled, CallbackReturned), _counting(figures.call_changed)),
            **{kind: _timing(fold) for kind, fold in agent_figures.folds.items()},
            CallCompleted: _in_turn(
                _counting(repeats.call_completed), _timing(agent_figures.folds[CallCompleted])
            ),
        },
        verbs=(
            *_verbs(AcdVerbs(core.state, stations, figures, clock, submit)),
            *ExplainVerbs(core.state, clock).verbs(),
            *ItemVerbs(core.state, clock, submit).verbs(),
            *SupervisionVerbs(core.state, agent_figures, clock, submit).verbs(),
            *_callback_verbs(CallbackVerbs(core.state, stations, ids, clock, submit)),
        ),
        projections=(QueueEntries(), Callbacks(), Items()),
        gauges=_gauges(AcdReadings(core.state, figures, clock)),
        agent_at=core.state.seats.get,
        prospect=prospects(core.state, repeats),
        catch_up=(
            lambda records: _remembering(
                repeats, conversations_between(records, began_at - period_h * HOUR_S, began_at, MAX_NUMBERS)
            ),
            lambda records: _restoring(
                submit,
                open_callbacks(rows_left_open(records, began_at), now=clock.now(), wall=clock.wall()),
            ),
            lambda records: _restoring(
                submit, open_items(items_left_open(records, began_at), now=clock.now(), wall=clock.wall())
            ),
        ),
    )


def _remembering(
    repeats: RepeatCallers, told: Iterable[tuple[Customer, Conversation]]
) -> list[Callable[[], None]]:
    """Who talked with whom in the runs before, to be taken in on the loop."""
    return [partial(repeats.restore, list(told))]


def _restoring(
    submit: Submit, orders: Sequence[RestoreCallback | RestoreItem]
) -> Iterable[Callable[[], None]]:
    """Callbacks and items of the runs before, each to be put into its place on the loop."""
    return [partial(_restore, submit, order) for order in orders]


def _restore(submit: Submit, order: RestoreCallback | RestoreItem) -> None:
    """Raises UsageError, with the callback or item it is about."""
    try:
        submit(order)
    except UsageError as error:
        named = f"item {order.item}" if isinstance(order, RestoreItem) else f"callback {order.callback_id}"
        raise UsageError(f"{named} cannot be restored: {error}") from error


def knows_queues(state: AcdState) -> Callable[[str], bool]:
    """Whether a target ``queue:<name>`` leads to queues there are, with nothing in it that is no good."""

    def knows(name: str) -> bool:
        try:
            return state.queues.keys() >= set(parse_queue_target(name).queues)
        except UsageError:
            return False

    return knows


def knows_agents(state: AcdState) -> Callable[[str], bool]:
    """Whether a target ``agent:<number>`` leads to an agent who has a queue."""

    def knows(name: str) -> bool:
        return name in state.agents and own_queue(state.agents[name].config) in state.queues

    return knows


def _configuring(core: AcdCore, figures: QueueFigures, agent_figures: AgentFigures) -> Handler:
    def configure(command: ConfigureAcd, now: float) -> Outputs:
        outputs = core.handle(command, now=now)
        figures.configure(command.queues)
        if command.rules is not None:
            agent_figures.configure(command.rules)
        return outputs

    return configure


def _verbs(verbs: AcdVerbs) -> tuple[Verb, ...]:
    return (
        Verb("agent.list", TenantParams, verbs.list_agents, "All agents and what they are doing."),
        Verb("agent.sign_in", SignInParams, verbs.sign_in, "Seat an agent (签入), not ready at first."),
        Verb("agent.sign_out", AgentParams, verbs.sign_out, "End an agent's shift (签出)."),
        Verb("agent.ready", AgentParams, verbs.ready, "Let calls come (示闲); ends wrap-up."),
        Verb(
            "agent.not_ready", NotReadyParams, verbs.not_ready, "Let no calls come (示忙), after the present."
        ),
        Verb(
            "queue.list",
            TenantParams,
            verbs.list_queues,
            "The queues: callers, agents, calls since the start.",
        ),
        Verb("queue.waiting", QueueParams, verbs.list_waiting, "Who waits in a queue, in order."),
        Verb(
            "queue.change_caller",
            CallerParams,
            verbs.change_caller,
            "Give one who waits another priority, requirement or other tags.",
        ),
        Verb("queue.add", CallerQueueParams, verbs.add_queue, "Let a caller wait in one more queue."),
        Verb("queue.remove", CallerQueueParams, verbs.remove_queue, "Let a caller wait in one queue less."),
        Verb("agent.set_skills", SkillsParams, verbs.set_skills, "Other skills and tags, at once."),
        Verb("agent.set_queues", AgentQueuesParams, verbs.set_queues, "Other queues to serve, at once."),
    )


def _callback_verbs(verbs: CallbackVerbs) -> tuple[Verb, ...]:
    return (
        Verb(
            "queue.callback",
            CallbackParams,
            verbs.request,
            "Have a customer called back who waits, or who has not called; one for a number and queue.",
        ),
        Verb("queue.callbacks", CallbackListParams, verbs.list_callbacks, "Who is to be called back."),
        Verb("queue.cancel_callback", CallbackIdParams, verbs.cancel, "Call a customer back no more."),
    )


def _gauges(readings: AcdReadings) -> tuple[Gauge, ...]:
    by_queue = ("queue",)
    return (
        Gauge("queue_waiting", "Callers in the queue.", by_queue, readings.waiting),
        Gauge(
            "queue_longest_wait_seconds",
            "Wait of the queue's first caller.",
            by_queue,
            readings.longest_wait_s,
        ),
        Gauge(
            "queue_estimated_wait_seconds",
            "Wait of a caller who comes now, as far as it is known.",
            (*by_queue, "bound"),
            readings.estimated_wait_s,
        ),
        Gauge(
            "queue_estimates_inside_ratio",
            "Callers served inside the interval that was estimated, 0.8 when estimates are right.",
            by_queue,
            readings.estimates_inside,
        ),
        Gauge(
            "queue_callbacks",
            "Customers of the queue to be called back.",
            by_queue,
            readings.callbacks,
        ),
        Gauge("agents", "Agents by state.", ("state",), readings.agents),
        Gauge(
            "agent_items",
            "Chats, mails and other items offered to agents or in hand there.",
            ("medium",),
            readings.items,
        ),
    )


def _inputs(core: AcdCore, repeats: RepeatCallers) -> dict[type, Handler]:
    """What the exchange reports, as inputs of the core."""
    reception = Reception(core, repeats)

    def telling(translate: Callable[[Any], inputs.Input]) -> Handler:
        return lambda event, now: core.handle(translate(event), now=now)

    def of_offer(translate: Callable[[Any], inputs.Input]) -> Handler:
        """Most offers are of calls in no queue."""
        offers = core.state.offers
        return lambda event, now: core.handle(translate(event), now=now) if event.offer_id in offers else ()

    return {
        CallArrived: reception.call_arrived,
        CallAnswered: reception.call_answered,
        CallHandedOff: reception.call_handed_off,
        CallEnded: reception.call_ended,
        ItemPassedOn: reception.item_passed_on,
        PromptFinished: reception.playback_over,
        DigitReceived: reception.digit_received,
        CalendarOpened: telling(lambda e: inputs.CalendarChanged(calendar=e.calendar, open=True)),
        CalendarClosed: telling(lambda e: inputs.CalendarChanged(calendar=e.calendar, open=False)),
        CallConnected: of_offer(lambda event: inputs.CallerConnected(offer_id=event.offer_id)),
        OfferRinging: of_offer(lambda event: inputs.PhoneRang(offer_id=event.offer_id)),
        OfferAccepted: of_offer(lambda event: inputs.PhoneAnswered(offer_id=event.offer_id)),
        OfferEnded: of_offer(_phone_lost),
        StationRegistered: telling(lambda e: inputs.StationChanged(station=e.station, reachable=True)),
        StationRefreshed: telling(lambda e: inputs.StationChanged(station=e.station, reachable=True)),
        StationUnregistered: telling(lambda e: inputs.StationChanged(station=e.station, reachable=False)),
    }


def _phone_lost(event: OfferEnded) -> inputs.PhoneLost:
    result = OFFER_RESULTS.get(event.cause, OfferResult.FAILED)
    return inputs.PhoneLost(offer_id=event.offer_id, result=result, by_agent=event.by_station)


def _counting(count: Callable[[Any], None]) -> Handler:
    """A handler that only counts an event; nothing follows from it."""

    def handle(event: Any, now: float) -> Outputs:
        count(event)
        return ()

    return handle


def _timing(fold: Callable[[Any, float], None]) -> Handler:
    """The same, for what needs the time."""

    def handle(event: Any, now: float) -> Outputs:
        fold(event, now)
        return ()

    return handle


def _in_turn(*handlers: Handler) -> Handler:
    """For an event that several count."""

    def handle(event: Any, now: float) -> Outputs:
        for handler in handlers:
            handler(event, now)
        return ()

    return handle
