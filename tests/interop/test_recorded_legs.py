"""Each channel of a recording against what was sent for it, whatever becomes of the call on the way."""

from pathlib import Path

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, find, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CalledPhone
from sipp_scenarios.runner import Address, Scenario, SippProcess, free_port
from sipp_scenarios.talker import Talker
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import Floor
from tests.helpers.laid import ALIGNED_S, Laid, farthest_apart_s, laid
from tests.helpers.manifests import heard_in, manifest_beside
from tests.helpers.switch_process import QUEUE_ONLY, STATIONS, UNLISTED, switch_process
from tests.interop.test_phones import needs_baresip
from tests.interop.test_recorded_stations import recorded
from tests.interop.test_trunks import CARRIER, at, site

OUTSIDE = "01012345678"
CALLER = "13800138000"
HEARD_ALIGNED = SAMPLE_RATE_HZ // 5
"""200 ms: what a phone's jitter buffer lets be heard later than it was said."""


def over(events: EventFollower) -> tuple[str, Samples]:
    """The recording that has just ended: path and both channels."""
    path = str(events.wait_for("recording.completed").fields["path"])
    return path, recorded(path)


def test_an_agent_who_calls_out_is_on_the_right_and_the_customer_on_the_left(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    trunk = {"name": "telecom", "addresses": at(port)}
    with site(tmp_path, trunk, more='[dialling]\nrecord = "from_connect"\n') as there:
        centre = CallCentre(there.switch, there.events, tmp_path)
        with outside_phone(there.switch.sip, port, tmp_path) as customer:
            with centre.phone(centre.register("2001")) as agent:
                centre.events.call("agent.sign_in", agent="2001", station="2001")
                centre.events.call("call.originate", whom="station:2001", target=f"number:{OUTSIDE}")
                agent.wait_ringing()
                agent.answer()
                customer.wait_ringing()
                customer.answer()
                centre.events.wait_for("call.connected", station=OUTSIDE)
                customer.talker.wait_to_hear(2.5)
                agent.hang_up()
                customer.wait_hung_up_on()
            path, sound = over(centre.events)
        manifest = manifest_beside(path)
        assert all_lies_aligned(laid(customer.talker, sound[:, 0]), laid(agent.talker, sound[:, 1]))
        assert set(heard_in(manifest)) == {
            ("customer", "customer", OUTSIDE, None),
            ("agent", "agent", "2001", "2001"),
        }
        assert (manifest.agents, manifest.stations, manifest.trunk) == (("2001",), ("2001",), "telecom")
        centre.wait_until_nothing_is_left()
        centre.close()


def test_of_one_who_says_nothing_the_channel_is_silent_and_the_other_is_whole(centre: CallCentre) -> None:
    with (
        centre.phone(centre.seat("2001")) as agent,
        centre.caller(QUEUE_ONLY) as caller,
    ):
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer_in_silence()
        agent.talker.wait_to_hear(2.5)
        caller.hang_up()
        agent.wait_hung_up_on()
    path, sound = over(centre.events)
    assert all_lies_aligned(laid(caller.talker, sound[:, 0]))
    assert not sound[:, 1].any()
    channels = manifest_beside(path).channels
    assert (channels.agent.packets, channels.agent.lost_ms) == (0, 0)


def test_a_customer_who_is_transferred_is_whole_on_the_left_and_the_next_station_on_the_right(
    centre: CallCentre,
) -> None:
    station, other = centre.seat("2001"), centre.register("2002")
    host = centre.switch.sip.host
    first = station.scenario("agent_transfers", rtp_port=free_port(host), nobody=UNLISTED, target=other.name)
    with (
        other.expect_call(speech(2002, 30), "agent_is_transferred_to") as target,
        SippProcess(first, centre.folder) as transferring,
        centre.caller(QUEUE_ONLY) as caller,
    ):
        caller.wait_answered()
        target.wait_ringing()
        target.answer()
        centre.events.wait_for("call.transferred", kind="blind", by="2001")
        transferring.finish().check()
        target.talker.wait_to_hear(2.5)
        caller.hang_up()
        target.wait_hung_up_on()
    path, sound = over(centre.events)
    legs = manifest_beside(path).legs
    assert all_lies_aligned(laid(caller.talker, sound[:, 0]), laid(target.talker, sound[:, 1], leg=legs[-1]))
    assert [(leg.channel, leg.party) for leg in legs] == [
        ("customer", CALLER),
        ("agent", "2001"),
        ("agent", "2002"),
    ]
    assert legs[1].left_ms is not None
    assert legs[1].left_ms <= legs[2].joined_ms
    centre.events.wait_for("agent.wrap_up_ended", agent="2001")


def test_who_is_consulted_and_given_the_call_is_recorded_beside_the_customer_as_the_first_agent_was(
    centre: CallCentre,
) -> None:
    with Floor(centre, "colleague") as floor:
        customer, agent, colleague = (phone.talker for phone in (floor.customer, floor.agent, floor.third))
        agent.wait_to_hear(2.5)
        to_the_customer = agent.said
        floor.events.call("call.consult", call_id=floor.call_id, target="station:2002")
        floor.third.wait_ringing()
        floor.third.answer()
        floor.events.wait_for("call.connected", station="2002")
        agent.wait_to_hear(1.0)
        aside = colleague.said
        floor.events.call("call.complete_transfer", call_id=floor.call_id)
        floor.agent.wait_hung_up_on()
        colleague.wait_to_hear(2.5)
        floor.customer.hang_up()
        floor.third.wait_hung_up_on()
        path, sound = over(floor.events)
    left, right = sound.T
    manifest = manifest_beside(path)
    _, first, second = manifest.legs
    assert all_lies_aligned(
        laid(customer, left),
        laid(agent, right, (0, len(to_the_customer)), first),
        laid(colleague, right, leg=second),
    )
    assert find(aside[-SAMPLE_RATE_HZ // 2 :], right).score < 0.3
    assert heard_in(manifest) == [
        ("customer", "customer", CALLER, None),
        ("agent", "agent", "2001", "2001"),
        ("agent", "agent", "2002", None),
    ]


@needs_baresip
def test_hold_moves_nothing_of_what_either_says_before_and_after(tmp_path: Path) -> None:
    with switch_process(tmp_path) as switch, EventFollower(switch.control_socket) as events:
        centre, sip = CallCentre(switch, events, tmp_path), switch.sip
        account = f"<sip:2001@{sip.host}:{sip.port}>;auth_pass={STATIONS['2001']};answermode=manual"
        with Baresip(sip.host, account, speech(2001, 60), tmp_path / "baresip") as agent:
            events.wait_for("station.registered", station="2001")
            centre.sign_in("2001")
            with centre.caller(QUEUE_ONLY) as caller:
                agent.wait_for("CALL_INCOMING")
                agent.order("accept")
                caller.wait_answered()
                events.wait_for("call.connected", station="2001")
                caller.talker.wait_to_hear(3.0)
                agent.order("hold")
                events.wait_for("call.held", by="station")
                caller.talker.wait_to_hear(2.5)
                agent.order("resume")
                events.wait_for("call.resumed", by="station")
                caller.talker.wait_to_hear(4.0)
                agent.order("hangup")
                caller.wait_hung_up_on()
                _, sound = over(events)
        assert all_lies_aligned(laid(caller.talker, sound[:, 0]))
        before, after = placed(caller.talker.heard, sound[:, 1])
        # The one is heard through a jitter buffer, the other placed by its timestamps.
        assert abs(before - after) <= HEARD_ALIGNED
        centre.wait_until_nothing_is_left()
        centre.close()


def test_neither_another_codec_nor_hold_by_the_address_moves_anything(centre: CallCentre) -> None:
    with (
        centre.phone(centre.seat("2001")) as agent,
        centre.caller(QUEUE_ONLY, scenario="caller_changes_codec_and_holds") as caller,
    ):
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(2.0)
        caller.do("changed")
        caller.talker.speak_in("ULAW")
        caller.talker.wait_to_hear(2.0)
        caller.talker.pause(True)
        caller.do("held")
        centre.events.wait_for("call.held", by="customer")
        agent.talker.wait_to_hear(2.0)  # music
        caller.do("resumed")
        centre.events.wait_for("call.resumed", by="customer")
        caller.talker.pause(False)
        caller.talker.wait_to_hear(2.0)
        caller.hang_up()
        agent.wait_hung_up_on()
    path, sound = over(centre.events)
    both = laid(caller.talker, sound[:, 0]), laid(agent.talker, sound[:, 1])
    assert min(len(channel.began_s) for channel in both) >= 8
    assert all_lies_aligned(*both)
    manifest = manifest_beside(path)
    customer = [
        (change.codec, change.at_ms) for change in manifest.codec_changes if change.channel == "customer"
    ]
    (first, _), (second, changed_ms) = customer
    assert (first, second) == ("PCMA", "PCMU")
    assert changed_ms > 2000
    assert manifest.channels.customer.lost_ms == manifest.channels.agent.lost_ms == 0


def all_lies_aligned(*channels: Laid) -> bool:
    """Whether nothing is missing of what was said, and all of it lies where it was."""
    whole = not any(channel.missing_s for channel in channels)
    return whole and farthest_apart_s(*channels) <= ALIGNED_S


def placed(heard: Samples, right: Samples) -> tuple[int, int]:
    """How much later what the customer heard of the agent first, and last, lies in the recording."""
    length = SAMPLE_RATE_HZ // 2
    offsets = []
    for begin in range(0, len(heard) - length, length):
        match = find(heard[begin : begin + length], right)
        if match.score > 0.8:
            offsets.append(match.at - begin)
    assert len(offsets) >= 2, "the agent was heard before and after"
    return offsets[0], offsets[-1]


def outside_phone(switch: Address, port: int, folder: Path) -> CalledPhone:
    """A carrier's end at which somebody answers and talks."""
    talker = Talker(speech(77, 30), CARRIER)
    scenario = Scenario(
        name="agent_answers",
        switch=switch,
        local_host=CARRIER,
        port=port,
        keys={"station": OUTSIDE, "rtp_port": talker.port},
    )
    return CalledPhone(scenario, talker, folder)
