import pytest

from switch.trunks.health import Health, TrunkState, combined

UNKNOWN, UP, DEGRADED, DOWN = TrunkState.UNKNOWN, TrunkState.UP, TrunkState.DEGRADED, TrunkState.DOWN


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        ("", UNKNOWN),
        ("+", UP),
        ("-", UNKNOWN),
        ("--", UNKNOWN),
        ("---", DOWN),
        ("+-", DEGRADED),
        ("+-+", UP),
        ("+--+--", DEGRADED),
        ("+---", DOWN),
        ("+---+", DOWN),
        ("+---++", UP),
        ("+---+-+", DOWN),
    ],
)
def test_successes_and_failures_in_a_row_make_the_state(heard: str, state: TrunkState) -> None:
    health = Health(failures_to_down=3, successes_to_up=2)
    for now, sign in enumerate(heard):
        if sign == "+":
            health.succeed(now)
        else:
            health.fail(now)
    assert health.state is state


def test_it_remembers_since_when() -> None:
    health = Health(failures_to_down=2, successes_to_up=1)
    health.succeed(10.0, status=200, round_trip_s=0.02)
    health.succeed(20.0, status=200, round_trip_s=0.03)
    assert (health.state, health.since, health.round_trip_s, health.last_status) == (UP, 10.0, 0.03, 200)
    health.fail(30.0)
    health.fail(31.0)
    assert (health.state, health.since, health.last_status) == (DOWN, 31.0, None)


def test_after_a_rest_one_call_finds_out() -> None:
    health = Health(failures_to_down=3, successes_to_up=2)
    for now in range(3):
        health.fail(now)
    health.rest(33.0)
    assert health.state is UNKNOWN
    health.fail(34.0)
    assert health.state is DOWN
    health.rest(64.0)
    health.succeed(65.0)
    assert health.state is UP


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], UNKNOWN),
        ([UNKNOWN], UNKNOWN),
        ([UP], UP),
        ([UP, UNKNOWN], UP),
        ([UP, DOWN], DEGRADED),
        ([UNKNOWN, DOWN], DEGRADED),
        ([UP, DEGRADED], DEGRADED),
        ([DOWN, DOWN], DOWN),
    ],
)
def test_a_trunk_is_as_well_as_its_addresses(parts: list[TrunkState], whole: TrunkState) -> None:
    assert combined(parts) is whole
