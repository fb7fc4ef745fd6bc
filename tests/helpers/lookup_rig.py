"""The core of lookups on a manual clock, with the HTTP shell played by hand."""

from typing import Any

from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from switch.lookups.answers import AttemptEnded, LookupAnswered, LookupFailed, Outcome
from switch.lookups.commands import DropRequest, LookUp, SendRequest
from switch.lookups.lookups import Lookups
from tests.helpers.lookup_service import billing

_URL = "http://127.0.0.1:9"


class LookupRig:
    """What was sent and dropped, and what came of it."""

    def __init__(self, **keys: Any) -> None:
        self.clock = ManualClock()
        self.alarm = ManualAlarm()
        self.faults: list[Exception] = []
        self.driver = Driver(self.clock, self.alarm, self._on_fault, Ways())
        self.lookups = Lookups([billing(_URL, **keys)])
        self.sent: list[SendRequest] = []
        self.dropped: list[str] = []
        self.replies: dict[str, Any] = {}
        self.events: list[Any] = []
        self.driver.add_core(self.lookups)
        self.driver.add_routes(self.lookups.routes())
        self.driver.add_routes({SendRequest: self._send, DropRequest: self._drop})
        self.driver.add_routes({LookupAnswered: self._reply, LookupFailed: self._reply})
        self.driver.observe(lambda event, wall: self.events.append(event))

    def _on_fault(self, item: object, error: Exception) -> Outputs:
        self.faults.append(error)
        return ()

    def _send(self, command: SendRequest, now: float) -> Outputs:
        self.sent.append(command)
        return ()

    def _drop(self, command: DropRequest, now: float) -> Outputs:
        self.dropped.append(command.request_id)
        return ()

    def _reply(self, reply: LookupAnswered | LookupFailed, now: float) -> Outputs:
        assert reply.request_id not in self.replies, "one answer and no more"
        self.replies[reply.request_id] = reply.answer if isinstance(reply, LookupAnswered) else reply.reason
        return ()

    def ask(self, *request_ids: str, **order: Any) -> None:
        for request_id in request_ids:
            given = {"call_id": "call-1", "service": "billing", **order}
            self.driver.submit(LookUp(request_id=request_id, **given))

    def end(self, outcome: Outcome, *request_ids: str) -> None:
        """The latest attempts of these come to an end."""
        for request_id in request_ids:
            attempt = max(one.attempt for one in self.sent if one.lookup.request_id == request_id)
            ended = AttemptEnded(request_id, attempt, outcome)
            self.driver.run_step(lambda now, ended=ended: [ended])  # type: ignore[misc]

    def wait_until(self, now: float) -> None:
        while self.alarm.deadline is not None and self.alarm.deadline <= now:
            self.clock.move_to(self.alarm.deadline)
            self.alarm.ring()
        self.clock.move_to(now)

    @property
    def asked(self) -> list[str]:
        return [one.lookup.request_id for one in self.sent]

    def told(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]
