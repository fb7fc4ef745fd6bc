"""What those who wait are told, when, and what cuts it off."""

from acd.announcements import Announcements, PositionRule
from acd.commands import PlayAnnouncement, PlayMusic, StopAnnouncement
from acd.events import CallerTold, OfferResult
from acd.inputs import PlaybackOver
from acd.queue_config import QueueConfig
from runtime.vocabulary import Output
from tests.acd.centre import Centre, agents_of, one, only
from tests.acd.invariants import check_state


def queue(name: str = "service", music: str = "music", **rules: object) -> QueueConfig:
    """One that tells something after 15 s and then every minute."""
    return QueueConfig(name=name, music=music, announcements=Announcements.model_validate(rules))


def said(outputs: list[Output]) -> list[tuple[str, ...]]:
    return [announcement.prompts for announcement in only(PlayAnnouncement, outputs)]


def hear(centre: Centre, call_id: str) -> list[Output]:
    """To the end of what is told."""
    playback_id = centre.core.state.entries[call_id].announcing
    assert playback_id is not None
    return centre.tell(PlaybackOver(call_id=call_id, playback_id=playback_id))


def position(language: str, place: int) -> tuple[str, ...]:
    prompts = ("queue/position_before", f"digits/{place}", "queue/position_after")
    return tuple(f"{language}/{prompt}" for prompt in prompts)


def test_the_position_is_told_after_a_while_and_again_and_music_goes_on_between() -> None:
    centre = Centre([queue(position="always")])
    centre.join("call")
    assert said(centre.wait(14)) == []
    assert said(centre.wait(1)) == [position("zh", 1)]
    assert one(PlayMusic, hear(centre, "call")).prompt == "music"
    assert said(centre.wait(59)) == []
    assert said(centre.wait(1)) == [position("zh", 1)]


def test_only_a_lower_position_is_told_again_if_so_asked() -> None:
    centre = Centre([queue(position="falling")])
    centre.join("ahead")
    centre.join("call")
    assert said(centre.wait(15)) == [position("zh", 1), position("zh", 2)]
    hear(centre, "ahead")
    hear(centre, "call")
    assert said(centre.wait(60)) == []
    centre.hang_up("ahead")
    assert said(centre.wait(60)) == [position("zh", 1)]


def test_a_position_beyond_the_limit_is_not_told() -> None:
    centre = Centre([queue(position="always", position_limit=1)])
    for call_id in ("call-1", "call-2"):
        centre.join(call_id)
    assert [told.call_id for told in only(CallerTold, centre.wait(15))] == ["call-1"]


def test_messages_are_heard_in_turn_in_the_callers_language() -> None:
    centre = Centre([queue(messages=["{language}/one", "two"])])
    centre.join("call", language="en")
    told = []
    for seconds in (15, 60, 60):
        told += said(centre.wait(seconds))
        hear(centre, "call")
    assert told == [("en/one",), ("two",), ("en/one",)]


def test_the_estimated_wait_is_told_in_minutes_unless_it_is_unknown_or_too_long() -> None:
    centre = Centre([queue(wait=True, wait_limit_s=300)])
    centre.staff("1001")
    centre.join("unknown-1")
    centre.talk("unknown-1")
    centre.join("unknown-2")
    assert said(centre.wait(60)) == []
    for call_id in ("unknown-1", "unknown-2"):
        centre.wait(20)
        centre.hang_up(call_id)
        centre.wait(10)
        if call_id == "unknown-1":
            centre.talk("unknown-2")
    for call_id in ("busy-1", "busy-2"):
        centre.join(call_id)
        centre.talk(call_id)
        centre.wait(70)
        centre.hang_up(call_id)
        centre.wait(10)
    centre.join("talks")
    centre.talk("talks")
    for number in range(5):
        centre.join(f"call-{number}")
    first, *others = only(CallerTold, centre.wait(15))
    assert first.wait_min == 2
    assert first.low_s is not None
    assert first.high_s is not None
    assert first.low_s < 100 < first.high_s
    assert len(others) < 4


def test_it_is_cut_off_when_an_agent_is_rung_and_nothing_is_told_meanwhile() -> None:
    centre = Centre([queue(position="always")])
    centre.seat("1001")
    centre.join("call")
    centre.wait(15)
    late = centre.core.state.entries["call"].announcing
    assert one(PlayMusic, centre.ready("1001")).prompt == "music"
    assert late is not None
    assert centre.tell(PlaybackOver(call_id="call", playback_id=late)) == []
    centre.end_offer("call", OfferResult.BUSY)
    centre.phone("1001", reachable=False)
    assert said(centre.wait(60)) == [position("zh", 1)]


def test_without_music_silence_follows() -> None:
    centre = Centre([queue(music="", position="always")])
    centre.seat("1001")
    centre.join("call")
    centre.wait(15)
    assert only(StopAnnouncement, centre.ready("1001"))


def test_who_changes_queues_is_told_what_the_new_one_tells() -> None:
    first = queue("first", position="always").model_copy(
        update={"max_wait_s": 20, "on_timeout": "queue:second"}
    )
    second = queue("second", messages=["note"])
    centre = Centre([first, second], agents_of("first", "second"))
    centre.join("call", "first")
    assert said(centre.wait(15)) == [position("zh", 1)]
    centre.wait(5)
    assert said(centre.wait(14)) == []
    assert said(centre.wait(1)) == [("note",)]
    check_state(centre.core.state)


def test_nothing_is_told_where_nothing_is_configured() -> None:
    assert not Announcements().say_something
    assert Announcements().position is PositionRule.NEVER
    centre = Centre([queue()])
    centre.join("call")
    assert only(CallerTold, centre.wait(600)) == []
