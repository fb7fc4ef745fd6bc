"""The ACD as an application of the exchange. Translates between the words of the two, decides nothing.

Of the ACD only this file, ``orders.py``, ``reception.py`` and those of records speak the exchange's words.
The exchange tells a call's end before the ends of its offers, so an offer that is still open when its end
arrives was ended by the phone, or by a fault on the way to it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from acd import inputs
from acd.agent_config import AgentConfig
from acd.agent_events import AgentSignedIn, AgentStateChanged
from acd.agent_figures import AgentFigures
from acd.agent_limits import AgentLimits
from acd.agent_target import obstacles, own_queue
from acd.alarm_sources import alarm_sources
from acd.callback_events import CallbackDialled, CallbackReturned
from acd.callback_records import Callbacks
from acd.callback_verbs import CallbackVerbs
from acd.catching_up import catching_up
from acd.config import AGENT_SCHEME, QUEUE_SCHEME, AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.core import COMMANDS, AcdCore
from acd.events import (
    CallCompleted,
    CallerJoined,
    CallerLeft,
    CallerTold,
    OfferMade,
    OfferResult,
)
from acd.explain_verbs import ExplainVerbs
from acd.figures import QueueFigures
from acd.item_events import ItemPassedOn
from acd.item_records import Items
from acd.item_verbs import ItemVerbs
from acd.messages.commands import ConfirmMessage, RestoreMessage, SendMessage
from acd.messages.messages import Messages
from acd.messages.records import MessageRows
from acd.messages.verbs import MessageVerbs
from acd.orders import Whom, orders
from acd.own_calls import station_to_call
from acd.phone_desk import AgentPhoneDesk
from acd.popups import NoCalls, PoppedCalls, PopUps
from acd.queue_config import QueueConfig
from acd.queue_target import parse_queue_target
from acd.reception import OwnCallReception, Reception, prospects
from acd.records import QueueEntries
from acd.repeats import RepeatCallers
from acd.replay.recorded_core import Inputs, RecordedCore
from acd.state import AcdState, KnowsTarget, knowing_every_target
from acd.supervision_verbs import SupervisionVerbs
from acd.verbs import (
    AcdVerbs,
    Submit,
)
from acd.views import AcdReadings
from runtime.clock import Clock
from runtime.driver import Handler, Outputs, merge_routes, of_own
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.tenancy import tenant_of
from switch.application import AgentFacts, Application, Gauge
from switch.calendars.events import CalendarClosed, CalendarOpened
from switch.causes import Cause
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    CallPlaced,
    CallTransferred,
    DigitReceived,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
    PartyJoined,
    PartyLeft,
    PromptFinished,
)
from switch.sip.events import (
    LegRinging,
    StationRefreshed,
    StationRegistered,
    StationUnregistered,
    TextDelivered,
    TextFailed,
)

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
    popped_calls: PoppedCalls | None = None,
) -> Application:
    """The ACD with its own core, for sections without findings.

    ``stations`` are the phones agents may sign in at, with the level of routes they may dial; ``submit`` is
    the driver's, for verbs that change something; ``clock`` tells views and gauges the time; ``whom`` tells
    how customers are called back; ``knows_target`` whether any application takes a target; ``kept`` takes all
    that the core is told; ``popped_calls`` what screen-pops tell of calls.
    """
    make_core = AcdCore if kept is None else partial(RecordedCore, inputs=kept)
    core = make_core(
        queues,
        agents,
        ids,
        config,
        seed=int(ids.token(), 16),
        can_dial=lambda number, level, queue: whom(number, level, tenant_of(queue)) is not None,
        knows_target=knows_target,
        now=clock.now(),
    )
    figures, agent_figures, limits = QueueFigures(queues), AgentFigures(config), AgentLimits(config)
    repeats = RepeatCallers(clock.wall)
    reception = Reception(core, repeats)
    rules = config or AcdConfig()
    messages = Messages(lambda agent: core.state.agent(agent).station, ids, rules.messages)
    popups = PopUps(core.state, repeats, popped_calls or NoCalls())
    return Application(
        scheme=QUEUE_SCHEME,
        knows=knows_queues(core.state),
        more_schemes={AGENT_SCHEME: knows_agents(core.state)},
        obstacle=obstacles(core.state),
        cores=(core, limits, messages),
        routes=merge_routes(
            _inputs(core, reception),
            {CallEnded: of_own(reception.unanswered, reception.gave_up)},
            _own_calls(OwnCallReception(core), core.state),
            _popping(popups),
            orders(ids, whom),
            {
                **dict.fromkeys(COMMANDS, lambda command, now: core.handle(command, now=now)),
                ConfigureAcd: _configuring(core, figures, agent_figures, limits, messages),
            },
            _counted(figures),
            {CallCompleted: _counting(repeats.call_completed)},
            {kind: _timing(fold) for kind, fold in agent_figures.folds.items()},
            {AgentSignedIn: limits.signed_in, AgentStateChanged: limits.state_changed},
            {AgentSignedIn: messages.signed_in},
            _texting(messages),
        ),
        verbs=(
            *AcdVerbs(core.state, stations, figures, clock, submit).verbs(),
            *ExplainVerbs(core.state, clock).verbs(),
            *ItemVerbs(core.state, clock, submit).verbs(),
            *SupervisionVerbs(core.state, agent_figures, clock, submit).verbs(),
            *MessageVerbs(messages, core.state, ids, clock, submit).verbs(),
            *CallbackVerbs(core.state, stations, ids, clock, submit).verbs(),
        ),
        projections=(QueueEntries(), Callbacks(), Items(), MessageRows()),
        gauges=_gauges(AcdReadings(core.state, figures, clock)),
        agents=_facts_of_agents(core.state),
        desk=AgentPhoneDesk(core.state, lambda command, now: core.handle(command, now=now)),
        prospect=prospects(core.state, repeats),
        catch_up=tuple(catching_up(repeats, queues, submit, clock)),
        alarm_sources=alarm_sources(core.state),
    )


def _counted(figures: QueueFigures) -> dict[type, Handler]:
    """What of the core's events counts in queues' figures."""
    return {
        CallerJoined: _counting(figures.caller_joined),
        CallerTold: _counting(figures.caller_told),
        CallerLeft: _counting(figures.caller_left),
        **dict.fromkeys((CallbackDialled, CallbackReturned), _counting(figures.call_changed)),
    }


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


def _popping(popups: PopUps) -> dict[type, Handler]:
    """When desktops are told of calls."""
    calls = popups.calls
    return {
        OfferMade: popups.offer_made,
        LegRinging: lambda event, now: popups.phone_rang(event.leg_id, now),
        CallConnected: lambda event, now: popups.talks(event.call_id, now),
        CallTransferred: lambda event, now: popups.talks(event.call_id, now),
        PartyJoined: lambda event, now: popups.joined(event.leg_id, now),
        PartyLeft: of_own(calls, lambda event, now: popups.offer_over(event.call_id, event.party_id)),
        OfferEnded: of_own(calls, lambda event, now: popups.offer_over(event.call_id, event.offer_id)),
        CallEnded: of_own(calls, lambda event, now: popups.call_over(event.call_id)),
    }


def _texting(messages: Messages) -> dict[type, Handler]:
    return {
        SendMessage: messages.send,
        ConfirmMessage: messages.confirm,
        RestoreMessage: messages.restore,
        TextDelivered: lambda event, now: messages.phone_answered(event.text_id, taken=True),
        TextFailed: lambda event, now: messages.phone_answered(event.text_id, taken=False),
    }


def _configuring(
    core: AcdCore,
    figures: QueueFigures,
    agent_figures: AgentFigures,
    limits: AgentLimits,
    messages: Messages,
) -> Handler:
    def configure(command: ConfigureAcd, now: float) -> Outputs:
        outputs = core.handle(command, now=now)
        figures.configure(command.queues)
        if command.rules is not None:
            agent_figures.configure(command.rules)
            limits.configure(command.rules)
            messages.configure(command.rules.messages)
        return outputs

    return configure


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


def _inputs(core: AcdCore, reception: Reception) -> dict[type, Handler]:
    """What the exchange reports, as inputs of the core."""

    def telling(translate: Callable[[Any], inputs.Input]) -> Handler:
        return lambda event, now: core.handle(translate(event), now=now)

    def of_offer(translate: Callable[[Any], inputs.Input]) -> Handler:
        """Most offers are of calls in no queue."""
        return of_own(core.state.offers, telling(translate), "offer_id")

    return {
        CallArrived: reception.call_arrived,
        CallAnswered: of_own(reception.unanswered, reception.call_answered),
        CallHandedOff: reception.call_handed_off,
        CallDueBack: telling(lambda e: inputs.CallerDueBack(call_id=e.call_id, back=e.target)),
        CallEnded: of_own(core.state.calls, reception.call_ended),
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


def _own_calls(own: OwnCallReception, state: AcdState) -> dict[type, Handler]:
    """What the exchange reports of calls that agents have by no offer of a queue."""
    calls = state.own_calls
    return {
        CallPlaced: own.placed,
        CallTransferred: own.transferred,
        CallAnswered: of_own(calls, own.answered),
        CallConnected: of_own(state.seats, own.connected, "station"),
        OfferEnded: of_own(calls, own.left),
        CallEnded: of_own(calls, own.over),
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


def _facts_of_agents(state: AcdState) -> AgentFacts:
    def station_of(agent: str) -> str | None:
        known = state.agents.get(agent)
        return None if known is None else known.station

    def queues_of(agent: str) -> Collection[str]:
        known = state.agents.get(agent)
        return () if known is None else known.queue_names

    def has_item(agent: str, item: str) -> bool:
        entry = state.entries.get(item)
        offers = () if entry is None or not entry.is_item else entry.offer_ids
        return any(state.offers[offer_id].agent_id == agent for offer_id in offers)

    return AgentFacts(state.seats, station_of, queues_of, has_item, partial(station_to_call, state))
