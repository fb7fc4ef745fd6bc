"""Whatever happens, in whatever order: nobody is lost, nothing is told twice, nothing stands still."""

from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from acd.agent import AgentState
from acd.callback import CallbackStage
from acd.commands import ForceSignOut
from acd.config import AcdConfig
from acd.entry import EntryState
from acd.events import LeaveReason
from tests.acd import random_shift
from tests.acd.centre import Centre
from tests.acd.invariants import check_idle, check_order, check_state
from tests.acd.ledger import Ledger

PRESENT = {CallbackStage.ANSWERED, CallbackStage.RETURNED}
CHOICES = st.randoms(use_true_random=False)


class AnyShift(RuleBasedStateMachine):
    parallel_during_calls = False

    def __init__(self) -> None:
        super().__init__()
        config = AcdConfig(parallel_during_calls=self.parallel_during_calls)
        self.centre = Centre(random_shift.QUEUES, random_shift.AGENTS, config)
        for agent in random_shift.AGENTS:
            self.centre.staff(agent.id)
        self.ledger = Ledger()
        self.noted = 0

    @rule(choices=CHOICES)
    def an_agent_asks_for_something(self, choices: Random) -> None:
        random_shift.agent_asks(self.centre, choices)

    @rule(choices=CHOICES)
    def a_station_comes_or_goes(self, choices: Random) -> None:
        random_shift.station_changes(self.centre, choices)

    @rule(choices=CHOICES)
    def a_calendar_opens_or_closes(self, choices: Random) -> None:
        random_shift.calendar_changes(self.centre, choices)

    @rule(choices=CHOICES)
    def a_playback_ends(self, choices: Random) -> None:
        random_shift.playback_ends(self.centre, choices)

    @rule(choices=CHOICES)
    def a_caller_comes(self, choices: Random) -> None:
        random_shift.caller_comes(self.centre, choices)

    @rule(choices=CHOICES)
    def a_caller_goes(self, choices: Random) -> None:
        random_shift.caller_goes(self.centre, choices)

    @rule(choices=CHOICES)
    def a_caller_is_steered(self, choices: Random) -> None:
        random_shift.caller_is_steered(self.centre, choices)

    @rule(choices=CHOICES)
    def a_callback_moves(self, choices: Random) -> None:
        random_shift.callback_moves(self.centre, choices)

    @rule(choices=CHOICES)
    def a_callback_is_restored(self, choices: Random) -> None:
        random_shift.callback_is_restored(self.centre, choices)

    @rule(choices=CHOICES)
    def an_agent_is_moved(self, choices: Random) -> None:
        random_shift.agent_is_moved(self.centre, choices)

    @rule(choices=CHOICES)
    def an_offer_moves(self, choices: Random) -> None:
        random_shift.offer_moves(self.centre, choices)

    @rule(choices=CHOICES)
    def an_item_comes(self, choices: Random) -> None:
        random_shift.item_comes(self.centre, choices)

    @rule(choices=CHOICES)
    def an_item_moves(self, choices: Random) -> None:
        random_shift.item_moves(self.centre, choices)

    @rule(choices=CHOICES)
    def an_item_is_restored(self, choices: Random) -> None:
        random_shift.item_is_restored(self.centre, choices)

    @rule(choices=CHOICES)
    def a_supervisor_acts(self, choices: Random) -> None:
        random_shift.supervisor_acts(self.centre, choices)

    @rule(choices=CHOICES)
    def the_configuration_changes(self, choices: Random) -> None:
        random_shift.configuration_changes(self.centre, choices)

    @rule(choices=CHOICES)
    def time_passes(self, choices: Random) -> None:
        random_shift.time_passes(self.centre, choices)

    @invariant()
    def everything_fits(self) -> None:
        state, outputs = self.centre.core.state, self.centre.outputs[self.noted :]
        self.noted += len(outputs)
        self.ledger.note(outputs)
        check_state(state)
        check_order(state, outputs)
        inside = state.entries.values()
        assert self.ledger.waiting == {(e.call_id, name) for e in inside for name in e.places}
        assert self.ledger.talking.keys() == {e.call_id for e in inside if e.state is EntryState.TALKING}
        assert self.ledger.offers.keys() <= state.offers.keys()

    def teardown(self) -> None:
        for agent_id, agent in list(self.centre.core.state.agents.items()):
            if agent.state is not AgentState.LOGGED_OUT:
                self.centre.tell(ForceSignOut(agent_id=agent_id, by="9001"))
        self.centre.wait(1000)
        open_callbacks = {e.entry_id for e in self.centre.core.state.entries.values() if e.callback}
        assert {self.centre.stage(entry_id) for entry_id in open_callbacks} <= PRESENT
        states = {entry.state for entry in self.centre.core.state.entries.values()}
        assert states <= {EntryState.WAITING, EntryState.TALKING}, "a lease did not end by itself"
        for call_id in list(self.centre.core.state.calls):
            self.centre.hang_up(call_id, LeaveReason.WITHDRAWN)
        self.centre.wait(1000)
        check_idle(self.centre.core.state)
        self.ledger.note(self.centre.outputs[self.noted :])
        assert self.ledger.callbacks == set()


class AnyShiftWithItemsDuringCalls(AnyShift):
    parallel_during_calls = True


AnyShift.TestCase.settings = settings(max_examples=50, stateful_step_count=50, deadline=None)
AnyShiftWithItemsDuringCalls.TestCase.settings = AnyShift.TestCase.settings
TestAnyShiftWithItemsDuringCalls = AnyShiftWithItemsDuringCalls.TestCase
TestAnyShift = AnyShift.TestCase
