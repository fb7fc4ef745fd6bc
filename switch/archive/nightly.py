"""Each night all recordings of the days before are checked, and what is wrong is told."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from threading import Event as Signal
from threading import Thread

import structlog

from media.config import RecordingsConfig
from media.recordings.tiers import Access
from switch.archive.days import days_to_check, next_time
from switch.archive.events import ReconciliationFailed, RecordingFaulty, RecordingsReconciled
from switch.archive.reconciliation import Request
from switch.archive.state_file import StateFile
from switch.records.config import RecordsConfig
from switch.records.events import Report

log = structlog.get_logger(__name__)

_STATE = "reconciliation.json"
_LOOK_AGAIN_S = 60.0
"""Somebody may set the clock."""
_MOST_TOLD = 1000
"""A disk that is lost would fill the journal with its recordings; the rest is counted."""
_CLOSING_S = 5.0


class Nightly:
    """A thread that waits for the night, and then for a process that checks.

    ``oldest_under_way`` tells when the oldest recording that still runs began, in wall-clock seconds.
    """

    def __init__(
        self,
        recordings: RecordingsConfig,
        records: RecordsConfig,
        report: Report,
        *,
        access: Access,
        wall: Callable[[], float],
        oldest_under_way: Callable[[], float | None],
    ) -> None:
        self._folder = recordings.folder
        self._spool = recordings.spool
        self._access = access
        self._at = time.fromisoformat(recordings.reconcile_at) if recordings.reconcile_at else None
        self._records = records
        self._report = report
        self._wall = wall
        self._oldest_under_way = oldest_under_way
        self._state = StateFile(records.journal / _STATE)
        self._closing = Signal()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name="nightly", daemon=True)

    def start(self) -> None:
        """Wait for the night, unless no time is configured."""
        if self._at is not None:
            self._thread.start()

    def close(self) -> None:
        """End at once; what was not finished is begun anew the next night."""
        self._closing.set()
        if self._child is not None:
            self._child.kill()
        if self._thread.is_alive():
            self._thread.join(_CLOSING_S)

    def _run(self) -> None:
        assert self._at is not None
        due = next_time(self._at, self._now())
        while not self._closing.is_set():
            left_s = (due - self._now()).total_seconds()
            if left_s > 0:
                self._closing.wait(min(left_s, _LOOK_AGAIN_S))
            else:
                self._reconcile()
                due = next_time(self._at, self._now())

    def _reconcile(self) -> None:
        try:
            self.reconcile(self._now())
        except Exception as fault:  # one bad night must not cost the others
            log.exception("fault while recordings were reconciled")
            self._report(ReconciliationFailed(reason=f"{type(fault).__name__}: {fault}"))

    def reconcile(self, now: datetime) -> None:
        """Check the days that were not checked yet, and report."""
        days = days_to_check(self._first_day(), now)
        if days is None:
            return
        began, until = days
        next_day = self._day_not_over(until)
        request = Request(
            records=self._records,
            folder=self._folder,
            spool=self._spool,
            began=began,
            until=until,
            access=self._access,
        )
        answer = self._check(request)
        if answer is not None:
            self._report(_reconciled(began, until, *answer))
            self._state.keep({"next_day": next_day.isoformat()})

    def _first_day(self) -> date | None:
        kept = self._state.read().get("next_day")
        return None if kept is None else date.fromisoformat(kept)

    def _day_not_over(self, until: datetime) -> date:
        """The first day that is to be looked at again: what runs now has no record yet."""
        oldest = self._oldest_under_way()
        return until.date() if oldest is None else min(until.date(), _local(oldest).date())

    def _check(self, request: Request) -> tuple[int, int] | None:
        """How many recordings were checked, and how many findings there were; None when that failed."""
        with self._started() as child:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(request.model_dump_json().encode())
            child.stdin.close()
            checked, reason, found = None, None, 0
            for line in child.stdout:
                told = json.loads(line)
                checked, reason = told.get("checked"), told.get("reason")
                if "fault" in told:
                    found += 1
                    if found <= _MOST_TOLD:
                        self._report(RecordingFaulty(**told))
        self._child = None
        if checked is not None:
            return checked, found
        if not self._closing.is_set():
            ended = f"its process ended with {child.returncode}; see the log"
            self._report(ReconciliationFailed(reason=reason or ended))
        return None

    def _started(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(part for part in sys.path if part)
        self._child = subprocess.Popen(
            [sys.executable, "-m", "switch.archive.reconciliation"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        if self._closing.is_set():
            self._child.kill()
        return self._child

    def _now(self) -> datetime:
        return _local(self._wall())


def _reconciled(began: datetime, until: datetime, checked: int, faulty: int) -> RecordingsReconciled:
    return RecordingsReconciled(
        began_day=f"{began:%Y-%m-%d}", until_day=f"{until:%Y-%m-%d}", checked=checked, faulty=faulty
    )


def _local(wall: float) -> datetime:
    return datetime.fromtimestamp(wall, UTC).astimezone()
