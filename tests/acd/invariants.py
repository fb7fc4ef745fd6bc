"""What must hold of the ACD's state between any two inputs."""

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

from acd.agent import AgentState
from acd.by_number import EntriesByNumber
from acd.callback import WITH_A_CALL, CallbackStage
from acd.config_problems import ways_out
from acd.eligibility import open_media
from acd.entry import Entry, EntryState, Place
from acd.events import OfferMade
from acd.queue import Demand, Queue
from acd.queue_rules import Absence, OverflowRule, absence_key
from acd.requirement import parse_joined
from acd.state import AcdState, Timer, TimerKind
from acd.tags import within_range
from runtime.vocabulary import Output


def check_state(state: AcdState) -> None:
    _offers_bind_one_agent_and_one_caller(state)
    _nobody_has_more_in_hand_than_the_capacity(state)
    _lines_hold_exactly_who_is_in_the_queue(state)
    _whoever_waits_can_be_found_and_nobody_else(state)
    _rankings_hold_exactly_who_may_be_rung(state)
    _nobody_waits_beside_a_free_agent(state)
    _every_deadline_has_its_subject(state)
    _no_phone_is_silent_for_ever(state)
    _nobody_waits_longer_than_allowed(state)
    _everybody_sits_alone(state)
    _staff_is_counted_right(state)
    _paces_know_who_waits_and_talks(state)
    _only_those_are_told_something_who_hear_it(state)
    _in_self_service_is_only_who_waits_and_is_there(state)
    _what_supervisors_set_holds(state)
    _callbacks_can_be_found_and_end(state)
    _no_number_is_called_twice(state)
    _nobody_is_called_too_late(state)
    _what_is_retired_has_somebody_to_stay_for(state)
    _priorities_are_made_of_what_was_given(state)


def check_order(state: AcdState, outputs: Sequence[Output]) -> None:
    """Nobody was offered to an agent past someone of the same queue who goes first and would do as well.

    Whoever is told of in the same outputs, or prefers certain agents, may have begun to wait after the offer;
    so may a callback whose pause was over. ``test_callbacks.py`` holds callbacks to their order.
    Who has left the queue since may have preferred the agent.
    """
    _nobody_is_rung_too_late(state, outputs)
    told = {getattr(output, "call_id", None) for output in outputs if not isinstance(output, OfferMade)}
    for made in (output for output in outputs if isinstance(output, OfferMade)):
        entry = state.entry_of(made.call_id)
        agent = state.agents.get(made.agent)
        membership = None if agent is None else agent.memberships.get(made.queue)
        if entry is None or membership is None or made.queue not in entry.places:
            continue
        passed = [
            other.call_id
            for other in state.entries.values()
            if (place := other.places.get(made.queue)) is not None
            and other.is_offerable
            and not other.is_absent
            and other.medium == entry.medium
            and other.rank < entry.rank
            and parse_joined(place.requirement).is_met_by(membership.qualities)
            and not entry.preferred
            and not other.preferred
            and other.call_id not in told
        ]
        assert not passed, f"{made.call_id} was offered to {made.agent} before {passed}"


def check_idle(state: AcdState) -> None:
    """Nothing is left of any caller or offer."""
    assert state.entries == {}
    assert state.calls == {}
    assert state.offers == {}
    assert [*state.callers, *state.callbacks] == []
    assert state.engaged == {}
    assert [len(queue) for queue in state.queues.values()] == [0] * len(state.queues)
    busy = (AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)
    assert [agent.agent_id for agent in state.agents.values() if agent.state in busy] == []
    assert [agent.agent_id for agent in state.agents.values() if agent.items] == []
    assert [timer for timer, _ in state.timers.armed() if timer.kind is not TimerKind.UNSTAFFED] == []


