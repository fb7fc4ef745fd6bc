"""The ACD's core: one owner of all callers, agents and offers. Inputs go in with the time, outputs come back.

Where things are decided:

    shift.py        sign-in, ready, not ready, reachable stations
    supervision.py  what supervisors force, and leave granted (``leave.py``: asked for; ``signing_out.py``)
    skills.py       changes of skills and queues in the middle of a shift
    waiting.py      joining queues, and what time brings (``overflow.py``: limits; ``places.py``: rings)
    hours.py        queues that open and close by their calendars
    steering.py     keys, and what is changed while somebody waits
    self_service.py callers who do something else by a key and keep the place
    leaving.py      out of the queues, for an agent or another target
    dispatch.py     who is offered to whom (``lining_up.py`` has the callers, ``free.py`` the agents,
                    ``strategy.py`` ranks them)
    offers.py       from the ringing phone to the conversation
    no_answer.py    what follows for an agent who did not take an offer
    items.py        work that is no call, by verbs (``item_restoring.py``: what there was before a restart)
    talk.py         conversation and wrap-up (``wrap_up.py``: longer, or shorter)
    announcing.py   what those who wait are told (``spoken.py``: as prompts)
    greeting.py     what agent and caller hear before each other
    estimates.py    how long a caller will wait (``estimate.py``), from what ``pacing.py`` has seen
    configuring.py  other rules, queues and agents (``retiring.py``: those that go)
    callbacks.py    callers who hang up and keep the place (``callback_requests.py``: by what they ask for
                    it; ``callback_rules.py``: who may; ``calling_back.py`` dials them;
                    ``callback_restoring.py``: those of the run before,
                    ``callback_merging.py``: whose customers came again meanwhile)
    hang_ups.py     caller or phone gone, in any state

``explain.py`` tells why, of callers and agents, from the state alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from acd import (
    announcing,
    callback_requests,
    callback_restoring,
    callbacks,
    configuring,
    hang_ups,
    hours,
    item_restoring,
    items,
    leave,
    offers,
    own_calls,
    pacing,
    retiring,
    shift,
    skills,
    snapshot,
    steering,
    supervision,
    talk,
    waiting,
    wrap_up,
)
from acd.agent_config import AgentConfig
from acd.calling_back import dial_ahead
from acd.commands import (
    AcceptItem,
    AddQueue,
    ApproveLeave,
    AskLeave,
    CancelCallback,
    ChangeCaller,
    ChangeQueues,
    ChangeSkills,
    DenyLeave,
    EndWrapUp,
    ExtendWrapUp,
    FinishItem,
    ForceNotReady,
    ForceReady,
    ForceSignOut,
    MakeNotReady,
    MakeReady,
    MoveCaller,
    RejectItem,
    ReleaseAgent,
    RemoveQueue,
    RequestCallback,
    RestoreCallback,
    RestoreItem,
    SetAutoAnswer,
    SignIn,
    SignOut,
    SubmitItem,
    TakeBackLeave,
    WithdrawItem,
)
from acd.config import AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.inputs import (
    CalendarChanged,
    CallerCame,
    CallerConnected,
    CallerDueBack,
    CallerGone,
    CallerReturned,
    CallTaken,
    ConfirmationHeard,
    CustomerAnswered,
    Input,
    KeyPressed,
    OwnCallAnswered,
    OwnCallBegan,
    OwnCallOver,
    PhoneAnswered,
    PhoneLost,
    PhoneRang,
    PlaybackOver,
    StationChanged,
)
from acd.queue_config import QueueConfig
from acd.staff import note_absences, set_unstaffed_timer
from acd.state import (
    AcdState,
    CanDial,
    KnowsTarget,
    Timer,
    TimerKind,
    dialling_anybody,
    knowing_every_target,
)
from acd.step import Step
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.vocabulary import Command, Output

COMMANDS: Mapping[type[Command], Callable[[Step, Any], None]] = {
    SignIn: shift.sign_in,
    SignOut: shift.sign_out,
    MakeReady: shift.make_ready,
    MakeNotReady: shift.make_not_ready,
    ForceReady: supervision.force_ready,
    ForceNotReady: supervision.force_not_ready,
    ForceSignOut: supervision.force_sign_out,
    ReleaseAgent: supervision.release,
    AskLeave: leave.ask_leave,
    TakeBackLeave: leave.take_back_leave,
    ApproveLeave: supervision.approve_leave,
    DenyLeave: supervision.deny_leave,
    ExtendWrapUp: wrap_up.extend,
    EndWrapUp: wrap_up.end,
    SetAutoAnswer: shift.set_auto_answer,
    ChangeSkills: skills.change_skills,
    ChangeQueues: skills.change_queues,
    ChangeCaller: steering.change_caller,
    AddQueue: steering.add_queue,
    MoveCaller: steering.move_caller,
    RemoveQueue: steering.remove_queue,
    SubmitItem: items.submit,
    RestoreItem: item_restoring.restore,
    AcceptItem: items.accept,
    RejectItem: items.reject,
    FinishItem: items.finish,
    WithdrawItem: items.withdraw,
    RequestCallback: callback_requests.request,
    RestoreCallback: callback_restoring.restore,
    CancelCallback: callbacks.cancel,
    ConfigureAcd: configuring.configure,
}

INPUTS: Mapping[type[Input], Callable[[Step, Any], None]] = {
    StationChanged: shift.change_station,
    CalendarChanged: hours.change_calendar,
    CallerCame: callback_requests.admit,
    KeyPressed: steering.press_key,
    CallerReturned: steering.come_back,
    CallerDueBack: steering.note_way_back,
    PlaybackOver: offers.note_playback,
    CallerGone: hang_ups.lose_caller,
    CustomerAnswered: callbacks.answer,
    ConfirmationHeard: callbacks.hear_confirmation,
    PhoneRang: offers.note_ringing,
    PhoneAnswered: offers.accept,
    CallerConnected: offers.confirm,
    PhoneLost: hang_ups.lose_phone,
    OwnCallBegan: own_calls.begin,
    OwnCallAnswered: own_calls.answer,
    OwnCallOver: own_calls.end,
    CallTaken: own_calls.take,
}

TIMERS: Mapping[TimerKind, Callable[[Step, Timer], None]] = {
    TimerKind.OFFER_LEASE: offers.expire,
    TimerKind.MAX_WAIT: waiting.time_out,
    TimerKind.OVERFLOW: waiting.time_out,
    TimerKind.RING: waiting.next_ring,
    TimerKind.ANNOUNCEMENT: announcing.announce,
    TimerKind.PREFERENCE: waiting.end_preference,
    TimerKind.UNSTAFFED: waiting.empty_unstaffed,
    TimerKind.CALLBACK: callbacks.go_on,
    TimerKind.CALLBACK_EXPIRY: callbacks.expire,
    TimerKind.WRAP_UP: talk.time_out_wrap_up,
    TimerKind.LEAVE: leave.expire_leave,
    TimerKind.REFUSAL_DELAY: shift.end_refusal_delay,
    TimerKind.SILENCE: shift.end_silence,
}

_HANDLERS: Mapping[type, Callable[[Step, Any], None]] = {**COMMANDS, **INPUTS}


class AcdCore:
    """Distributes callers to agents. Knows no exchange, clock or socket."""

    def __init__(
        self,
        queues: Sequence[QueueConfig],
        agents: Sequence[AgentConfig],
        ids: Ids,
        config: AcdConfig | None = None,
        *,
        seed: int = 0,
        can_dial: CanDial = dialling_anybody,
        knows_target: KnowsTarget = knowing_every_target,
        now: float = 0.0,
    ) -> None:
        """The configuration must be without findings (``config.find_problems``).

        ``seed``: of what is left to chance. ``can_dial``: whether
        customers can be called back at a number, by routes up to a level. ``knows_target``: whether anybody
        takes calls for a target that is no queue. ``now``: monotonic seconds, from
        which queues count how long nobody has been signed in.
        """
        self._ids = ids
        self.state = AcdState(queues, agents, config, seed, can_dial, now, knows_target)
        """To be read, by views and gauges; only this core changes it."""
        begun = Step(self.state, ids, now)
        for queue in self.state.queues.values():
            begun.touched[queue.name] = None
            set_unstaffed_timer(begun, queue)
        note_absences(begun)

    def handle(self, given: Command | Input, *, now: float) -> list[Output]:
        """Take one of COMMANDS or INPUTS; return events and commands in their sequence.

        ``now``: monotonic seconds. Raises UsageError, with nothing changed, when a command cannot be
        followed or an input does not fit.
        """
        handler = _HANDLERS.get(type(given))
        if handler is None:
            raise UsageError(f"the ACD takes no {type(given).__name__}; see COMMANDS and INPUTS in acd.core")
        step = Step(self.state, self._ids, now)
        handler(step, given)
        return self._finished(step)

    def wake(self, *, now: float) -> list[Output]:
        """Do what is due first."""
        step = Step(self.state, self._ids, now)
        if timer := self.state.timers.first_due(now):
            TIMERS[timer.kind](step, timer)
            return self._finished(step)
        return []

    def _finished(self, step: Step) -> list[Output]:
        note_absences(step)
        dial_ahead(step)
        pacing.note(self.state, step.outputs, step.now)
        retiring.let_retired_go(step)
        return step.outputs

    def next_deadline(self) -> float | None:
        return self.state.timers.next()

    def snapshot(self) -> dict[str, Any]:
        """The whole state as plain data."""
        return snapshot.take(self.state)

    def restore(self, taken: Mapping[str, Any]) -> None:
        """Go on, as a new core, where the snapshot was taken, with the queues and agents there were."""
        snapshot.fill(Step(self.state, self._ids, 0.0), taken)
