from typing import Any

import pytest

from runtime.clock import ManualClock
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Command
from switch.registration_verbs import RegistrationVerbs
from switch.sip.config import SipConfig, StationConfig
from switch.sip.hop import Hop
from switch.sip.registration.bindings import Binding
from switch.sip.stack import SipStack

NAMES = ("1001", "1002", "1003", "1004", "1005")


class Rig:
    """A registrar at which five stations are registered, one of them twice, steered by its verbs."""

    def __init__(self) -> None:
        stations = [StationConfig.model_validate({"name": name, "password": "x"}) for name in NAMES]
        self.stack = SipStack(SipConfig(), stations, SeededIds(), b"key of a test")
        self.clock = ManualClock(1000.0)
        places = [*((name, 6000) for name in reversed(NAMES)), ("1003", 6001)]
        self.stack.registrar.restore([self.binding(*place) for place in places], 1000.0)
        verbs = RegistrationVerbs(self.stack.registrar, self.clock, self._submit).verbs()
        self._verbs = {verb.name: verb for verb in verbs}

    def ask(self, name: str, **params: Any) -> Any:
        verb = self._verbs[name]
        return verb.handle(verb.params.model_validate(params))

    def stations(self, **params: Any) -> list[str]:
        return [found["station"] for found in self.ask("registration.list", **params)["registrations"]]

    @staticmethod
    def binding(name: str, port: int) -> Binding:
        hop = Hop("udp", "192.0.2.7", port)
        return Binding(name, f"sip:{name}@192.0.2.7:{port}", hop, f"c{port}", 1, 1060.0, 400.0)

    def _submit(self, command: Command) -> None:
        self.stack.routes()[type(command)](command, self.clock.now())


def test_pages_follow_each_other_by_the_names_of_stations() -> None:
    rig = Rig()
    first = rig.ask("registration.list", limit=3)
    assert [found["station"] for found in first["registrations"]] == ["1001", "1002", "1003", "1003"]
    assert (first["total"], first["next"]) == (6, "1003")
    second = rig.ask("registration.list", limit=3, after=first["next"])
    assert [found["station"] for found in second["registrations"]] == ["1004", "1005"]
    assert second["next"] is None


def test_a_page_that_holds_the_last_station_is_the_last() -> None:
    assert Rig().ask("registration.list", limit=5)["next"] is None


def test_one_station_can_be_asked_for() -> None:
    rig = Rig()
    assert rig.stations(station="1003") == ["1003", "1003"]
    assert rig.stations(station="1999") == []


def test_a_contact_says_when_it_expires_and_since_when_it_is_there() -> None:
    (found,) = Rig().ask("registration.list", station="1001")["registrations"]
    assert (found["expires_s"], found["since_s"]) == (60, 600)


def test_one_contact_or_all_can_be_removed() -> None:
    rig = Rig()
    gone = rig.ask("registration.remove", station="1003", contact="sip:1003@192.0.2.7:6001")
    assert [found["contact"] for found in gone] == ["sip:1003@192.0.2.7:6001"]
    assert rig.stations(station="1003") == ["1003"]
    rig.ask("registration.remove", station="1003")
    assert rig.stations(station="1003") == []


@pytest.mark.parametrize("params", [{"station": "1999"}, {"station": "1001", "contact": "sip:elsewhere"}])
def test_what_is_not_registered_cannot_be_removed(params: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"registration\.list names who is"):
        Rig().ask("registration.remove", **params)
