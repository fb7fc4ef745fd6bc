"""One row for each call that is over: the call detail record.

Pure: journal entries in, rows out. A row is complete when the call has ended and so have its recordings,
since the hash of a recording is known only when its file is closed, and so have its legs, since their quality
is told with the end of their ports. When the switch starts, the calls that the run before left open are over.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Integer, String, Table, Text

from switch.causes import Cause
from switch.records.columns import Stamp, record_tables
from switch.records.leg_quality import quality_columns
from switch.records.open_call import MAX_DIGITS, HungUpBy, OpenCall
from switch.records.projection import JournalEntry

call_records = Table(
    "call_records",
    record_tables,
    Column("call_id", String(64), primary_key=True, comment="as in the events and the log"),
    Column(
        "contact_id",
        String(64),
        index=True,
        comment="the customer's whole visit; null when the call was refused at the door",
    ),
    Column("direction", String(16), nullable=False, comment="inbound, or outbound when the switch called"),
    Column("clid", Text, nullable=False, comment='customer as shown: "Name" <number>'),
    Column(
        "src", String(255), nullable=False, index=True, comment="number of the customer, who is the caller"
    ),
    Column("dst", String(255), nullable=False, comment="dialled number; outbound, the one the customer saw"),
    Column("whom", String(255), comment="whom the switch called: station:… or number:…; null inbound"),
    Column("start_stamp", Stamp, nullable=False, index=True, comment="when the call came in, or was placed"),
    Column("answer_stamp", Stamp, comment="when the switch answered, or was"),
    Column("bridge_stamp", Stamp, comment="when the caller first talked to a station"),
    Column("end_stamp", Stamp, nullable=False, comment="when the call was over"),
    Column("duration", Integer, nullable=False, comment="s from start to end"),
    Column("billsec", Integer, nullable=False, comment="s from answer to end; 0 without an answer"),
    Column("waitsec", Integer, comment="s in queues; null when it was in none"),
    Column("talk_ms", Integer, nullable=False, comment="ms connected to stations"),
    Column("disposition", String(16), nullable=False, comment="ANSWERED, NO ANSWER, BUSY or FAILED"),
    Column("hangup_cause", String(64), nullable=False, comment="why it ended, by name"),
    Column("hangup_cause_q850", Integer, nullable=False, comment="why it ended, by the number of Q.850"),
    Column("hung_up_by", String(16), nullable=False, comment="caller, station, switch or restart"),
    Column("sip_call_id", String(255), nullable=False, comment="Call-ID of the caller's dialog"),
    Column("access_code", String(64), comment="null when a station dialled a phone, or nobody was let in"),
    Column("trunk", String(64), comment="the one by which the customer came, or was called; null for none"),
    Column("area", String(255), comment="where the caller was, by landing code; null when unknown"),
    Column("lists", String(255), comment="number lists the caller was on, with commas; null when on none"),
    Column("tags", String(255), comment="tags the caller had, with commas; null when none"),
    Column("data", Text, comment="call data (随路数据) at the end, as JSON; *** for personal; null for none"),
    Column("station", String(64), comment="the last it talked to; an outside number by its digits"),
    Column("queue", String(255), comment="the last it waited in"),
    Column("digits", String(MAX_DIGITS), nullable=False, comment="the keys the caller pressed, in order"),
    Column("recording_id", String(64), comment="the first; the table recordings has all"),
    Column("recording_path", Text, comment="the file; null when it was never begun"),
    Column("recording_sha256", String(64), comment="of its samples, not the header; null unless completed"),
    *quality_columns(),
    comment="One row for each call that is over, once its recordings are.",
)

Fields = Mapping[str, Any]
Row = Mapping[str, Any]
Rows = Sequence[Row]


class CallRecords:
    """The projection behind the table ``call_records``."""

    table = call_records

    def __init__(self) -> None:
        self._open: dict[str, OpenCall] = {}
        self._last_time = 0.0
        self._folds: Mapping[str, Callable[[JournalEntry], Rows]] = {
            **dict.fromkeys(_FIRST, self._begin),
            "call.refused": self._refuse,
            "switch.started": self._end_all,
            "endpoint.opened": self._open_leg,
            "endpoint.closed": self._close_leg,
            **dict.fromkeys(_STEPS, self._step),
            "call.connected": self._connect,
        }
        self._open_legs: dict[str, OpenCall | None] = {}
        """Legs whose ports are open, each with the call that waits for its end."""

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._folds)

    def apply(self, entry: JournalEntry) -> Rows:
        """Take the next entry; return the rows it completes."""
        rows = self._folds[entry.topic](entry)
        self._last_time = entry.time
        return rows

    def oldest_open(self) -> int | None:
        """Sequence of the arrival of the oldest call without a row."""
        oldest = next(iter(self._open.values()), None)  # calls are kept in the order they arrived
        return None if oldest is None else oldest.sequence

    def _begin(self, entry: JournalEntry) -> Rows:
        fields = entry.fields
        call = self._open[fields["call_id"]] = _FIRST[entry.topic](entry, fields)
        return self._expect_leg(call, fields["leg_id"], "caller")

    def _refuse(self, entry: JournalEntry) -> Rows:
        return (_refused(entry, entry.fields).row(),)

    def _step(self, entry: JournalEntry) -> Rows:
        call = self._open.get(entry.fields["call_id"])
        if call is None:  # what is read again after a restart may begin in a call's middle
            return ()
        _STEPS[entry.topic](call, entry.fields, entry.time)
        return () if call.ended is None else self._row_of_complete(call)

    def _connect(self, entry: JournalEntry) -> Rows:
        call = self._open.get(entry.fields["call_id"])
        moved = () if call is None else self._expect_leg(call, entry.fields.get("leg_id", ""), "station")
        return (*moved, *self._step(entry))

    def _row_of_complete(self, call: OpenCall) -> Rows:
        if not call.complete:
            return ()
        del self._open[call.call_id]
        return (call.row(),)

    def _open_leg(self, entry: JournalEntry) -> Rows:
        self._open_legs[entry.fields["leg_id"]] = None
        return ()

    def _expect_leg(self, call: OpenCall, leg_id: str, side: str) -> Rows:
        """The call waits for the end of a leg; another call that it was of before does not any more."""
        if leg_id not in self._open_legs:  # an older journal has no word of it
            return ()
        before = self._open_legs[leg_id]
        self._open_legs[leg_id] = call
        call.open_legs[leg_id] = side
        if before is None or before is call:
            return ()
        before.open_legs.pop(leg_id, None)
        return self._row_of_complete(before)

    def _close_leg(self, entry: JournalEntry) -> Rows:
        leg_id = entry.fields["leg_id"]
        call = self._open_legs.pop(leg_id, None)
        if call is None:
            return ()
        call.close_leg(leg_id, entry.fields)
        return self._row_of_complete(call)

    def _end_all(self, entry: JournalEntry) -> Rows:
        """The run before ended without ending these: they were cut off when it last gave a sign of life.

        Their recordings are finished by the archive, and waited for.
        """
        rows: list[Row] = []
        for call in list(self._open.values()):
            if call.ended is None:
                died_at = max(self._last_time, call.started)
                call.end(Cause.NORMAL_TEMPORARY_FAILURE, HungUpBy.RESTART, died_at)
            call.open_legs.clear()
            rows += self._row_of_complete(call)
        self._open_legs.clear()
        return rows


def _arrived(entry: JournalEntry, fields: Fields) -> OpenCall:
    call = OpenCall(
        sequence=entry.sequence,
        call_id=fields["call_id"],
        started=entry.time,
        contact_id=fields["contact_id"],
        caller_number=fields["caller_number"],
        caller_name=fields["caller_name"],
        called_number=fields["called_number"],
        sip_call_id=fields["sip_call_id"],
        access_code=fields["access_code"] or None,
        trunk=fields.get("trunk"),  # an older journal has neither
        area=fields.get("area", ""),
        lists=tuple(fields.get("lists", ())),
        tags=tuple(fields.get("tags", ())),
    )
    call.enter(fields["target"], entry.time)
    return call


def _placed(entry: JournalEntry, fields: Fields) -> OpenCall:
    """Its application gets it, and a queue counts its wait, when it is answered."""
    return OpenCall(
        sequence=entry.sequence,
        call_id=fields["call_id"],
        started=entry.time,
        contact_id=fields["contact_id"],
        caller_number=fields["caller_number"],
        caller_name=fields["caller_name"],
        called_number=fields["called_number"],
        access_code=fields["access_code"] or None,
        whom=fields["whom"],
    )


def _refused(entry: JournalEntry, fields: Fields) -> OpenCall:
    call = OpenCall(
        sequence=entry.sequence,
        call_id=fields.get("call_id", fields["leg_id"]),  # an older journal has the leg only
        started=entry.time,
        caller_number=fields["caller_number"],
        called_number=fields["called_number"],
        sip_call_id=fields["sip_call_id"],
    )
    if black_list := fields.get("black_list"):
        call.lists = (black_list,)
    call.end(_cause(fields), HungUpBy.CALLER if fields.get("by_caller") else HungUpBy.SWITCH, entry.time)
    return call


def _answered(call: OpenCall, fields: Fields, now: float) -> None:
    """Its recording is waited for from the answer on: a short call ends before the file is open."""
    call.answered = now
    call.trunk = call.trunk or fields.get("trunk")
    call.sip_call_id = call.sip_call_id or fields.get("sip_call_id", "")
    if recording_id := fields.get("recording_id"):
        call.open_recording(recording_id)


def _recorded(call: OpenCall, fields: Fields, now: float) -> None:
    call.open_recording(fields["recording_id"])


def _handed_off(call: OpenCall, fields: Fields, now: float) -> None:
    call.enter(fields["target"], now)


def _transferred(call: OpenCall, fields: Fields, now: float) -> None:
    """Another customer may be in the call since; the record is of their contact."""
    call.contact_id = fields["contact_id"]


def _data_changed(call: OpenCall, fields: Fields, now: float) -> None:
    left = {name: value for name, value in call.data.items() if name not in fields["removed"]}
    call.data = left | fields["changed"]


def _connected(call: OpenCall, fields: Fields, now: float) -> None:
    call.trunk = call.trunk or fields.get("trunk")
    call.talk_to(fields["station"], fields["offer_id"], now)


def _offer_ended(call: OpenCall, fields: Fields, now: float) -> None:
    if fields["offer_id"] == call.offer_id:
        call.left_by_station = fields["by_station"]
        call.stop_talking(now)


def _digit_received(call: OpenCall, fields: Fields, now: float) -> None:
    call.digits = (call.digits + fields["digit"])[:MAX_DIGITS]


def _recording_started(call: OpenCall, fields: Fields, now: float) -> None:
    call.open_recording(fields["recording_id"])
    _note_path(call, fields)


def _recording_over(call: OpenCall, fields: Fields, now: float) -> None:
    """Completed or failed; one whose file could not be opened failed without having started."""
    call.open_recording(fields["recording_id"])
    call.open_recordings.discard(fields["recording_id"])
    _note_path(call, fields)
    if fields["recording_id"] == call.recording_id:
        call.recording_sha256 = fields.get("sha256")


def _note_path(call: OpenCall, fields: Fields) -> None:
    if fields["recording_id"] == call.recording_id:
        call.recording_path = fields["path"] or None


def _ended(call: OpenCall, fields: Fields, now: float) -> None:
    by_switch = HungUpBy.STATION if call.left_by_station else HungUpBy.SWITCH
    call.end(_cause(fields), HungUpBy.CALLER if fields["by_caller"] else by_switch, now)


def _cause(fields: Fields) -> Cause:
    # A version before or after this one may have known another cause.
    return _CAUSES.get(fields["cause"], Cause.NORMAL_UNSPECIFIED)


_FIRST: Mapping[str, Callable[[JournalEntry, Fields], OpenCall]] = {
    "call.arrived": _arrived,
    "call.placed": _placed,
}
"""How calls begin."""
_CAUSES = {cause.value: cause for cause in Cause}

_STEPS: Mapping[str, Callable[[OpenCall, Fields, float], None]] = {
    "call.answered": _answered,
    "call.recorded": _recorded,
    "call.handed_off": _handed_off,
    "call.transferred": _transferred,
    "call.connected": _connected,
    "call.data_changed": _data_changed,
    "call.digit_received": _digit_received,
    "call.ended": _ended,
    "offer.ended": _offer_ended,
    "recording.started": _recording_started,
    "recording.completed": _recording_over,
    "recording.failed": _recording_over,
}
"""What each event does to the call it names."""
