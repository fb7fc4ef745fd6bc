"""Texts between agents: who gets one when, and what is told of it."""

from collections.abc import Sequence

import pytest

from acd.agent_events import AgentSignedIn
from acd.messages.commands import ConfirmMessage, RestoreMessage, SendMessage, TextStation
from acd.messages.config import MessagesConfig
from acd.messages.events import (
    AgentMessage,
    AgentMessageKept,
    AgentMessageMissed,
    AgentMessageReached,
    Channel,
    Importance,
    Missed,
)
from acd.messages.messages import Messages
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Output

TEXT = "请各位坐席注意：城东停电，预计十八点恢复。"


class Desks:
    """The core, with 1001 signed in at phone-1 and 1002 at home."""

    def __init__(self, config: MessagesConfig | None = None) -> None:
        self.seats = {"1001": "phone-1"}
        self.core = Messages(self.seats.get, SeededIds(), config)

    def send(self, *agents: str, message_id: str = "message-1", now: float = 0.0) -> Sequence[Output]:
        return self.core.send(
            SendMessage(
                message_id=message_id, agents=agents, by="班长", text=TEXT, importance=Importance.HIGH
            ),
            now,
        )

    def sign_in(self, agent: str, now: float) -> Sequence[Output]:
        self.seats[agent] = f"phone-{agent}"
        return self.core.signed_in(
            AgentSignedIn(agent=agent, station=self.seats[agent], queues=("service",)), now
        )

    def confirm(self, agent: str, message_id: str = "message-1") -> Sequence[Output]:
        return self.core.confirm(ConfirmMessage(message_id=message_id, agent=agent), 1.0)


def reached(agent: str, channel: Channel) -> AgentMessageReached:
    return AgentMessageReached(agent=agent, message_id="message-1", channel=channel)


def missed(agent: str, reason: Missed, message_id: str = "message-1") -> AgentMessageMissed:
    return AgentMessageMissed(agent=agent, message_id=message_id, reason=reason)


def texts(outputs: Sequence[Output]) -> list[TextStation]:
    return [output for output in outputs if isinstance(output, TextStation)]


def test_who_is_signed_in_gets_it_at_once_at_desktop_and_phone() -> None:
    told, on_phone = Desks().send("1001")
    assert told == AgentMessage(
        agent="1001",
        message_id="message-1",
        by="班长",
        text=TEXT,
        importance=Importance.HIGH,
        station="phone-1",
        waited_ms=0,
    )
    assert isinstance(on_phone, TextStation)
    assert (on_phone.station, on_phone.text, on_phone.by) == ("phone-1", TEXT, "班长")


def test_phones_are_left_alone_where_that_is_configured() -> None:
    assert texts(Desks(MessagesConfig(to_phones=False)).send("1001")) == []


def test_desktop_and_phone_are_told_of_once_each() -> None:
    desks = Desks()
    (text,) = texts(desks.send("1001"))
    assert desks.core.phone_answered(text.text_id, taken=True) == (reached("1001", Channel.PHONE),)
    assert desks.core.phone_answered(text.text_id, taken=True) == ()
    assert desks.confirm("1001") == (reached("1001", Channel.DESKTOP),)
    assert desks.confirm("1001") == ()
    assert desks.core.next_deadline() is None


def test_a_text_that_nobody_confirms_is_missed_and_may_be_confirmed_later() -> None:
    desks = Desks()
    (text,) = texts(desks.send("1001"))
    assert desks.core.phone_answered(text.text_id, taken=False) == ()
    assert desks.core.next_deadline() == 60
    assert desks.core.wake(now=60) == (missed("1001", Missed.UNCONFIRMED),)
    assert desks.confirm("1001") == (reached("1001", Channel.DESKTOP),)


def test_texts_wait_for_the_next_sign_in_in_their_order() -> None:
    desks = Desks()
    kept = desks.send("1001", "1002", now=10)
    assert [type(output) for output in kept] == [AgentMessage, TextStation, AgentMessageKept]
    desks.send("1002", message_id="message-2", now=20)
    with pytest.raises(UsageError, match="agent 1002 has got no message message-1"):
        desks.confirm("1002")
    told = [output for output in desks.sign_in("1002", 30) if isinstance(output, AgentMessage)]
    assert [(one.message_id, one.waited_ms) for one in told] == [("message-1", 20_000), ("message-2", 10_000)]
    assert desks.sign_in("1002", 40) == [], "told once"


def test_a_text_waits_no_longer_than_is_configured() -> None:
    desks = Desks(MessagesConfig(kept_for_s=3600))
    desks.send("1002", now=10)
    assert desks.core.wake(now=3609) == ()
    assert desks.core.wake(now=3610) == (missed("1002", Missed.EXPIRED),)
    assert desks.sign_in("1002", 4000) == []


def test_of_too_many_the_oldest_goes_and_only_one_not_seen_is_missed() -> None:
    desks = Desks(MessagesConfig(kept_most=2))
    for number in (1, 2, 3):
        last = desks.send("1002", "1001", message_id=f"message-{number}", now=number)
    lost = [output for output in last if isinstance(output, AgentMessageMissed)]
    assert lost == [missed("1002", Missed.DISPLACED)]
    assert [message.message_id for message in desks.core.of("1001")] == ["message-2", "message-3"]


def test_a_text_of_the_run_before_waits_on_and_is_not_taken_twice() -> None:
    desks = Desks(MessagesConfig(kept_for_s=100))
    order = RestoreMessage(
        message_id="message-1",
        agent="1002",
        by="班长",
        text=TEXT,
        importance=Importance.NORMAL,
        waited_s=70,
    )
    (kept,) = desks.core.restore(order, 5.0)
    assert isinstance(kept, AgentMessageKept)
    assert kept.waited_ms == 70_000
    assert desks.core.restore(order, 6.0) == ()
    assert desks.core.next_deadline() == 35.0
