"""The house put together in one process: real media core, journal and database; the network is silent."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cli.configuration.installation import load_installation
from cli.shutdown import Shutdown
from cli.switchboard import Switchboard
from runtime.vocabulary import Event
from switch.causes import Cause
from switch.commands import HandOff
from switch.events import CallEnded, CallHandedOff
from switch.records.queries import RecordReader
from switch.sip.events import LegArrived
from tests.helpers.exchange_rig import CALLER_SDP
from tests.helpers.switch_process import HOTLINE, switch_process

K = TypeVar("K")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@contextmanager
def open_board(folder: Path, loop: asyncio.AbstractEventLoop) -> Iterator[Switchboard]:
    """A switch with the tests' configuration, up within the block."""
    switch_process(folder)  # writes the configuration; the process is not started
    board = Switchboard(load_installation(folder / "ringmain.toml"), loop)
    loop.run_until_complete(board.open())
    try:
        yield board
    finally:
        loop.run_until_complete(board.close())


def arrive(board: Switchboard, leg_id: str) -> str:
    """A customer calls the hotline; the flow answers at once. Returns the call id."""
    board.driver.submit(
        LegArrived(
            leg_id=leg_id,
            sip_call_id=f"{leg_id}@test",
            caller_number="13800138000",
            caller_name="",
            called_number=HOTLINE,
            peer="udp:127.0.0.1:5060",
            sdp=CALLER_SDP,
        )
    )
    return board.exchange.call_of_leg(leg_id) or ""


def collect(board: Switchboard, kind: type[K]) -> list[K]:
    """A list that every event of a kind will join."""
    seen: list[K] = []
    board.driver.observe(lambda event, wall: seen.append(event) if isinstance(event, kind) else None)
    return seen


def test_a_fault_of_ours_ends_the_call_it_belongs_to_and_no_other(
    tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    with open_board(tmp_path, loop) as board:
        ended = collect(board, CallEnded)
        unharmed, harmed = arrive(board, "first"), arrive(board, "second")

        def fail(event: Event, now: float) -> list[Any]:
            raise ZeroDivisionError

        board.driver.add_routes({CallHandedOff: fail})
        board.driver.run_step(lambda now: [HandOff(call_id=harmed, target="queue:service")])
        assert [(event.call_id, event.cause) for event in ended] == [(harmed, Cause.NORMAL_TEMPORARY_FAILURE)]
        assert board.exchange.find(unharmed) is not None
        assert board.status()["faults"] == 1


def test_two_signals_end_the_calls_and_their_records_are_in_the_database(
    tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    with open_board(tmp_path, loop) as board:
        records = board.configuration.records
        arrive(board, "customer")
        shutdown = Shutdown(board.configuration.switch, board.driver, board.exchange, lambda: 0, loop)
        shutdown.listen()
        waiting = loop.create_task(shutdown.wait())
        for _ in range(2):
            loop.call_soon(os.kill, os.getpid(), signal.SIGTERM)
        loop.run_until_complete(asyncio.wait_for(waiting, timeout=10))
    (record,) = RecordReader(records).calls()
    assert record["hangup_cause"] == "NORMAL_TEMPORARY_FAILURE"
    assert Path(record["recording_path"]).stat().st_size > 0


def test_calls_go_to_targets_some_application_knows_and_to_no_other(
    tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    with open_board(tmp_path, loop) as board:
        handed = collect(board, CallHandedOff)
        call_id = arrive(board, "customer")
        for target in ("queue:service", "flow:hotline", "queue:nobody"):
            board.driver.submit(HandOff(call_id=call_id, target=target))
        assert [event.target for event in handed] == ["queue:service", "flow:hotline"]
        assert board.exchange.find(call_id) is None
