"""A phone changes its codec and its packet time again and again: nothing in its recording moves."""

from statistics import median

import pytest

from media.commands import Codec
from media.recordings.manifest import Manifest
from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.talker import Talker
from sipp_scenarios.voice import in_law
from tests.helpers.call_centre import CallCentre
from tests.helpers.laid import ALIGNED_S, Laid, farthest_apart_s, laid
from tests.helpers.manifests import manifest_beside
from tests.helpers.switch_process import DIRECT, switch_process
from tests.helpers.voices import coded
from tests.interop.test_recorded_stations import recorded

CALLER = "13800138000"
STAGE_S = 1.5
PACKET_MS = 40
"""The longest."""
PCMU, PCMA, G722, OPUS = 0, 8, 9, 111
ENCODINGS = {PCMA: "PCMA/8000", PCMU: "PCMU/8000", G722: "G722/8000", OPUS: "opus/48000/2"}
CHANGES = ((OPUS, 20), (PCMA, 20), (PCMA, 40), (PCMA, 20), (G722, 20), (G722, 40), (PCMU, 20))
"""To what, and into packets of how many milliseconds."""


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> "Call":
    folder = tmp_path_factory.mktemp("codecs")
    codecs = ["PCMA", "PCMU", "G722", "opus"]
    with switch_process(folder, codecs=codecs) as switch, EventFollower(switch.control_socket) as events:
        return Call(CallCentre(switch, events, folder))


class Call:
    """One call in which the caller changes all the time, and its recording."""

    def __init__(self, centre: CallCentre) -> None:
        voice = speech(int(CALLER), 30.0)
        voices = {
            PCMA: in_law(voice, "ALAW"),
            PCMU: in_law(voice, "ULAW"),
            G722: coded(Codec.G722, voice, G722),
            OPUS: coded(Codec.OPUS, voice, OPUS),
        }
        self.offered: list[int] = []
        """How many samples the caller had said when it offered the next codec."""
        self.changed: list[int] = []
        """How many when it went over to it."""
        with (
            centre.phone(centre.register("2001")) as agent,
            centre.caller(DIRECT, CALLER, "caller_changes_codec") as caller,
        ):
            agent.wait_ringing()
            agent.answer()
            caller.wait_answered()
            caller.talker.wait_to_say(STAGE_S)
            for payload_type, packet_ms in CHANGES:
                self.offered.append(len(caller.talker.said))
                caller.offer(payload_type, ENCODINGS[payload_type], packet_ms)
                self.changed.append(caller.talker.go_over_to(voices[payload_type], packet_ms))
                caller.talker.wait_to_say(STAGE_S)
            caller.hang_up()
            agent.wait_hung_up_on()
        self.caller: Talker = caller.talker
        self.agent: Talker = agent.talker
        path = str(centre.events.wait_for("recording.completed").fields["path"])
        self.manifest: Manifest = manifest_beside(path)
        self.left: Samples
        self.right: Samples
        self.left, self.right = recorded(path).T

    def place_ms(self, said: int) -> float:
        """Where in the recording a sample of the caller lies."""
        return (said + self.stages()[0].delay) * 1000 / SAMPLE_RATE_HZ

    def stages(self) -> list[Laid]:
        """What the caller said in one codec, between two changes, on the left."""
        longest = PACKET_MS * SAMPLE_RATE_HZ // 1000
        begins = [0, *(at + longest for at in self.changed)]
        ends = [*self.offered, len(self.caller.said)]
        parts = zip(begins, ends, strict=True)
        return [laid(self.caller, self.left, part, piece_s=0.25, good_score=0.85) for part in parts]


def test_all_that_both_said_lies_within_20_ms_whatever_it_was_coded_with(call: Call) -> None:
    stages, agent = call.stages(), laid(call.agent, call.right)
    assert [stage.missing_s for stage in [*stages, agent]] == [()] * (len(stages) + 1)
    assert all(len(stage.began_s) >= 4 for stage in stages)
    assert farthest_apart_s(*stages, agent) <= ALIGNED_S


def test_the_manifest_tells_each_change_of_codec_at_its_moment(call: Call) -> None:
    told = [change for change in call.manifest.codec_changes if change.channel == "customer"]
    assert [change.codec for change in told] == ["PCMA", "opus", "PCMA", "G722", "PCMU"]
    began_s = median(call.stages()[0].began_s)
    for change, (payload_type, since_s) in zip(told, call.caller.spoke_since_s, strict=True):
        assert ENCODINGS[payload_type].startswith(change.codec)
        assert abs(began_s + change.at_ms / 1000 - since_s) <= 0.03


def test_nothing_is_lost_but_what_was_under_way_in_a_codec_given_up_and_that_is_told(call: Call) -> None:
    customer, agent = call.manifest.channels.customer, call.manifest.channels.agent
    assert (agent.lost_ms, agent.gaps) == (0, ())
    assert sum(gap.to_ms - gap.from_ms for gap in customer.gaps) == customer.lost_ms
    changes = list(zip(call.offered, call.changed, strict=True))
    for gap in customer.gaps:
        assert any(
            call.place_ms(offered) - PACKET_MS <= gap.from_ms
            and gap.to_ms <= call.place_ms(changed) + 2 * PACKET_MS
            for offered, changed in changes
        ), gap
