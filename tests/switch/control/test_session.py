import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from runtime.models import Params
from switch.application import Verb
from switch.control.audience import Audience
from switch.control.config import ControlConfig
from switch.control.following import Feed
from switch.control.kept_answers import KeptAnswers
from switch.control.messages import ErrorCode, ProtocolError, Request
from switch.control.ring import Ring
from switch.control.session import ControlSession
from switch.control.verbs import VerbRegistry
from switch.records.projection import JournalEntry
from switch.roles import EVERYBODY
from tests.switch.control.memory_wire import MemoryWire

Steps = Callable[[ControlSession, MemoryWire, Audience[ControlSession]], Awaitable[None]]


class Text(Params):
    text: str


ECHO = Verb(name="test.echo", params=Text, handle=lambda p: p.text, help="Say it again.", who=EVERYBODY)
VERBS = VerbRegistry([ECHO])


def with_session(steps: Steps) -> None:
    async def run() -> None:
        wire = MemoryWire()
        config = ControlConfig(socket=Path("unused"))
        ring = Ring(wire.format, max_events=10, max_bytes=10_000)
        audience: Audience[ControlSession] = Audience(
            Feed(ring, "run-1", lambda: 6), asyncio.get_running_loop().call_soon
        )
        session = ControlSession(config, VERBS, audience, wire, {}, KeptAnswers(600))
        session.opened()
        await steps(session, wire, audience)
        session.closed()

    asyncio.run(asyncio.wait_for(run(), timeout=20))


def ask(session: ControlSession, wire: MemoryWire, *requests: Request) -> None:
    wire.arriving.extend(requests)
    session.arrived()


def test_a_session_speaks_the_format_of_its_wire() -> None:
    async def steps(session: ControlSession, wire: MemoryWire, audience: Audience[ControlSession]) -> None:
        ask(session, wire, Request(1, "test.echo", ["坐席"]), Request(2, "none.such", []))
        ask(session, wire, Request(3, "event.subscribe", [{"topics": ["*"]}]))
        audience.tell(JournalEntry(7, 12.5, "call.ended", {"call_id": "c1"}))
        await asyncio.sleep(0)
        assert wire.told == [
            {"id": 1, "result": "坐席"},
            {"id": 2, "code": "unknown_verb"},
            {"id": 3, "result": {"topics": ["*"], "run": "run-1", "sequence": 6}},
            {"sequence": 7, "time": 12.5, "topic": "call.ended", "fields": {"call_id": "c1"}},
        ]

    with_session(steps)


def test_while_a_wire_is_full_nothing_is_taken_from_it_and_no_event_written() -> None:
    async def steps(session: ControlSession, wire: MemoryWire, audience: Audience[ControlSession]) -> None:
        ask(session, wire, Request(1, "event.subscribe", [["*"]]))
        wire.writes.clear()
        session.set_writable(False)
        ask(session, wire, Request(2, "test.echo", ["x"]))
        audience.tell(JournalEntry(7, 1.0, "call.ended", {}))
        await asyncio.sleep(0)
        assert (wire.told, wire.reading) == ([], False)
        session.set_writable(True)
        await asyncio.sleep(0)
        assert sorted(told.get("id", 0) for told in wire.told) == [0, 2]
        assert wire.reading

    with_session(steps)


def test_who_is_dismissed_is_told_why_and_not_waited_for_when_it_does_not_read() -> None:
    async def steps(session: ControlSession, wire: MemoryWire, audience: Audience[ControlSession]) -> None:
        session.set_writable(False)
        session.dismiss(ProtocolError(ErrorCode.MALFORMED, "no"))
        assert wire.told == [{"name": "protocol.error", "code": "malformed", "message": "no"}]
        assert wire.ended == "aborted"

    with_session(steps)
