"""Every verb in every state of a call: the outcome is the table's, and in the end nothing is left."""

import pytest

from cli.schema.verbs import all_verbs
from tests.switch.call_control.states import STATES, VERBS, StatesRig
from tests.switch.call_control.states_page import MEANINGS, PAGE, REFUSED, expected, page


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_the_outcome_is_the_tables_and_nothing_is_left(verb: str, state: str) -> None:
    rig = StatesRig()
    rig.come_to(state)
    assert rig.outcome(verb) == expected(verb, state)
    rig.hang_up_everything()
    rig.assert_idle()
    after = rig.exchange.snapshot()
    assert (after.consulting, after.own_playbacks, rig.media.playing) == ({}, set(), {})
    assert rig.parking.snapshot().by_call == {}


def test_the_table_is_whole() -> None:
    assert list(MEANINGS) == list(STATES)
    assert list(REFUSED) == list(VERBS)
    here = ("switch.call_control", "switch.parking")
    of_calls = {verb.name for verb in all_verbs() if getattr(verb.handle, "__module__", "").startswith(here)}
    assert of_calls - {"park.list"} <= VERBS.keys()


def test_the_page_is_made_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.switch.call_control.states_page"
