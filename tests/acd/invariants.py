"""What must hold of the ACD's state between any two inputs."""

from collections.abc import Sequence

from acd.agent import AgentState
from acd.eligibility import is_eligible
from acd.events import OfferEnded, OfferMade
from acd.queue import Entry, EntryState
from acd.state import AcdState, Timer, TimerKind
from runtime.vocabulary import Output


def check_state(state: AcdState) -> None:
    _offers_bind_one_agent_and_one_caller(state)
    _lines_hold_exactly_who_waits(state)
    _rankings_hold_exactly_who_may_be_rung(state)
    _nobody_waits_beside_a_free_agent(state)
    _every_deadline_has_its_subject(state)
    _everybody_sits_alone(state)


def check_order(state: AcdState, outputs: Sequence[Output]) -> None:
    """Nobody was offered to an agent past someone who waits longer for the same agent."""
    returned = {output.call_id for output in outputs if isinstance(output, OfferEnded)}
    for made in (output for output in outputs if isinstance(output, OfferMade)):
        entry = state.entries.get(made.call_id)
        if entry is not None:
            queues = state.agents[made.agent].queue_names
            passed = [
                other.call_id
                for other in state.entries.values()
                if other.queue_name in queues
                and other.state is EntryState.WAITING
                and other.sequence < entry.sequence
                and other.call_id not in returned
            ]
            assert not passed, f"{made.call_id} was offered to {made.agent} before {passed}"


def check_idle(state: AcdState) -> None:
    """Nothing is left of any caller or offer."""
    assert state.entries == {}
    assert state.offers == {}
    assert [len(queue) for queue in state.queues.values()] == [0] * len(state.queues)
    busy = (AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)
    assert [agent.agent_id for agent in state.agents.values() if agent.state in busy] == []
    assert state.timers.armed() == []


def _offers_bind_one_agent_and_one_caller(state: AcdState) -> None:
    for offer in state.offers.values():
        entry = state.entries[offer.call_id]
        assert entry.offer_id == offer.offer_id
        assert entry.state is not EntryState.WAITING
        agent = state.agents[offer.agent_id]
        assert (agent.offer_id, agent.call_id) == (offer.offer_id, offer.call_id)
        talking = entry.state is EntryState.TALKING
        assert agent.state is (AgentState.ON_CALL if talking else AgentState.OFFERED)
        assert (Timer(TimerKind.OFFER_LEASE, offer.offer_id) in state.timers) is not talking
    holders = [agent.agent_id for agent in state.agents.values() if agent.offer_id]
    assert sorted(holders) == sorted(offer.agent_id for offer in state.offers.values())


def _lines_hold_exactly_who_waits(state: AcdState) -> None:
    for name, queue in state.queues.items():
        mine = [entry for entry in state.entries.values() if entry.queue_name == name]
        line = sorted((e for e in mine if e.state is not EntryState.TALKING), key=_sequence)
        assert len(queue) == len(line)
        assert [queue.position(entry) for entry in line] == list(range(1, len(line) + 1))
        waiting = [entry for entry in line if entry.state is EntryState.WAITING]
        assert queue.first_waiting() is (waiting[0] if waiting else None)
        assert all(entry.offer_id is None for entry in waiting)


def _rankings_hold_exactly_who_may_be_rung(state: AcdState) -> None:
    for name, queue in state.queues.items():
        eligible = {
            a.agent_id for a in state.agents.values() if name in a.queue_names and is_eligible(state, a)
        }
        assert {agent_id for agent_id in state.agents if agent_id in queue.ranking} == eligible
        assert len(queue.ranking) == len(eligible)


def _nobody_waits_beside_a_free_agent(state: AcdState) -> None:
    for name, queue in state.queues.items():
        assert queue.first_waiting() is None or queue.ranking.best() is None, f"{name} stands still"


def _every_deadline_has_its_subject(state: AcdState) -> None:
    for timer, _ in state.timers.armed():
        match timer.kind:
            case TimerKind.OFFER_LEASE:
                assert timer.subject in state.offers
            case TimerKind.MAX_WAIT:
                assert state.entries[timer.subject].state is not EntryState.TALKING
            case TimerKind.WRAP_UP:
                assert state.agents[timer.subject].state is AgentState.WRAP_UP
            case TimerKind.REFUSAL_DELAY:
                assert state.agents[timer.subject].state is not AgentState.LOGGED_OUT


def _everybody_sits_alone(state: AcdState) -> None:
    seated = {a.station: a.agent_id for a in state.agents.values() if a.state is not AgentState.LOGGED_OUT}
    assert seated == state.seats
    out = [a for a in state.agents.values() if a.state is AgentState.LOGGED_OUT]
    assert all((a.station, a.call_id, a.not_ready_after) == (None, None, None) for a in out)


def _sequence(entry: Entry) -> int:
    return entry.sequence