def _offers_bind_one_agent_and_one_caller(state: AcdState) -> None:
    for offer in state.offers.values():
        entry = state.entries[offer.entry_id]
        assert offer.offer_id in entry.offer_ids
        assert entry.state is not EntryState.WAITING
        agent = state.agents[offer.agent_id]
        assert offer.medium == entry.medium
        talking = entry.state is EntryState.TALKING
        if offer.takes_agent_whole:
            assert (agent.offer_id, agent.call_id) == (offer.offer_id, offer.call_id)
            assert agent.state is (AgentState.ON_CALL if talking else AgentState.OFFERED)
        else:
            assert agent.items[offer.offer_id] == offer.medium
        assert (Timer(TimerKind.OFFER_LEASE, offer.offer_id) in state.timers) is not talking
        assert offer.reserved is entry.is_absent
    for entry in state.entries.values():
        assert state.calls[entry.call_id] == entry.entry_id
        assert bool(entry.offer_ids) is (entry.state is not EntryState.WAITING)
        assert (entry.connecting is not None) is (entry.state in (EntryState.ACCEPTED, EntryState.TALKING))
        assert bool(entry.places) is (entry.state is not EntryState.TALKING)
    held = [agent.offer_id for agent in state.agents.values() if agent.offer_id]
    held += [offer_id for agent in state.agents.values() for offer_id in agent.items]
    assert sorted(held) == sorted(state.offers)
    assert len(state.calls) == len(state.entries)


def _nobody_has_more_in_hand_than_the_capacity(state: AcdState) -> None:
    for agent in state.agents.values():
        media = Counter(agent.items.values())
        assert all(media[medium] <= agent.capacity.get(medium, 0) for medium in media)
        if agent.offer_id:
            assert state.offers[agent.offer_id].medium in agent.capacity
        if agent.state is AgentState.LOGGED_OUT:
            assert not agent.items
        entries = [state.offers[offer_id].entry_id for offer_id in agent.items]
        assert len(set(entries)) == len(entries), "offered the same twice"


def _lines_hold_exactly_who_is_in_the_queue(state: AcdState) -> None:
    for name, queue in state.queues.items():
        inside = sorted((e for e in state.entries.values() if name in e.places), key=_rank)
        assert list(queue.line) == inside
        assert [queue.line.position(entry) for entry in inside] == list(range(1, len(inside) + 1))


def _whoever_waits_can_be_found_and_nobody_else(state: AcdState) -> None:
    for queue in state.queues.values():
        for demand in queue.demands.values():
            inside = [e for e in state.entries.values() if _asks(e, demand)]
            waiting = [e for e in inside if e.is_offerable and e.preferred_until is None]
            ringing = [e for e in inside if e.state is EntryState.OFFERED and e.rings_all_in == queue.name]
            assert list(demand.waiting) == sorted(waiting, key=_rank)
            assert list(demand.ringing) == sorted(ringing, key=_rank)
        by_need: dict[str, list[tuple[float, int, Demand]]] = {}
        for demand in queue.demands.values():
            if (first := demand.waiting.first()) is not None:
                by_need.setdefault(demand.needs, []).append((*first.rank, demand))
        assert queue.firsts == {
            need: sorted(firsts, key=itemgetter(0, 1)) for need, firsts in by_need.items()
        }
    for (agent_id, medium), line in state.personal.items():
        personal = [
            entry
            for entry in state.entries.values()
            if agent_id in entry.preferred
            and entry.medium == medium
            and entry.preferred_until is not None
            and entry.is_offerable
        ]
        assert list(line) == sorted(personal, key=_rank)
    for entry in state.entries.values():
        for place in entry.places.values():
            if entry.is_offerable and entry.preferred_until is None:
                assert (entry.medium, place.requirement) in state.queues[place.queue_name].demands


def _asks(entry: Entry, demand: Demand) -> bool:
    place = entry.places.get(demand.queue.name)
    return place is not None and (entry.medium, place.requirement) == demand.key


