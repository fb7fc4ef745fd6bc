"""Who is asked when, and what becomes of every lookup: a core over all services.

A lookup waits for a place, is tried, perhaps pauses and is tried again; it keeps its place meanwhile. It ends
in exactly one answer, by its time limit at the latest, unless whoever asked, or the call, goes before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from runtime.deadlines import Deadlines
from runtime.driver import Handler, Outputs, of_own
from runtime.errors import UsageError
from switch.events import CallEnded
from switch.lookups.answers import (
    Answered,
    AttemptEnded,
    Failed,
    LookupAnswered,
    LookupFailed,
    Outcome,
    Reason,
)
from switch.lookups.attempts import pause_before_next, went_well
from switch.lookups.breaker import BreakerChange
from switch.lookups.commands import DropRequest, ForgetLookup, LookUp, SendRequest
from switch.lookups.config import LookupConfig
from switch.lookups.events import CircuitClosed, CircuitOpened, LookupCompleted
from switch.lookups.service import Service

ANSWERED = "answered"
FORGOTTEN = "forgotten"
_LIMIT, _RETRY = "limit", "retry"


@dataclass(slots=True)
class _Lookup:
    """One that is not over."""

    order: LookUp
    service: Service
    began_at: float
    ends_at: float
    has_place: bool = False
    attempts: int = 0
    permit: int | None = None
    """Of the attempt that is out."""


class Lookups:
    """Takes LookUp, ForgetLookup and what the HTTP shell reports."""

    def __init__(self, configs: Iterable[LookupConfig]) -> None:
        self._services = {config.name: Service(config) for config in configs}
        self._open: dict[str, _Lookup] = {}
        self._of_call: dict[str, set[str]] = {}
        self._due: Deadlines[tuple[str, str]] = Deadlines()

    def configure(self, configs: Iterable[LookupConfig]) -> None:
        """Know these services from now on. One that is other begins anew; lookups go on as they began."""
        known = self._services
        self._services = {config.name: _kept(known.get(config.name), config) for config in configs}

    @property
    def services(self) -> Iterable[Service]:
        """In the order of the configuration."""
        return self._services.values()

    @property
    def open_lookups(self) -> int:
        """How many are not over."""
        return len(self._open)

    def service(self, name: str) -> Service:
        """Raises UsageError when there is none of the name."""
        service = self._services.get(name)
        if service is None:
            raise UsageError(
                f"there is no service {name!r} in [[lookups]]; lookup.list names those there are"
            )
        return service

    def routes(self) -> dict[type, Handler]:
        return {
            LookUp: self._look_up,
            ForgetLookup: lambda command, now: self._forget((command.request_id,), now),
            AttemptEnded: self._attempt_ended,
            CallEnded: of_own(self._of_call, self._call_ended),
        }

    def next_deadline(self) -> float | None:
        return self._due.next()

    def wake(self, *, now: float) -> Outputs:
        """A time limit has passed, or a pause."""
        due = self._due.first_due(now)
        if due is None:
            return ()
        kind, request_id = due
        lookup = self._open[request_id]
        outputs = self._begin(lookup, now) if kind == _RETRY else self._run_out(lookup, now)
        return [*outputs, *self._fill(lookup.service, now)]

    def _look_up(self, order: LookUp, now: float) -> Outputs:
        if order.request_id in self._open:
            raise UsageError(f"lookup {order.request_id} is under way already; give each an id of its own")
        service = self._services.get(order.service)
        if service is None:
            return _refused(order, Reason.UNKNOWN_SERVICE)
        limit_s = service.config.timeout_s
        if order.timeout_s is not None:
            limit_s = min(limit_s, order.timeout_s)
        lookup = _Lookup(order, service, began_at=now, ends_at=now + limit_s)
        if (reason := _why_not(service, now)) is not None:
            service.outcomes[reason] += 1
            return _refused(order, reason)
        return self._take_in(lookup, now)

    def _take_in(self, lookup: _Lookup, now: float) -> Outputs:
        order = lookup.order
        self._open[order.request_id] = lookup
        if order.call_id:
            self._of_call.setdefault(order.call_id, set()).add(order.request_id)
        self._due.set((_LIMIT, order.request_id), lookup.ends_at)
        if lookup.service.has_place:
            return self._seat(lookup, now)
        lookup.service.waiting[order.request_id] = None
        return ()

    def _seat(self, lookup: _Lookup, now: float) -> Outputs:
        lookup.has_place = True
        lookup.service.under_way += 1
        return self._begin(lookup, now)

    def _begin(self, lookup: _Lookup, now: float) -> Outputs:
        """Send it, if the service may be asked."""
        permit = lookup.service.breaker.permit(now)
        if permit is None:
            return self._close(lookup, Failed(Reason.CIRCUIT_OPEN), now)
        lookup.permit = permit
        lookup.attempts += 1
        return [SendRequest(attempt=lookup.attempts, lookup=lookup.order)]

    def _attempt_ended(self, report: AttemptEnded, now: float) -> Outputs:
        lookup = self._open.get(report.request_id)
        if lookup is None or lookup.permit is None or lookup.attempts != report.attempt:
            return ()  # it was given up in the same moment
        outputs = [*self._learn(lookup, report.outcome, now), *self._go_on(lookup, report.outcome, now)]
        return [*outputs, *self._fill(lookup.service, now)]

    def _learn(self, lookup: _Lookup, outcome: Outcome, now: float) -> Iterator[Any]:
        """What an attempt says about the service."""
        service, permit = lookup.service, lookup.permit
        lookup.permit = None
        if permit is None:
            return
        reason = ANSWERED
        if isinstance(outcome, Failed):
            reason = outcome.reason
            service.last_failure = f"{reason}: {outcome.detail}" if outcome.detail else reason
        open_s = service.breaker.open_for_s(now) or 0.0
        change = service.breaker.record(permit, well=went_well(outcome), now=now)
        if change is BreakerChange.OPENED:
            yield CircuitOpened(service=service.config.name, reason=reason, open_s=service.config.open_s)
        elif change is BreakerChange.CLOSED:
            yield CircuitClosed(service=service.config.name, open_s=round(open_s, 3))

    def _go_on(self, lookup: _Lookup, outcome: Outcome, now: float) -> Outputs:
        """Pause and try again where that makes sense, or end."""
        config = lookup.service.config
        pause_s = None
        if isinstance(outcome, Failed):
            pause_s = pause_before_next(
                lookup.order.method,
                outcome,
                attempts=lookup.attempts,
                retries=config.retries,
                first_pause_s=config.retry_pause_s,
            )
        if pause_s is None or now + pause_s >= lookup.ends_at or lookup.service.breaker.is_shut(now):
            return self._close(lookup, outcome, now)
        self._due.set((_RETRY, lookup.order.request_id), now + pause_s)
        return ()

    def _run_out(self, lookup: _Lookup, now: float) -> Outputs:
        """The time limit has passed."""
        if not lookup.has_place:
            return self._close(lookup, Failed(Reason.OVERLOADED), now)
        outcome = Failed(Reason.TIMED_OUT)
        outputs = self._drop(lookup)
        return [*outputs, *self._learn(lookup, outcome, now), *self._close(lookup, outcome, now)]

    def _call_ended(self, event: CallEnded, now: float) -> Outputs:
        return self._forget(sorted(self._of_call[event.call_id]), now)

    def _forget(self, request_ids: Iterable[str], now: float) -> Outputs:
        """Their places are given away once all are gone: none of them shall get one."""
        gone = [self._open[request_id] for request_id in request_ids if request_id in self._open]
        outputs = [output for lookup in gone for output in self._give_up(lookup, now)]
        services = {lookup.service.config.name: lookup.service for lookup in gone}
        return [*outputs, *(output for one in services.values() for output in self._fill(one, now))]

    def _give_up(self, lookup: _Lookup, now: float) -> Outputs:
        dropped = self._drop(lookup)
        if lookup.permit is not None:
            lookup.service.breaker.withdraw(lookup.permit)
        return [*dropped, self._remove(lookup, FORGOTTEN, now)]

    def _fill(self, service: Service, now: float) -> Outputs:
        """Give the places that are free to those who wait longest."""
        outputs: list[Any] = []
        while service.waiting and service.has_place:
            request_id = next(iter(service.waiting))
            del service.waiting[request_id]
            outputs.extend(self._seat(self._open[request_id], now))
        return outputs

    def _close(self, lookup: _Lookup, outcome: Outcome, now: float) -> Outputs:
        """Answer whoever asked."""
        completed = self._remove(lookup, ANSWERED if isinstance(outcome, Answered) else outcome.reason, now)
        if lookup.attempts:
            lookup.service.took(now - lookup.began_at)
        return [_reply(lookup.order, outcome), completed]

    def _remove(self, lookup: _Lookup, outcome: str, now: float) -> LookupCompleted:
        order, service = lookup.order, lookup.service
        del self._open[order.request_id]
        self._leave_call(order)
        self._due.cancel((_LIMIT, order.request_id))
        self._due.cancel((_RETRY, order.request_id))
        service.waiting.pop(order.request_id, None)
        service.under_way -= lookup.has_place
        service.outcomes[outcome] += 1
        return _completed(order, outcome, lookup.attempts, now - lookup.began_at)

    def _leave_call(self, order: LookUp) -> None:
        asked = self._of_call.get(order.call_id)
        if asked is not None:
            asked.discard(order.request_id)
            if not asked:
                del self._of_call[order.call_id]

    @staticmethod
    def _drop(lookup: _Lookup) -> list[DropRequest]:
        """Nothing is to be stopped between attempts."""
        is_out = lookup.permit is not None
        return [DropRequest(request_id=lookup.order.request_id)] if is_out else []


def _kept(service: Service | None, config: LookupConfig) -> Service:
    return service if service is not None and service.config == config else Service(config)


def _why_not(service: Service, now: float) -> Reason | None:
    """Why a lookup is not even let in."""
    if service.breaker.is_shut(now):
        return Reason.CIRCUIT_OPEN
    if not service.has_place and service.is_full:
        return Reason.OVERLOADED
    return None


def _refused(order: LookUp, reason: Reason) -> Outputs:
    return [_reply(order, Failed(reason)), _completed(order, reason, attempts=0, duration_s=0.0)]


def _reply(order: LookUp, outcome: Outcome) -> LookupAnswered | LookupFailed:
    request_id, call_id = order.request_id, order.call_id
    if isinstance(outcome, Answered):
        return LookupAnswered(
            request_id=request_id, call_id=call_id, status=outcome.status, answer=outcome.answer
        )
    return LookupFailed(request_id=request_id, call_id=call_id, reason=str(outcome.reason))


def _completed(order: LookUp, outcome: str, attempts: int, duration_s: float) -> LookupCompleted:
    return LookupCompleted(
        request_id=order.request_id,
        call_id=order.call_id,
        service=order.service,
        outcome=str(outcome),
        attempts=attempts,
        duration_ms=round(1000 * duration_s),
    )
