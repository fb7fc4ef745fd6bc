"""A few shifts of the long one; ``.ci/run`` has a million events."""

import pytest

from acd import dispatch
from acd.state import AcdState
from tests.acd.long_shift import run_shift


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_random_shift_of_a_random_centre_is_sound_and_can_be_replayed(seed: int) -> None:
    assert run_shift(seed, 1000) >= 1000


def test_a_core_that_is_not_sound_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve_nobody(*_: object) -> None:
        """Whoever waits is forgotten."""

    monkeypatch.setattr(dispatch, "serve_agent", serve_nobody)
    with pytest.raises(AssertionError, match="shift with seed 1, at event"):
        run_shift(1, 1000)


def test_a_core_that_goes_by_more_than_its_inputs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    honest = AcdState.rank

    def rank(self: AcdState, joined_at: float, priority: int, sequence: int) -> tuple[float, int]:
        made.append(self)
        later = 500.0 * (self is not made[0])
        return honest(self, joined_at + later * (sequence % 2), priority, sequence)

    monkeypatch.setattr(AcdState, "rank", rank)
    with pytest.raises(AssertionError, match="shift with seed 1"):
        run_shift(1, 1000)
