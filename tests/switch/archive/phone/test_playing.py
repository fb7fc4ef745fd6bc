"""Recordings by phone: the station is called, hears one piece after the other, and steers by its keys."""

import pytest

from media.commands import SeekPlayback, StartPlayback
from media.events import DigitDetected, PlaybackEnded
from runtime.ids import SeededIds
from switch.archive.listening.events import RecordingListened
from switch.archive.phone.commands import ForgetExcerpt, PlayToStation, ReadExcerpt, TakeExcerpt
from switch.archive.phone.playing import EXCERPT_MS, RecordingsByPhone
from switch.causes import Cause
from switch.commands import HandOff, HangUpCall
from switch.events import (
    CallAnswered,
    CallEnded,
    CallHandedOff,
    CallPlaced,
    DigitReceived,
    PromptFinished,
)
from switch.exchange import Exchange
from switch.recording_rule import RecordingPolicies, RecordingPolicy, RecordingRule
from switch.sip.commands import DialStation
from switch.sip.events import LegEnded
from tests.helpers.exchange_rig import TARGETS, ExchangeRig

LENGTH_MS = 150_000
"""Two pieces and a half."""
ALWAYS = RecordingPolicies({}, direct=RecordingPolicy(RecordingRule.FROM_ANSWER))


class PhoneRig(ExchangeRig):
    """The exchange with the application that plays recordings; the test reads the files."""

    def __init__(self, length_ms: int = LENGTH_MS) -> None:
        self.length_ms = length_ms
        self.core = RecordingsByPhone(SeededIds(5))
        super().__init__(exchange=Exchange([], SeededIds(6), self._knows, recording=ALWAYS))
        self.asked: list[ReadExcerpt] = []
        self.read_up_to = 0
        self.prompts: set[str] = set()
        self.driver.add_routes(
            {
                PlayToStation: self.core.order,
                TakeExcerpt: self.core.take,
                CallHandedOff: self.core.call_handed_off,
                CallEnded: self.core.call_ended,
                PromptFinished: self.core.prompt_finished,
                DigitReceived: self.core.digit_received,
                ReadExcerpt: self._ask,
                ForgetExcerpt: self._forget,
            }
        )

    def _knows(self, target: str) -> bool:
        return target in TARGETS or self.core.plays(target.removeprefix("recording:"))

    def _ask(self, command: ReadExcerpt, now: float) -> tuple[()]:
        self.asked.append(command)
        return ()

    def _forget(self, command: ForgetExcerpt, now: float) -> tuple[()]:
        self.prompts.discard(command.prompt)
        return ()

    def order(self, from_ms: int = 0) -> None:
        self.feed(
            PlayToStation(
                call_id="call",
                contact_id="contact",
                recording_id="recording-1",
                station="1001",
                who="李娜",
                channels="mixed",
                from_ms=from_ms,
                ring_s=30,
            )
        )

    def read(self, problem: str | None = None) -> None:
        """The shell has read all it was asked for, and what it was asked for then."""
        while self.read_up_to < len(self.asked):
            command = self.asked[self.read_up_to]
            self.read_up_to += 1
            length_ms = 0 if problem else max(0, min(command.length_ms, self.length_ms - command.from_ms))
            self.prompts.add(command.prompt)
            self.feed(
                TakeExcerpt(call_id="call", prompt=command.prompt, length_ms=length_ms, problem=problem)
            )

    def listen(self, from_ms: int = 0) -> None:
        """Ordered, answered, and all that is wanted at first was read."""
        self.order(from_ms)
        self.answer_station()
        self.read()

    def hear_out(self) -> None:
        """What plays comes to its end."""
        self._over("finished")

    def press(self, key: str, position_ms: int) -> None:
        """A key is pressed, which ends what plays at this place of its piece."""
        self._over("barged_in", position_ms)
        self.tell(key)

    def tell(self, key: str) -> None:
        self.feed(DigitDetected(leg_id=self.leg, digit=key, duration_ms=100))

    def _over(self, reason: str, position_ms: int = 0) -> None:
        playback_id = self.media.playing.pop(self.leg)
        self.feed(
            PlaybackEnded(playback_id=playback_id, leg_id=self.leg, reason=reason, position_ms=position_ms)
        )

    @property
    def leg(self) -> str:
        return self.last(DialStation).leg_id

    @property
    def plays(self) -> bool:
        return self.leg in self.media.playing

    @property
    def began_at_ms(self) -> int:
        """Where in the recording it began to play last."""
        assert self.plays
        orders = [c for c in self.commands if isinstance(c, StartPlayback | SeekPlayback)]
        start = next(c for c in reversed(orders) if isinstance(c, StartPlayback))
        (piece,) = (command for command in self.asked if command.prompt == start.prompts[0])
        newest = orders[-1]
        return piece.from_ms + (newest.position_ms if isinstance(newest, SeekPlayback) else 0)

    def assert_over(self, cause: Cause = Cause.NORMAL_CLEARING) -> None:
        """The call has ended so, and nothing is kept of it."""
        assert self.last(CallEnded).cause is cause
        self.read()
        assert self.prompts == set()
        assert self.core.open_calls == 0
        self.assert_idle()


