"""A running switch with agents and callers, as a test wants them: one line a step."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sipp_scenarios.audio import speech
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CalledPhone, CallerPhone, Station
from sipp_scenarios.runner import Scenario, ScenarioResult, run_scenario
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.switch_process import STATIONS

_LONGEST_CALL_S = 30.0
_PATIENCE_S = 45.0
"""Phones report every five seconds, and the first reports of a stream tell little."""
_LOOK_EVERY_S = 0.1


class CallCentre:
    """Steers one switch over its control socket and rings it with scripted phones."""

    def __init__(self, switch: SwitchProcess, events: EventFollower, folder: Path) -> None:
        self.switch = switch
        self.events = events
        self.folder = folder
        self._stations: dict[str, Station] = {}

    def seat(self, agent: str) -> Station:
        """Register the agent's phone, sign the agent in there and make the agent ready."""
        station = self.register(agent)
        self.sign_in(agent)
        return station

    def register(self, name: str) -> Station:
        """Register a phone; nobody is signed in there."""
        station = self._stations.get(name)
        if station is None:
            station = Station(self.switch.sip, name, STATIONS[name], self.folder)
            self._stations[name] = station
        station.register()
        return station

    def sign_in(self, agent: str) -> None:
        """Make an agent ready at the station of the same number, however it was registered."""
        self.events.call("agent.sign_in", agent=agent, station=agent)
        self.events.call("agent.ready", agent=agent)

    def close(self) -> None:
        """Send everybody home: sign out who is signed in, take the phones off."""
        for agent in self.events.call("agent.list"):
            if agent["state"] != "LOGGED_OUT":
                self.events.call("agent.sign_out", agent=agent["id"])
        registered = self.events.call("registration.list")["registrations"]
        for station in {contact["station"] for contact in registered}:
            self.events.call("registration.remove", station=station)

    def caller(
        self,
        dialled: str,
        number: str = "13800138000",
        scenario: str = "caller_talks",
        transport: str = "u1",
    ) -> CallerPhone:
        """A caller who is about to be answered; each number has a voice of its own."""
        voice = speech(int(number), _LONGEST_CALL_S)
        return CallerPhone(self.switch.sip, dialled, voice, self.folder, number, scenario, transport)

    def phone(self, station: Station, scenario: str = "agent_answers") -> CalledPhone:
        """Let the station take its next call."""
        return station.expect_call(speech(int(station.name), _LONGEST_CALL_S), scenario)

    def ring_in_vain(self, station: Station) -> ConductedScenario:
        """Let the station ring at its next call until the switch gives up."""
        return ConductedScenario(station.scenario("agent_does_not_answer"), self.folder)

    def run(self, name: str, dialled: str = "", calls: int = 1) -> ScenarioResult:
        """Run a caller's scenario that needs no conducting. Raises ScenarioError."""
        scenario = replace(self._silent_caller(name, dialled), calls=calls)
        return run_scenario(scenario, self.folder).check()

    def conduct(self, name: str, dialled: str) -> ConductedScenario:
        """Start a caller's scenario that does."""
        return ConductedScenario(self._silent_caller(name, dialled), self.folder)

    def agent_state(self, agent: str) -> str:
        views: dict[str, dict[str, Any]] = {view["id"]: view for view in self.events.call("agent.list")}
        return str(views[agent]["state"])

    def wait_for_media(self, is_enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What ``call.show`` tells of the customer's leg of the one call, once that is enough.

        Raises TimeoutError with what it tells when that never is.
        """
        deadline = monotonic() + _PATIENCE_S
        while True:
            (call,) = self.events.call("call.list")
            customer, *_ = self.events.call("call.show", call_id=call["call_id"])["legs"]
            media: dict[str, Any] = customer["media"]
            if is_enough(media):
                return media
            if monotonic() > deadline:
                raise TimeoutError(f"not enough in {_PATIENCE_S} s: {media}")
            sleep(_LOOK_EVERY_S)

    def wait_for_subscriptions(self, count: int) -> None:
        """Ask until so many have subscribed, or it takes too long."""
        deadline = monotonic() + _PATIENCE_S
        while self.events.counts("subscriptions").get("subscriptions", 0) < count:
            assert monotonic() < deadline

    def wait_until_nothing_is_left(self) -> None:
        """Calls, legs, ports, recordings: all gone and no fault on the way, or EventMissingError."""
        while left := self.events.left_open():
            self.events.wait_for_next(f"the end of {left}")

    def _silent_caller(self, name: str, dialled: str) -> Scenario:
        keys: dict[str, str | int] = {"caller": "13700137000", "caller_name": "客户", "rtp_port": 9}
        return Scenario(name=name, switch=self.switch.sip, dialled=dialled, keys=keys)
