"""Every verb in every state of a call: the outcome is the table's, and in the end nothing is left."""

import pytest

from cli.schema.verbs import all_verbs
from switch.events import PromptFinished
from tests.switch.call_control.states import STATES, VERBS, StatesRig
from tests.switch.call_control.states_page import MEANINGS, PAGE, REFUSED, expected, page


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_the_outcome_is_the_tables_and_nothing_is_left(verb: str, state: str) -> None:
    rig = StatesRig()
    rig.come_to(state)
    assert rig.outcome(verb) == expected(verb, state)
    assert [told for told in rig.all(PromptFinished) if told.reason == "failed"] == []
    rig.hang_up_everything()
    rig.assert_idle()
    after = rig.exchange.snapshot()
    assert (after.consulting, after.own_playbacks, after.collecting) == ({}, set(), {})
    assert (rig.media.playing, rig.media.laid_over, rig.media.bridges) == ({}, {}, set())
    collections = rig.collecting.snapshot()
    assert (collections.under_way, collections.kept) == ({}, {})
    assert rig.parking.snapshot().by_call == {}


def test_the_table_is_whole() -> None:
    assert list(MEANINGS) == list(STATES)
    assert list(REFUSED) == list(VERBS)
    here = ("switch.call_control", "switch.call_media", "switch.parking", "switch.supervision")
    of_calls = {verb.name for verb in all_verbs() if getattr(verb.handle, "__module__", "").startswith(here)}
    assert of_calls - {"park.list", "call.supervisors", "agent.follow"} <= VERBS.keys()


def test_the_page_is_made_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.switch.call_control.states_page"
