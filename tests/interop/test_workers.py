"""Calls that different media threads carry are joined as if one carried both.

The worker with the fewest legs takes the first leg of a call: of two calls each has a worker of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import soundfile

from sipp_scenarios.audio import Samples, find, speech
from sipp_scenarios.phones import CalledPhone, CallerPhone
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, LATELY, LISTEN_S
from tests.helpers.linphone import Linphone
from tests.helpers.mixture import speakers
from tests.helpers.switch_process import DIRECT, STATIONS, switch_process
from tests.interop.test_phones import needs_linphone

RATE_HZ = 8000

pytestmark = needs_linphone


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchProcess]:
    folder = tmp_path_factory.mktemp("switch")
    recorded = '[dialling]\nrecord = "from_connect"'
    with switch_process(folder, media={"workers": 2}, more=recorded) as running:
        yield running


@contextmanager
def consultation(centre: CallCentre, phone: Linphone) -> Iterator[tuple[CallerPhone, str, CalledPhone, str]]:
    """A caller whom the phone holds, and whom it talks to on its other line; each with the id of the call."""
    station, told = centre.register("2002"), centre.events.wait_for
    sip = centre.switch.sip
    with centre.phone(station) as consulted:
        phone.register("2001", STATIONS["2001"], sip)
        told("station.registered", station="2001")
        with centre.caller(DIRECT) as caller:
            told("offer.ringing")
            phone.order("answer")
            caller.wait_answered()
            first = told("call.connected", station="2001").fields["call_id"]
            phone.order("pause")
            told("call.held", by="station")
            phone.order(f"call sip:2002@{sip.host}:{sip.port}")
            consulted.wait_ringing()
            consulted.answer()
            second = told("call.connected", station="2002").fields["call_id"]
            phone.wait_to_read("for call 2 (audio)")
            yield caller, str(first), consulted, str(second)
            caller.hang_up()
            consulted.wait_hung_up_on()


def test_a_consulted_station_and_the_customer_hear_each_other_and_are_recorded(
    centre: CallCentre, tmp_path: Path
) -> None:
    with (
        Linphone(tmp_path) as phone,
        consultation(centre, phone) as (caller, first, consulted, _),
    ):
        phone.order("transfer 1 --to-call 2")
        assert centre.events.wait_for("call.transferred").fields["kind"] == "attended"
        consulted.talker.wait_to_hear(2)
        caller.talker.wait_to_hear(1)
    recording = recorded(centre, first)
    assert find(consulted.talker.heard[-8000:-2000], caller.talker.said).score > 0.95
    assert find(caller.talker.heard[-8000:-2000], consulted.talker.said).score > 0.95
    assert find(recording[-2 * RATE_HZ : -RATE_HZ, 0], caller.talker.said).score > 0.9
    assert find(recording[-2 * RATE_HZ : -RATE_HZ, 1], consulted.talker.said).score > 0.9


def test_three_whose_calls_are_joined_by_verb_hear_each_other_and_are_recorded(
    centre: CallCentre, tmp_path: Path
) -> None:
    voice = speech(2001, 10)
    with (
        Linphone(tmp_path) as phone,
        consultation(centre, phone) as (caller, first, consulted, second),
    ):
        centre.events.call("call.join_calls", call_id=first, from_call_id=second, by="2001")
        centre.events.wait_for("call.party_joined", call_id=first)
        centre.events.wait_for("call.ended", call_id=second)
        phone.wait_to_read(" ended ")
        phone.say(voice)
        heard = phone.keep_what_is_heard()
        phone.order("resume 1")
        centre.events.wait_for("call.resumed", by="station")
        for one in (caller, consulted):
            one.talker.wait_to_hear(LISTEN_S)
        joined = centre.events.call("call.parties", call_id=first)
        said = {
            "caller": caller.talker.said[-LATELY:],
            "consulted": consulted.talker.said[-LATELY:],
            "phone": voice,
        }
    recording = recorded(centre, first)
    assert [party["whom"] for party in joined] == ["station:2002"]
    for name, hears in (
        ("caller", caller.talker.heard),
        ("consulted", consulted.talker.heard),
        ("phone", soundfile.read(heard, dtype="int16")[0]),
    ):
        others = {other: voice for other, voice in said.items() if other != name}
        assert speakers(hears[-JUDGED:], others) == others.keys(), name
    assert speakers(recording[-JUDGED:, 0], said) == {"caller"}
    assert speakers(recording[-JUDGED:, 1], said) == {"consulted", "phone"}


def recorded(centre: CallCentre, call_id: str) -> Samples:
    ended = centre.events.wait_for("recording.completed", call_id=call_id)
    samples: Samples = soundfile.read(ended.fields["path"], dtype="int16", always_2d=True)[0]
    return samples
