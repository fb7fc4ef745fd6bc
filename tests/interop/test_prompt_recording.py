"""A prompt recorded by phone: SIPp's phone is called, speaks, hears itself and keeps it."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from media.prompts import load_prompts
from sipp_scenarios.audio import Samples, find
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CalledPhone
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

PROMPT = "zh/停电通知"
CODE = "*77"
RATE_HZ = 8000
CONF = Path(__file__).parents[2] / "conf"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CallCentre]:
    """A switch with a library of its own, and an access code to record one prompt."""
    copytree(CONF / "prompts", tmp_path / "prompts")
    code = section("[[access_codes]]", number=CODE, target=f"prompt:{PROMPT}", record=False)
    own = {"prompts": str(tmp_path / "prompts")}
    with (
        switch_process(tmp_path, media=own, more=code) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()
        centre.close()


def speak_and_keep(centre: CallCentre, clerk: CalledPhone, call_id: str) -> Samples:
    """Skips the instructions, speaks for some seconds, hears it back and keeps it; returns what was heard."""
    clerk.wait_ringing()
    clerk.answer()
    clerk.talker.wait_to_hear(0.2)
    clerk.talker.press("#")
    centre.events.wait_for("call.recorded", call_id=call_id)
    sent = len(clerk.talker.said)
    centre.wait_for_media(lambda media: media["packets_received"] > sent / 160 + 150)
    clerk.talker.press("#")
    centre.events.wait_for("recording.completed", call_id=call_id)
    clerk.talker.wait_to_hear(2.5)
    clerk.talker.press("1")
    centre.events.wait_for("prompt.recorded", prompt=PROMPT)
    clerk.wait_hung_up_on()
    return clerk.talker.heard


def test_a_prompt_is_spoken_heard_back_kept_and_in_the_library(centre: CallCentre, tmp_path: Path) -> None:
    station = centre.register("2001")
    with centre.phone(station) as clerk:
        begun = centre.events.call("prompt.record", station="2001", prompt=PROMPT, by="班长")
        heard = speak_and_keep(centre, clerk, begun["call_id"])
        said = clerk.talker.said
    told = centre.events.wait_for("prompt.recorded", prompt=PROMPT).fields
    library, problems = load_prompts(tmp_path / "prompts")
    assert problems == []
    kept = library.samples(PROMPT)
    assert told["length_ms"] == len(kept) // 8
    assert (told["station"], told["by"], told["replaced"]) == ("2001", "班长", False)
    assert 2 < len(kept) / RATE_HZ < 10
    middle = kept[RATE_HZ // 2 : 3 * RATE_HZ // 2]
    assert find(middle, said).score > 0.9
    assert find(middle, heard).score > 0.9
    done = library.samples("zh/prompt_recording/kept")
    assert find(done[: RATE_HZ // 2], heard).score > 0.9


def test_others_who_dial_for_it_are_refused(centre: CallCentre) -> None:
    centre.run("caller_is_declined", CODE)
    centre.events.wait_for("call.ended", cause="CALL_REJECTED")
    with pytest.raises(VerbRefused, match="no name for a prompt"):
        centre.events.call("prompt.record", station="2001", prompt="../x")
