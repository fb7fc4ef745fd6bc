"""What is shipped: the example flows run on the shipped prompts, and every text has its sound."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from ivr.check import Surroundings
from ivr.commands import PassOn
from ivr.document import Flow
from ivr.events import FlowEnd
from ivr.loader import load_flows
from media.prompts import SAMPLE_RATE_HZ, PromptLibrary, load_prompts
from tests.ivr.scripted_caller import ScriptedCaller, interpreter_of

CONF = Path(__file__).parents[2] / "conf"


@pytest.fixture(scope="module")
def library() -> PromptLibrary:
    library, problems = load_prompts(CONF / "prompts")
    assert problems == []
    return library


@pytest.fixture(scope="module")
def flows(library: PromptLibrary) -> dict[str, Flow]:
    known = Surroundings(prompts=library.names, knows_queue=lambda name: name == "service")
    loaded = load_flows(CONF / "flows", known)
    assert loaded.problems == []
    return {name: editions.current.flow for name, editions in loaded.flows.items()}


@pytest.fixture
def caller(flows: dict[str, Flow]) -> ScriptedCaller:
    return ScriptedCaller(interpreter_of(*flows.values())).enters()


def names(texts: Mapping[Any, Any], above: str = "") -> Iterator[str]:
    for key, text in texts.items():
        if isinstance(text, Mapping):
            yield from names(text, f"{above}{key}/")
        else:
            yield f"{above}{key}"


def test_every_text_has_its_sound_and_every_sound_its_text(library: PromptLibrary) -> None:
    table = YAML(typ="safe").load(CONF / "prompts" / "texts.yaml")
    assert set(library.names) == {*names(table["texts"]), "music", "ring_back", "pause"}


def test_the_prompts_are_small_and_audible(library: PromptLibrary) -> None:
    assert sum(path.stat().st_size for path in (CONF / "prompts").rglob("*.wav")) < 6_000_000
    for name in library.names:
        assert 0.1 < len(library.samples(name)) / SAMPLE_RATE_HZ < 15, name
        assert (np.max(np.abs(library.samples(name))) > 1000) == (name != "pause"), name


def test_the_ring_back_tone_follows_the_chinese_plan(library: PromptLibrary) -> None:
    tone = library.samples("ring_back").astype(float)
    assert len(tone) == 5 * SAMPLE_RATE_HZ
    assert np.argmax(np.abs(np.fft.rfft(tone[:8000]))) == 450
    assert np.all(tone[8000:] == 0)


def test_the_music_joins_its_beginning_without_a_click(library: PromptLibrary) -> None:
    music = library.samples("music").astype(int)
    assert abs(music[0] - music[-1]) <= np.max(np.abs(np.diff(music)))


def test_one_key_during_the_greeting_leads_to_an_agent(caller: ScriptedCaller) -> None:
    caller.presses("1").hears_it_out()
    assert caller.path == ["greeting", "main_menu", "connecting", "service"]
    assert caller.heard == [("zh/greeting",), ("zh/please_wait",)]
    assert caller.outputs[-1] == PassOn(call_id="call-1", target="queue:service", language="zh")


def test_english_speakers_are_served_in_english(caller: ScriptedCaller) -> None:
    caller.hears_it_out().presses("2").hears_it_out().presses("9").presses("1").hears_it_out()
    assert (caller.left.queue, caller.left.language, caller.left.keys) == ("service", "en", "291")


@pytest.mark.parametrize("keys", ["", "2"])
def test_a_silent_caller_is_asked_three_times_and_sent_home(caller: ScriptedCaller, keys: str) -> None:
    caller.hears_it_out().presses(keys)
    for _ in range(3):
        caller.hears_it_out().waits(5)
    caller.hears_it_out()
    assert caller.left.reason is FlowEnd.HUNG_UP
    assert caller.heard[-1][0].endswith("/goodbye")


def test_callers_no_queue_can_take_are_told_and_released(flows: dict[str, Flow]) -> None:
    someone = ScriptedCaller(interpreter_of(*flows.values())).enters("all_busy").hears_it_out()
    assert someone.heard[0][0] == "zh/all_agents_busy"
    assert someone.left.reason is FlowEnd.HUNG_UP