def _rankings_hold_exactly_who_may_be_rung(state: AcdState) -> None:
    eligible = {(a.agent_id, medium) for a in state.agents.values() for medium in open_media(state, a)}
    assert state.free.keys() == eligible
    for queue in state.queues.values():
        for demand in queue.demands.values():
            free = {agent_id for agent_id, medium in eligible if medium == demand.medium}
            fitting = {agent_id for agent_id in free if _fits(state, agent_id, queue, demand)}
            assert {agent_id for agent_id, _, _ in demand.ranking.order()} == fitting


def _fits(state: AcdState, agent_id: str, queue: Queue, demand: Demand) -> bool:
    membership = state.agents[agent_id].memberships.get(queue.name)
    return membership is not None and demand.requirement.is_met_by(membership.qualities)


def _nobody_waits_beside_a_free_agent(state: AcdState) -> None:
    for name, queue in state.queues.items():
        for demand in queue.demands.values():
            assert not (len(demand.waiting) and len(demand.ranking)), f"{name} stands still"
    for free, line in state.personal.items():
        assert not (len(line) and free in state.free), f"{free} is waited for and free"


def _every_deadline_has_its_subject(state: AcdState) -> None:  # noqa: C901 - a case for each kind
    for timer, _ in state.timers.armed():
        match timer.kind:
            case TimerKind.OFFER_LEASE:
                assert timer.subject in state.offers
            case TimerKind.MAX_WAIT | TimerKind.RING | TimerKind.OVERFLOW:
                assert timer.queue_name in state.entries[timer.subject].places
            case TimerKind.ANNOUNCEMENT:
                home = next(iter(state.entries[timer.subject].places))
                assert state.queues[home].config.announcements.say_something
            case TimerKind.PREFERENCE:
                assert state.entries[timer.subject].preferred_until is not None
            case TimerKind.UNSTAFFED:
                queue = state.queues[timer.subject]
                assert {queue.nobody_there_since(rule) for rule in queue.config.on_absence} - {None}
            case TimerKind.CALLBACK:
                assert _stage(state.entries[timer.subject]) in _STAGES_WITH_AN_END
            case TimerKind.CALLBACK_EXPIRY:
                assert _stage(state.entries[timer.subject]) is not None
            case TimerKind.WRAP_UP:
                assert state.agents[timer.subject].state is AgentState.WRAP_UP
            case TimerKind.LEAVE:
                leave = state.agents[timer.subject].leave
                assert leave is not None
                assert leave.approved_at is None
            case TimerKind.REFUSAL_DELAY:
                assert state.agents[timer.subject].state is not AgentState.LOGGED_OUT
            case TimerKind.SILENCE:
                assert timer.subject in state.silent


def _no_phone_is_silent_for_ever(state: AcdState) -> None:
    for station in state.silent:
        assert Timer(TimerKind.SILENCE, station) in state.timers, f"{station} is never tried again"


def _nobody_waits_longer_than_allowed(state: AcdState) -> None:
    """Who waits, and may be sent away, has every limit still ahead."""
    for entry in state.entries.values():
        if entry.state is EntryState.WAITING and entry.callback is None and entry.visit is None:
            for place in entry.places.values():
                queue = state.queues[place.queue_name]
                rules = queue.config
                if _may_have_lost_its_way_out(queue):
                    continue
                if rules.max_wait_s:
                    assert Timer(TimerKind.MAX_WAIT, entry.entry_id, queue.name) in state.timers
                if rules.waits and all(rule.to and rule.above for rule in rules.waits):
                    assert Timer(TimerKind.OVERFLOW, entry.entry_id, queue.name) in state.timers
                if _was_there_before_all_left(place, queue):
                    assert Timer(TimerKind.UNSTAFFED, queue.name) in state.timers


def _may_have_lost_its_way_out(queue: Queue) -> bool:
    """The queue that a retired one leads to may be gone as well; then whoever waits is kept."""
    return queue.is_retired and any(target.startswith("queue:") for _, target in ways_out(0, queue.config))


