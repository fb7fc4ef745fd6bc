"""The tables of recordings. ``switch/archive/catalogue`` writes their rows, ``queries`` reads them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from switch.records.columns import Stamp, record_tables

recordings = Table(
    "recordings",
    record_tables,
    Column("recording_id", String(64), primary_key=True, comment="the end of the file's name"),
    Column(
        "call_id",
        String(64),
        nullable=False,
        index=True,
        comment="the call it began in; empty when its file was found and nothing else",
    ),
    Column("contact_id", String(64), nullable=False, index=True, comment="the customer's whole visit"),
    Column(
        "path",
        Text,
        nullable=False,
        comment="the file; empty when it was never begun",
    ),
    Column("started_at", Stamp, nullable=False, index=True, comment="when its first sample was"),
    Column("duration_ms", Integer, comment="null when it failed"),
    Column("size_bytes", BigInteger, comment="null when it failed"),
    Column("sha256", String(64), comment="of its samples, not the header; null when it failed"),
    Column("state", String(16), nullable=False, comment="completed or failed"),
    Column("reason", Text, comment="why it failed"),
    Column("recovered", Boolean, nullable=False, comment="whether it was finished after its process ended"),
    Column("caller", String(255), comment="who called: the customer's number, or a station's"),
    Column("called", String(255), comment="the number that was dialled"),
    Column("trunk", String(64), comment="the trunk by which the customer came or was called; null for none"),
    Column("queue", String(255), comment="the last the customer waited in"),
    Column("station", String(64), comment="the last the customer talked to, or that talked alone"),
    Column("agent", String(64), comment="who sat there; null when nobody was signed in"),
    Column(
        "customer_lost_ms",
        Integer,
        comment="silence in place of packets that never came; null when recovered",
    ),
    Column("agent_lost_ms", Integer, comment="the same of the agent's side"),
    Index("recordings_by_caller", "caller", "started_at"),
    Index("recordings_by_called", "called", "started_at"),
    Index("recordings_by_queue", "queue", "started_at"),
    comment="One row for each recording that is over, as it was then.",
)

recording_parties = Table(
    "recording_parties",
    record_tables,
    Column("recording_id", String(64), primary_key=True, comment="the recording"),
    Column("position", Integer, primary_key=True, autoincrement=False, comment="counts up from 1"),
    Column(
        "role",
        String(16),
        nullable=False,
        comment="agent; customer: a station that called; party of a conference; supervisor who came in",
    ),
    Column("station", String(64), nullable=False, index=True, comment="the phone, or the number outside"),
    Column("agent", String(64), index=True, comment="who sat there; null when nobody was signed in"),
    Column("joined_at", Stamp, nullable=False, comment="since when it was heard"),
    Column("left_at", Stamp, comment="until when; null: to the end"),
    comment="One row for each who was heard in a recording, in order; customers from outside have none.",
)
