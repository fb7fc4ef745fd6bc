import pytest

from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Command
from switch.sip.commands import SendText, SetMailbox
from switch.station_verbs import MailboxParams, StationVerbs, TextParams

PHONES = {"1001": ["desk", "mobile"]}


class Desk:
    """The verbs of a switch at which one station has two phones."""

    def __init__(self) -> None:
        self.submitted: list[Command] = []
        verbs = StationVerbs(lambda station: PHONES.get(station, []), self.submitted.append, SeededIds())
        self.verbs = {verb.name: verb for verb in verbs.verbs()}


def test_a_text_is_sent_and_says_to_how_many_phones() -> None:
    desk = Desk()
    answer = desk.verbs["message.send"].handle(TextParams(station="1001", text="你好", sender_name="值班长"))
    assert answer == {"text_id": "text-1", "station": "1001", "phones": 2}
    assert desk.submitted == [
        SendText(text_id="text-1", station="1001", text="你好", sender_number="", sender_name="值班长")
    ]


def test_a_text_for_nobody_or_too_long_in_bytes_is_refused() -> None:
    desk = Desk()
    with pytest.raises(UsageError, match="no phone is registered at station 1002"):
        desk.verbs["message.send"].handle(TextParams(station="1002", text="x"))
    with pytest.raises(UsageError, match="at most 4096 bytes"):
        desk.verbs["message.send"].handle(TextParams(station="1001", text="你" * 2000))
    assert desk.submitted == []


def test_a_mailbox_is_set() -> None:
    desk = Desk()
    answer = desk.verbs["mailbox.set"].handle(MailboxParams(station="1001", new=2))
    assert answer == {"station": "1001", "new": 2, "old": 0}
    assert desk.submitted == [SetMailbox(station="1001", new=2, old=0)]
