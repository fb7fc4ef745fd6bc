"""Services that are told of alarms, by POST through ``[[lookups]]``; what fails in passing is tried again.

A service may be told the same twice, when its answer was lost: ``notice_id`` is then the same.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runtime.deadlines import Deadlines
from runtime.driver import Handler, Outputs
from runtime.ids import Ids
from runtime.tenancy import bare, id_kind, tenant_of
from runtime.vocabulary import Event, event_fields
from switch.alarms.config import AlarmConfig
from switch.alarms.events import AlarmUndelivered
from switch.lookups.answers import LookupAnswered, LookupFailed, Reason
from switch.lookups.commands import LookUp, Method

FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 300.0
MOST_ATTEMPTS = 8
"""Over about a quarter of an hour."""
MOST_OPEN = 2000
_ARRIVED = frozenset({Reason.NOT_JSON, Reason.TOO_LARGE})
"""The service took it; nobody wants to know what it said."""
_IN_VAIN = frozenset({Reason.BAD_REQUEST, Reason.UNKNOWN_SERVICE})


@dataclass(slots=True)
class _Notice:
    """Something a service is to know."""

    alarm: str
    alarm_id: str
    order: LookUp
    attempts: int = 1


class Telling:
    """What services were told and have not confirmed."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._open: dict[str, _Notice] = {}
        self._due: Deadlines[str] = Deadlines()

    @property
    def open_notices(self) -> int:
        return len(self._open)

    def routes(self) -> dict[type, Handler]:
        return {LookupAnswered: self._answered, LookupFailed: self._failed}

    def next_deadline(self) -> float | None:
        return self._due.next()

    def wake(self, *, now: float) -> Outputs:
        """Try one again."""
        notice_id = self._due.first_due(now)
        if notice_id is None:
            return ()
        notice = self._open[notice_id]
        notice.attempts += 1
        return [notice.order]

    def tell(self, config: AlarmConfig, alarm_id: str, event: Event, wall: float) -> list[Event | LookUp]:
        """Tell each of the alarm's services."""
        return [self._begin(config, alarm_id, service, event, wall) for service in config.services]

    def _begin(
        self, config: AlarmConfig, alarm_id: str, service: str, event: Event, wall: float
    ) -> Event | LookUp:
        notice_id = self._ids.new(id_kind("notice", tenant_of(config.name)))
        body = {"notice_id": notice_id, **notice_body(config, event, wall)}
        order = LookUp(
            request_id=notice_id,
            call_id="",
            service=service,
            method=Method.POST,
            path=config.path,
            body=body,
        )
        notice = _Notice(config.name, alarm_id, order)
        if len(self._open) >= MOST_OPEN:
            return _undelivered(notice, Reason.OVERLOADED)
        self._open[notice_id] = notice
        return order

    def _answered(self, answer: LookupAnswered, now: float) -> Outputs:
        self._open.pop(answer.request_id, None)
        return ()

    def _failed(self, failure: LookupFailed, now: float) -> Outputs:
        notice = self._open.get(failure.request_id)
        if notice is None:
            return ()
        if failure.reason not in _ARRIVED and notice.attempts < MOST_ATTEMPTS and _may_pass(failure.reason):
            pause_s = min(FIRST_PAUSE_S * 2.0 ** (notice.attempts - 1), LONGEST_PAUSE_S)
            self._due.set(failure.request_id, now + pause_s)
            return ()
        del self._open[failure.request_id]
        return () if failure.reason in _ARRIVED else [_undelivered(notice, failure.reason)]


def _may_pass(reason: str) -> bool:
    """Whether the same may be taken later: not when the service says that it is wrong (4xx)."""
    is_refused = reason.startswith("status_4") and reason not in ("status_408", "status_429")
    return reason not in _IN_VAIN and not is_refused


def notice_body(config: AlarmConfig, event: Event, wall: float) -> dict[str, Any]:
    """The event's fields in the names of whose alarm it is, with its title and the time in UTC."""
    own = {
        name: bare(value) if name in ("alarm", "subject") else value
        for name, value in event_fields(event).items()
    }
    title = config.title or bare(config.name)
    at = datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")
    return {"event": event.topic, "at": at, "title": title, **own}


def _undelivered(notice: _Notice, reason: str) -> AlarmUndelivered:
    return AlarmUndelivered(
        alarm_id=notice.alarm_id,
        alarm=notice.alarm,
        service=notice.order.service,
        attempts=notice.attempts,
        reason=str(reason),
    )
