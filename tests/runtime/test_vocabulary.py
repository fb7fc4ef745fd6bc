"""What every event and command is, whatever it tells."""

from copy import deepcopy
from dataclasses import asdict, field, fields, replace
from pickle import dumps, loads
from typing import Any

import pytest

from runtime.vocabulary import Event, plain_data, plain_data_in_order


@plain_data
class Heard(Event):
    """Somebody said something."""

    topic = "test.heard"
    leg_id: str
    words: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    notes: dict[str, str] = field(default_factory=dict, hash=False)


@plain_data_in_order
class Counted(Event):
    """What a leg carried."""

    topic = "test.counted"
    leg_id: str
    received: int
    sent: int = 0


def test_what_happened_cannot_be_changed() -> None:
    heard = Heard(leg_id="leg-1")
    with pytest.raises(AttributeError):
        heard.leg_id = "leg-2"  # type: ignore[misc]
    assert heard == Heard(leg_id="leg-1")


def test_two_that_tell_the_same_are_equal_and_hash_alike() -> None:
    one, other = Heard(leg_id="leg-1", notes={"a": "b"}), Heard(leg_id="leg-1")
    assert one != other
    assert one == replace(other, notes={"a": "b"})
    assert hash(one) == hash(other), "notes are left out of it"


def test_secrets_are_not_shown() -> None:
    assert "4711" not in repr(Heard(leg_id="leg-1", secret="4711"))
    assert repr(Heard(leg_id="leg-1")) == "Heard(leg_id='leg-1', words=(), notes={})"


def test_no_two_share_what_neither_was_given() -> None:
    assert Heard(leg_id="leg-1").notes is not Heard(leg_id="leg-1").notes


def test_fields_are_given_by_name_and_only_those_there_are() -> None:
    unknown: dict[str, Any] = {"leg_id": "leg-1", "tone": "loud"}
    for wrong in ({}, unknown):
        with pytest.raises(TypeError):
            Heard(**wrong)
    with pytest.raises(TypeError):
        Heard("leg-1")  # type: ignore[call-arg]


def test_it_is_a_dataclass_that_can_be_copied_and_sent_elsewhere() -> None:
    heard = Heard(leg_id="leg-1", words=("查询", "电费"))
    assert [each.name for each in fields(Heard)] == ["leg_id", "words", "secret", "notes"]
    assert asdict(heard)["words"] == ("查询", "电费")
    assert deepcopy(heard) == loads(dumps(heard)) == heard


def test_figures_that_come_in_the_order_of_the_fields_are_given_by_position() -> None:
    counted = Counted("leg-1", *(3, 5))
    assert counted == Counted(leg_id="leg-1", received=3, sent=5)
    assert Counted("leg-1", 3).sent == 0
    with pytest.raises(AttributeError):
        counted.sent = 6  # type: ignore[misc]