@pytest.fixture
def rig() -> PhoneRig:
    return PhoneRig()


def test_the_station_is_called_while_the_recording_is_read(rig: PhoneRig) -> None:
    rig.order()
    assert rig.last(DialStation).station == "1001"
    assert rig.last(CallPlaced).target == "recording:recording-1"
    assert [(one.from_ms, one.length_ms) for one in rig.asked] == [(0, EXCERPT_MS)]
    rig.read()
    assert not rig.plays


def test_who_listens_is_told_once_and_is_not_recorded(rig: PhoneRig) -> None:
    rig.listen()
    rig.hear_out()
    (told,) = rig.all(RecordingListened)
    assert (told.recording_id, told.who, told.station, told.call_id) == (
        "recording-1",
        "李娜",
        "1001",
        "call",
    )
    assert rig.last(CallAnswered).recording_id is None


def test_a_recording_is_heard_from_beginning_to_end_and_the_phone_is_released(rig: PhoneRig) -> None:
    rig.listen()
    heard = [rig.began_at_ms]
    for _ in range(2):
        rig.hear_out()
        rig.read()
        heard.append(rig.began_at_ms)
        assert len(rig.prompts) <= 2
    assert heard == [0, EXCERPT_MS, 2 * EXCERPT_MS]
    rig.hear_out()
    rig.assert_over()


def test_it_may_be_as_long_as_its_pieces() -> None:
    rig = PhoneRig(length_ms=EXCERPT_MS)
    rig.listen()
    rig.hear_out()
    rig.assert_over()


def test_it_waits_for_a_piece_that_is_read_slowly(rig: PhoneRig) -> None:
    rig.order()
    rig.answer_station()
    assert not rig.plays
    rig.read()
    assert rig.began_at_ms == 0


def test_listening_may_begin_anywhere(rig: PhoneRig) -> None:
    rig.listen(from_ms=95_000)
    assert rig.began_at_ms == 95_000
    rig.hear_out()
    rig.assert_over()


def test_behind_the_end_there_is_nothing_to_hear(rig: PhoneRig) -> None:
    rig.listen(from_ms=200_000)
    assert rig.all(RecordingListened) == []
    rig.assert_over()


@pytest.mark.parametrize(("key", "place_ms"), [("4", 25_000), ("6", 45_000), ("0", 0), ("9", 35_000)])
def test_keys_lead_back_and_on_and_to_the_beginning(rig: PhoneRig, key: str, place_ms: int) -> None:
    rig.listen()
    rig.press(key, 35_000)
    assert rig.began_at_ms == place_ms


def test_a_key_leads_into_the_piece_that_comes_next(rig: PhoneRig) -> None:
    rig.listen()
    rig.press("6", 55_000)
    assert rig.began_at_ms == 65_000


