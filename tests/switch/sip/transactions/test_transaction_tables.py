import pytest

from switch.sip.transactions.timers import REPEATING, Timer
from switch.sip.transactions.transaction_tables import (
    CLIENT_INVITE,
    CLIENT_OTHER,
    SERVER_INVITE,
    SERVER_OTHER,
    Action,
    Input,
    Machine,
    State,
    Table,
    input_of_status,
    over_stream,
)

MACHINES = {
    "client INVITE": CLIENT_INVITE,
    "client other": CLIENT_OTHER,
    "server INVITE": SERVER_INVITE,
    "server other": SERVER_OTHER,
}
_ALL = MACHINES | {f"{name} over a stream": over_stream(table) for name, table in MACHINES.items()}
EVERY_TABLE = pytest.mark.parametrize("table", _ALL.values(), ids=list(_ALL))


@EVERY_TABLE
def test_every_state_reached_is_described_and_only_terminated_is_final(table: Table) -> None:
    reached = {next(iter(table))} | {move.state for moves in table.values() for move in moves.values()}
    assert reached == set(table)
    assert [state for state, moves in table.items() if not moves] == [State.TERMINATED]


@EVERY_TABLE
def test_every_state_leads_to_terminated_by_its_own_timers_or_by_those_of_a_state_its_user_leads_to(
    table: Table,
) -> None:
    ends = {State.TERMINATED}
    while True:
        more = {state for state, moves in table.items() if any(m.state in ends for m in moves.values())}
        if more <= ends:
            break
        ends |= more
    assert ends == set(table)


@EVERY_TABLE
def test_a_repeating_timer_never_changes_the_state_and_a_single_timer_always_does(table: Table) -> None:
    for state, moves in table.items():
        for step, move in moves.items():
            if isinstance(step, Timer):
                assert (move.state is state) == (step in REPEATING)


@EVERY_TABLE
def test_a_state_that_repeats_also_has_a_timer_that_ends_it(table: Table) -> None:
    for timers in Machine(table).timers.values():
        if any(timer in REPEATING for timer in timers):
            assert any(timer not in REPEATING for timer in timers)


def test_each_timer_belongs_to_one_machine() -> None:
    owners = [
        (timer, name)
        for name, table in MACHINES.items()
        for timer in {t for timers in Machine(table).timers.values() for t in timers}
    ]
    assert sorted(timer for timer, _ in owners) == sorted(Timer)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (100, Input.PROVISIONAL),
        (199, Input.PROVISIONAL),
        (200, Input.SUCCESS),
        (299, Input.SUCCESS),
        (300, Input.FAILURE),
        (699, Input.FAILURE),
    ],
)
def test_a_status_is_the_input_of_its_class(status: int, expected: Input) -> None:
    assert input_of_status(status) is expected


def test_only_a_client_invite_acknowledges() -> None:
    acknowledging = {
        name
        for name, table in MACHINES.items()
        if any(Action.ACKNOWLEDGE in m.actions for moves in table.values() for m in moves.values())
    }
    assert acknowledging == {"client INVITE"}


def test_over_a_stream_nothing_is_repeated_and_nothing_waits_for_repetitions() -> None:
    timers = {
        name: {
            step.value for moves in over_stream(table).values() for step in moves if isinstance(step, Timer)
        }
        for name, table in MACHINES.items()
        if "stream" not in name
    }
    assert timers == {
        "client INVITE": {"B", "M"},
        "client other": {"F"},
        "server INVITE": {"H", "L"},
        "server other": set(),
    }