def _was_there_before_all_left(place: Place, queue: Queue) -> bool:
    """Where there is one rule about that, which sends callers on; who is added by hand later is not meant."""
    rules = queue.config.on_absence
    since = queue.nobody_there_since(rules[0]) if rules else None
    return len(rules) == 1 and bool(rules[0].to) and since is not None and place.joined_at < since


def _nobody_is_rung_too_late(state: AcdState, outputs: Sequence[Output]) -> None:
    """No phone begins to ring for a caller who has waited for as long as the queue allows."""
    for made in (output for output in outputs if isinstance(output, OfferMade)):
        offer, entry = state.offers.get(made.offer_id), state.entry_of(made.call_id)
        if offer is None or entry is None or entry.callback is not None:
            continue
        for place in entry.places.values():
            queue = state.queues[place.queue_name]
            limit_s = 0 if _may_have_lost_its_way_out(queue) else queue.config.max_wait_s
            if limit_s and place.queue_name in (made.queue, next(iter(entry.places))):
                assert offer.made_at <= place.joined_at + limit_s, f"{made.call_id} should be gone"


def _everybody_sits_alone(state: AcdState) -> None:
    seated = {a.station: a.agent_id for a in state.agents.values() if a.state is not AgentState.LOGGED_OUT}
    assert seated == state.seats
    out = [a for a in state.agents.values() if a.state is AgentState.LOGGED_OUT]
    assert all((a.station, a.call_id, a.not_ready_after) == (None, None, None) for a in out)


def _staff_is_counted_right(state: AcdState) -> None:
    for queue in state.queues.values():
        for agent_state in AgentState:
            members = [a for a in queue.members.values() if a.state is agent_state]
            assert queue.staff[agent_state] == len(members)
        assert (queue.unstaffed_since is None) is (queue.signed_in > 0)
        rules = [rule for rule in queue.config.on_absence if rule.not_counting]
        absent = {absence_key(rule) for rule in rules if not _there(state, queue, rule)}
        assert queue.absent_since.keys() == absent


def _there(state: AcdState, queue: Queue, rule: OverflowRule) -> list[str]:
    """Everybody who counts, looked for one by one."""
    names = {"OFFERED": Absence.RUNG, **{kind.name: kind for kind in Absence}}
    signed_in = [agent for agent in queue.members.values() if agent.state is not AgentState.LOGGED_OUT]
    return [
        agent.agent_id
        for agent in signed_in
        if names.get(agent.state.name) not in rule.not_counting
        and not (Absence.UNREACHABLE in rule.not_counting and not state.can_ring(agent.station))
    ]


def _only_those_are_told_something_who_hear_it(state: AcdState) -> None:
    for entry in state.entries.values():
        assert entry.announcing is None or (entry.state is EntryState.WAITING and entry.visit is None)
    for offer in state.offers.values():
        entry = state.entries[offer.entry_id]
        being_connected = (entry.connecting, entry.state) == (offer.offer_id, EntryState.ACCEPTED)
        assert offer.greeting is None or being_connected


def _in_self_service_is_only_who_waits_and_is_there(state: AcdState) -> None:
    for entry in state.entries.values():
        if entry.visit is not None:
            assert entry.state is EntryState.WAITING
            assert not entry.is_absent
            assert not entry.is_item


def _paces_know_who_waits_and_talks(state: AcdState) -> None:
    talking = Counter(
        state.offers[entry.offer_ids[0]].queue_name
        for entry in state.entries.values()
        if entry.state is EntryState.TALKING
    )
    for name, queue in state.queues.items():
        assert (queue.pace.waiting, queue.pace.talking) == (len(queue), talking[name])


