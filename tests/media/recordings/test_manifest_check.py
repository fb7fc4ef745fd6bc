"""Whether a manifest tells why a channel holds nothing."""

from datetime import UTC, datetime

from media.recordings.manifest import ChannelFacts, Channels, Manifest, ManifestLeg, Mark
from media.recordings.manifest_check import silenced_channels, sound_ms


def manifest(agent_packets: int, *marks: Mark) -> Manifest:
    return Manifest(
        recording_id="recording-1",
        contact_id="contact-1",
        call_ids=("call-1",),
        started_at=datetime.now(UTC),
        duration_ms=10_000,
        channels=Channels(
            customer=ChannelFacts(packets=500, lost_ms=0),
            agent=ChannelFacts(packets=agent_packets, lost_ms=0),
        ),
        marks=marks,
        state="completed",
    )


def test_one_who_spoke_only_what_is_relayed_is_silent_for_a_reason_from_the_first_word_on() -> None:
    undecoded = Mark(kind="undecoded", channels="agent", from_ms=900, to_ms=9000)
    assert silenced_channels(manifest(0, undecoded)) == {"agent"}


def test_one_who_was_recorded_at_times_should_be_heard() -> None:
    undecoded = Mark(kind="undecoded", channels="agent", from_ms=900, to_ms=9000)
    assert silenced_channels(manifest(7, undecoded)) == set()
    assert silenced_channels(manifest(0)) == set()


def carried(placed_ms: int | None, silent_ms: int | None, *marks: Mark, agents: int = 1) -> Manifest:
    facts = ChannelFacts(packets=500, lost_ms=0, placed_ms=placed_ms, silent_ms=silent_ms)
    leg = ManifestLeg(leg_id="leg", channel="agent", party="1001", joined_ms=0)
    told = manifest(500, *marks)
    return told.model_copy(update={"channels": Channels(agent=facts), "legs": (leg,) * agents})


def test_half_of_what_packets_carried_is_to_be_heard_but_for_what_was_silenced_afterwards() -> None:
    assert sound_ms(carried(10_000, 2000)) == {"agent": 3750}
    paused = Mark(kind="paused", from_ms=1000, to_ms=3000)
    masked = Mark(kind="masked", channels="agent", from_ms=2000, to_ms=4000)
    others = Mark(kind="masked", channels="customer", from_ms=0, to_ms=10_000)
    undecoded = Mark(kind="undecoded", channels="agent", from_ms=0, to_ms=10_000)
    assert sound_ms(carried(10_000, 2000, paused, masked, others, undecoded)) == {"agent": 2250}
    assert sound_ms(carried(10_000, 2000, agents=3)) == {"agent": 1250}


def test_of_a_channel_where_silence_arrived_nothing_is_to_be_heard() -> None:
    assert sound_ms(carried(10_000, 9800)) == {"agent": 0}


def test_of_a_channel_to_which_nothing_came_or_that_was_not_counted_nothing_is_known() -> None:
    assert sound_ms(carried(0, 0)) == {}
    assert sound_ms(carried(None, None)) == {}
