"""Flows' questions to applications: told, waited for, answered or not. A core."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from runtime.deadlines import Deadlines
from runtime.driver import Handler, Outputs, ignoring_time, of_own
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.tenancy import id_kind, tenant_of_id
from switch.events import CallEnded
from switch.hooks.answers import HookAnswered, HookUnanswered, Unanswered
from switch.hooks.commands import AnswerHook, AskApplication, ForgetHook, RequestTextMessage, TellHook
from switch.hooks.events import HookAsked, HookCompleted, TextMessageRequested

LONGEST_DATA = 16_384
"""Of what is told and of what is answered, as JSON, in bytes."""
MOST_OPEN = 10_000
_ANSWERED, _TOLD, _FORGOTTEN = "answered", "told", "forgotten"


@dataclass(frozen=True, slots=True)
class _Hook:
    """One that waits for its answer."""

    hook_id: str
    order: AskApplication
    asked_at: float


class Hooks:
    """Takes AskApplication, ForgetHook, AnswerHook and RequestTextMessage."""

    def __init__(self, ids: Ids, is_heard: Callable[[str], bool]) -> None:
        """``is_heard``: whether anybody subscribed to the hooks of a tenant, or of the house."""
        self._ids = ids
        self._is_heard = is_heard
        self._open: dict[str, _Hook] = {}
        self._by_request: dict[str, str] = {}
        self._of_call: dict[str, dict[str, None]] = {}
        self._due: Deadlines[str] = Deadlines()

    @property
    def open_hooks(self) -> int:
        """How many wait for an answer."""
        return len(self._open)

    def routes(self) -> dict[type, Handler]:
        return {
            AskApplication: self._ask,
            ForgetHook: self._forget_request,
            AnswerHook: self._answer,
            RequestTextMessage: ignoring_time(self._request_text),
            CallEnded: of_own(self._of_call, self._call_ended),
        }

    def next_deadline(self) -> float | None:
        return self._due.next()

    def wake(self, *, now: float) -> Outputs:
        hook_id = self._due.first_due(now)
        return (
            () if hook_id is None else self._leave_unanswered(self._open[hook_id], Unanswered.TIMED_OUT, now)
        )

    def waiting(self, hook_id: str) -> AskApplication:
        """What is asked. Raises UsageError when nobody waits for an answer to it."""
        hook = self._open.get(hook_id)
        if hook is None:
            raise UsageError(
                f"nobody waits for an answer to {hook_id!r}; it came too late, or for the second time"
            )
        return hook.order

    def _ask(self, order: AskApplication, now: float) -> Outputs:
        if order.request_id in self._by_request:
            raise UsageError(f"hook {order.request_id} waits already; give each an id of its own")
        tenant = tenant_of_id(order.call_id)
        hook = _Hook(self._ids.new(id_kind("hook", tenant)), order, now)
        reason = self._why_not(order, tenant)
        if reason is not None:
            return [*_told_of(hook, reason), _completed(hook, reason, now)]
        tell = TellHook(asked=_asked(hook))
        if order.timeout_s <= 0:
            return [tell, _completed(hook, _TOLD, now)]
        self._await(hook, now)
        return [tell]

    def _why_not(self, order: AskApplication, tenant: str) -> Unanswered | None:
        """Why it is not even told."""
        if not is_bounded(order.data):
            return Unanswered.TOO_LARGE
        if not self._is_heard(tenant):
            return Unanswered.NOBODY
        return Unanswered.OVERLOADED if len(self._open) >= MOST_OPEN else None

    def _await(self, hook: _Hook, now: float) -> None:
        order = hook.order
        self._open[hook.hook_id] = hook
        self._by_request[order.request_id] = hook.hook_id
        self._of_call.setdefault(order.call_id, {})[hook.hook_id] = None
        self._due.set(hook.hook_id, now + order.timeout_s)

    def _answer(self, command: AnswerHook, now: float) -> Outputs:
        order = self.waiting(command.hook_id)
        if not is_bounded(command.data):
            raise UsageError(f"the answer is more than {LONGEST_DATA} bytes as JSON, or is no plain data")
        answered = HookAnswered(request_id=order.request_id, call_id=order.call_id, data=command.data)
        return [answered, self._close(self._open[command.hook_id], _ANSWERED, now)]

    def _leave_unanswered(self, hook: _Hook, reason: Unanswered, now: float) -> Outputs:
        return [*_told_of(hook, reason), self._close(hook, reason, now)]

    def _forget_request(self, command: ForgetHook, now: float) -> Outputs:
        hook_id = self._by_request.get(command.request_id)
        return [] if hook_id is None else [self._close(self._open[hook_id], _FORGOTTEN, now)]

    def _call_ended(self, event: CallEnded, now: float) -> Outputs:
        waiting = list(self._of_call[event.call_id])
        return [self._close(self._open[hook_id], _FORGOTTEN, now) for hook_id in waiting]

    def _close(self, hook: _Hook, outcome: str, now: float) -> HookCompleted:
        order = hook.order
        del self._open[hook.hook_id], self._by_request[order.request_id]
        self._due.cancel(hook.hook_id)
        of_call = self._of_call[order.call_id]
        del of_call[hook.hook_id]
        if not of_call:
            del self._of_call[order.call_id]
        return _completed(hook, outcome, now)

    def _request_text(self, order: RequestTextMessage) -> Outputs:
        kind = id_kind("text_message", tenant_of_id(order.call_id))
        return [
            TextMessageRequested(
                text_message_id=self._ids.new(kind),
                call_id=order.call_id,
                to=order.to,
                text=order.text,
                template=order.template,
                values=order.values,
            )
        ]


def is_bounded(data: Any) -> bool:
    """Whether it is plain data, and not too much."""
    try:
        return len(orjson.dumps(data)) <= LONGEST_DATA
    except TypeError:
        return False


def _asked(hook: _Hook) -> HookAsked:
    order = hook.order
    return HookAsked(
        hook_id=hook.hook_id,
        call_id=order.call_id,
        hook=order.hook,
        data=order.data,
        answer_within_s=max(0.0, order.timeout_s),
    )


def _told_of(hook: _Hook, reason: Unanswered) -> list[HookUnanswered]:
    """Nothing, where nobody waits."""
    order = hook.order
    if order.timeout_s <= 0:
        return []
    return [HookUnanswered(request_id=order.request_id, call_id=order.call_id, reason=reason)]


def _completed(hook: _Hook, outcome: str, now: float) -> HookCompleted:
    order = hook.order
    return HookCompleted(
        hook_id=hook.hook_id,
        request_id=order.request_id,
        call_id=order.call_id,
        hook=order.hook,
        outcome=str(outcome),
        duration_ms=round(1000 * (now - hook.asked_at)),
    )