def _what_supervisors_set_holds(state: AcdState) -> None:
    for agent in state.agents.values():
        busy = agent.state in (AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)
        if agent.held_reason:
            assert agent.state is not AgentState.AVAILABLE
            assert agent.state is not AgentState.ON_CALL or agent.not_ready_after == agent.held_reason
        if agent.sign_out_after:
            assert busy or agent.items, f"{agent.agent_id} should be gone"
        if agent.state is AgentState.LOGGED_OUT:
            assert agent.leave is None


_STAGES_WITH_AN_END = (*WITH_A_CALL, CallbackStage.PAUSED)


def _callbacks_can_be_found_and_end(state: AcdState) -> None:
    callbacks = {e.entry_id: e.callback for e in state.entries.values() if e.callback}
    at_numbers = {(number, id_) for id_, callback in callbacks.items() for number in callback.numbers}
    assert _pairs(state.callbacks) == at_numbers
    calls = [entry for entry in state.entries.values() if not entry.is_item]
    assert _pairs(state.callers) == {(entry.caller_number, entry.entry_id) for entry in calls}
    for entry in calls:
        if entry.callback is None or entry.state is EntryState.TALKING:
            continue
        assert entry.callback.queue_name in entry.places
        if entry.callback.stage in WITH_A_CALL:
            assert Timer(TimerKind.CALLBACK, entry.entry_id) in state.timers
        if entry.callback.stage in (CallbackStage.WAITING, CallbackStage.PAUSED):
            assert Timer(TimerKind.CALLBACK_EXPIRY, entry.entry_id) in state.timers
            assert entry.state is EntryState.WAITING


def _pairs(entries: EntriesByNumber) -> set[tuple[str, str]]:
    return {(number, entry_id) for number in entries for entry_id in entries.of(number)}


def _no_number_is_called_twice(state: AcdState) -> None:
    engaged = [e.callback.engaged for e in state.entries.values() if e.callback and e.callback.engaged]
    assert len(engaged) == len(set(engaged)) == len(state.engaged)
    assert {state.entries[entry_id].callback is not None for entry_id in state.engaged.values()} <= {True}
    for entry in state.entries.values():
        if _stage(entry) is CallbackStage.DIALLING:
            assert entry.callback is not None
            if entry.callback.engaged:  # it is not for a number behind which several customers are
                assert state.engaged[entry.callback.engaged] == entry.entry_id


def _nobody_is_called_too_late(state: AcdState) -> None:
    """Where customers are dialled ahead, no agent is free beside one who has not been."""
    for queue in state.queues.values():
        assert list(queue.ahead) == sorted(
            (
                entry
                for entry in queue.line
                if entry.state is EntryState.WAITING
                and entry.callback is not None
                and entry.callback.queue_name == queue.name
                and entry.callback.is_due_ahead
            ),
            key=_rank,
        )
        if (first := queue.ahead.first()) is not None:
            assert queue.line.position(first) > queue.eligible, f"{first.entry_id} should be dialled"


def _what_is_retired_has_somebody_to_stay_for(state: AcdState) -> None:
    assert {name for name, queue in state.queues.items() if queue.is_retired} == state.retired_queues.keys()
    for name in state.retired_queues:
        assert len(state.queues[name]) or state.queues[name].pace.talking
    for agent_id in state.retired_agents:
        assert state.agents[agent_id].sign_out_after
    for queue in state.queues.values():
        assert all(state.agents[agent_id] is agent for agent_id, agent in queue.members.items())
    for agent in state.agents.values():
        assert all(agent.agent_id in state.queues[name].members for name in agent.memberships)


def _stage(entry: Entry) -> CallbackStage | None:
    return None if entry.callback is None else entry.callback.stage


def _rank(entry: Entry) -> tuple[float, int]:
    return entry.rank


def _priorities_are_made_of_what_was_given(state: AcdState) -> None:
    for entry in state.entries.values():
        assert entry.priority == within_range(entry.own_priority + sum(entry.of_tags.values()))
        assert entry.of_tags.keys() <= set(entry.tags)