def test_a_key_leads_back_into_what_was_forgotten(rig: PhoneRig) -> None:
    rig.listen()
    rig.hear_out()
    rig.read()
    rig.press("4", 3_000)
    assert not rig.plays
    rig.read()
    assert rig.began_at_ms == 53_000


def test_on_beyond_the_end_is_the_end(rig: PhoneRig) -> None:
    rig.listen(from_ms=145_000)
    rig.press("6", 1_000)
    rig.assert_over()


def test_a_pause_lasts_until_the_next_key(rig: PhoneRig) -> None:
    rig.listen()
    rig.press("5", 20_000)
    rig.read()
    assert not rig.plays
    rig.tell("5")
    assert rig.began_at_ms == 20_000


def test_a_key_that_is_told_before_the_sound_stops_counts_as_well(rig: PhoneRig) -> None:
    rig.listen()
    rig.tell("6")
    assert rig.began_at_ms == 10_000


def test_the_last_key_hangs_up(rig: PhoneRig) -> None:
    rig.listen()
    rig.press("#", 1_000)
    rig.assert_over()


@pytest.mark.parametrize("cause", [Cause.USER_BUSY, Cause.NO_ANSWER])
def test_a_station_that_does_not_answer_leaves_nothing(rig: PhoneRig, cause: Cause) -> None:
    rig.order()
    rig.feed(LegEnded(leg_id=rig.leg, cause=cause, sip_status=None, by_peer=True))
    rig.assert_over(cause)


def test_who_hangs_up_in_the_middle_leaves_nothing(rig: PhoneRig) -> None:
    rig.listen()
    rig.feed(LegEnded(leg_id=rig.leg, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    rig.assert_over()


def test_a_recording_that_cannot_be_read_ends_the_call(rig: PhoneRig) -> None:
    rig.order()
    rig.answer_station()
    rig.read("it is encrypted")
    rig.assert_over(Cause.NORMAL_TEMPORARY_FAILURE)


def test_a_piece_that_cannot_be_read_ends_it_after_the_one_before(rig: PhoneRig) -> None:
    rig.order()
    rig.answer_station()
    first = rig.asked[0]
    rig.read_up_to = 1
    rig.prompts.add(first.prompt)
    rig.feed(TakeExcerpt(call_id="call", prompt=first.prompt, length_ms=EXCERPT_MS))
    rig.read("the disk is gone")
    assert rig.plays
    rig.hear_out()
    rig.assert_over()


def test_nobody_else_is_given_a_recording_by_its_name(rig: PhoneRig) -> None:
    other = rig.exchange
    assert not rig.core.plays("recording-1")
    rig.order()
    assert rig.core.plays("recording-1")
    rig.feed(HandOff(call_id="call", target="queue:service"))
    rig.answer_station()
    assert rig.core.open_calls == 0
    assert other.open_calls == 1
    rig.feed(HangUpCall(call_id="call", cause=Cause.NORMAL_CLEARING))
    rig.assert_over()


def test_a_call_that_is_handed_to_somebody_elses_recording_ends(rig: PhoneRig) -> None:
    rig.order()
    (hang_up,) = rig.core.call_handed_off(_handed_off("stranger"), 0.0)
    assert hang_up == HangUpCall(call_id="stranger", cause=Cause.CALL_REJECTED)


def test_a_restored_core_goes_on_where_it_was(rig: PhoneRig) -> None:
    rig.listen()
    restored = RecordingsByPhone(SeededIds(9), rig.core.snapshot())
    playback_id = rig.media.playing[rig.leg]
    over = PromptFinished(call_id="call", playback_id=playback_id, reason="finished")
    assert ForgetExcerpt(prompt=rig.asked[0].prompt) in restored.prompt_finished(over, 0.0)


def _handed_off(call_id: str) -> CallHandedOff:
    return CallHandedOff(
        call_id=call_id,
        contact_id="contact",
        caller_number="1002",
        caller_name="",
        access_code="",
        target="recording:recording-1",
    )
