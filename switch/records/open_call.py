"""A call between its arrival and its record."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from runtime.target import first_queue, parse_target
from switch.causes import Cause
from switch.disposition import disposition
from switch.records.columns import RESTART, stamp
from switch.records.leg_quality import NOTHING_KNOWN, quality_of

MAX_DIGITS = 255
_QUEUE = "queue"


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    """The customer called."""
    OUTBOUND = "outbound"
    """The switch called the customer."""


class HungUpBy(StrEnum):
    """Who ended a call."""

    CALLER = "caller"
    STATION = "station"
    SWITCH = "switch"
    RESTART = RESTART


class OpenCall(Struct, kw_only=True):
    """What is known of a call that has no row yet. Times are wall-clock seconds."""

    sequence: int
    call_id: str
    started: float
    caller_number: str
    caller_name: str = ""
    called_number: str = ""
    whom: str | None = None
    """Whom the switch called; None when it was called."""
    contact_id: str | None = None
    sip_call_id: str = ""
    access_code: str | None = None
    trunk: str | None = None
    area: str = ""
    lists: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    answered: float | None = None
    bridged: float | None = None
    ended: float | None = None
    cause: Cause = Cause.NORMAL_UNSPECIFIED
    hung_up_by: HungUpBy = HungUpBy.SWITCH
    queue: str | None = None
    waiting_since: float | None = None
    waited_s: float | None = None
    offer_id: str | None = None
    """Of the offer it talks, or last talked, to."""
    talking_since: float | None = None
    talked_s: float = 0.0
    left_by_station: bool = False
    station: str | None = None
    digits: str = ""
    recording_id: str | None = None
    recording_path: str | None = None
    recording_sha256: str | None = None
    open_recordings: set[str] = field(default_factory=set)
    open_legs: dict[str, str] = field(default_factory=dict)
    """Legs whose ports are open: which side each is."""
    quality: dict[str, float | None] = field(default_factory=NOTHING_KNOWN.copy)

    def enter(self, target: str, now: float) -> None:
        """An application has the call now; a queue makes it wait."""
        self.left_by_station = False
        scheme, name = parse_target(target)
        if scheme == _QUEUE:
            self.queue = first_queue(name)
            self.waiting_since = self.waiting_since or now
        else:
            self.stop_waiting(now)

    def stop_waiting(self, now: float) -> None:
        if self.waiting_since is not None:
            self.waited_s = (self.waited_s or 0.0) + _elapsed_s(self.waiting_since, now)
            self.waiting_since = None

    def talk_to(self, station: str, offer_id: str, now: float) -> None:
        self.stop_waiting(now)
        self.stop_talking(now)
        self.bridged = self.bridged or now
        self.station, self.offer_id, self.talking_since = station, offer_id, now
        self.left_by_station = False

    def stop_talking(self, now: float) -> None:
        if self.talking_since is not None:
            self.talked_s += _elapsed_s(self.talking_since, now)
            self.talking_since = None

    def end(self, cause: Cause, hung_up_by: HungUpBy, now: float) -> None:
        self.stop_waiting(now)
        self.stop_talking(now)
        self.cause, self.hung_up_by, self.ended = cause, hung_up_by, now

    def open_recording(self, recording_id: str) -> None:
        """A recording began, or is about to; the first is the one the record names."""
        self.open_recordings.add(recording_id)
        self.recording_id = self.recording_id or recording_id

    def close_leg(self, leg_id: str, closed: Mapping[str, Any]) -> None:
        """A leg's ports are closed; the last station talked to is the one that counts."""
        self.quality.update(quality_of(self.open_legs.pop(leg_id), closed))

    @property
    def complete(self) -> bool:
        """Whether nothing more can become known of it."""
        return self.ended is not None and not self.open_recordings and not self.open_legs

    def row(self) -> Mapping[str, Any]:
        """The call record. Only once the call has ended."""
        ended = self.ended if self.ended is not None else self.started
        return {
            "call_id": self.call_id,
            "contact_id": self.contact_id,
            "direction": str(Direction.INBOUND if self.whom is None else Direction.OUTBOUND),
            "clid": f'"{self.caller_name}" <{self.caller_number}>'
            if self.caller_name
            else self.caller_number,
            "src": self.caller_number,
            "dst": self.called_number,
            "whom": self.whom,
            "start_stamp": stamp(self.started),
            "answer_stamp": _stamp_or_none(self.answered),
            "bridge_stamp": _stamp_or_none(self.bridged),
            "end_stamp": stamp(ended),
            "duration": int(_elapsed_s(self.started, ended)),
            "billsec": 0 if self.answered is None else int(_elapsed_s(self.answered, ended)),
            "waitsec": None if self.waited_s is None else int(self.waited_s),
            "talk_ms": round(self.talked_s * 1000),
            "disposition": str(disposition(self.cause, answered=self.answered is not None)),
            "hangup_cause": str(self.cause),
            "hangup_cause_q850": self.cause.number,
            "hung_up_by": str(self.hung_up_by),
            "sip_call_id": self.sip_call_id,
            "access_code": self.access_code,
            "trunk": self.trunk,
            "area": self.area or None,
            "lists": ",".join(self.lists) or None,
            "tags": ",".join(self.tags) or None,
            "data": json.dumps(self.data, ensure_ascii=False) if self.data else None,
            "station": self.station,
            "queue": self.queue,
            "digits": self.digits,
            "recording_id": self.recording_id,
            "recording_path": self.recording_path,
            "recording_sha256": self.recording_sha256,
            **self.quality,
        }


def _stamp_or_none(wall: float | None) -> datetime | None:
    return None if wall is None else stamp(wall)


def _elapsed_s(since: float, until: float) -> float:
    """Between two moments of the wall clock, which somebody may have set back meanwhile."""
    return max(0.0, until - since)
