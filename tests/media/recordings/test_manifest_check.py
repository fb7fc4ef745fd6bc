"""Whether a manifest tells why a channel holds nothing."""

from datetime import UTC, datetime

from media.recordings.manifest import ChannelFacts, Channels, Manifest, Mark
from media.recordings.manifest_check import silenced_channels


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
