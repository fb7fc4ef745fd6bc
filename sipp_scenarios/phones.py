"""Scripted phones: SIPp for the signalling and a talker for the audio, as one thing."""

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from sipp_scenarios.audio import Samples
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.runner import (
    Address,
    Scenario,
    ScenarioError,
    ScenarioResult,
    free_port,
    run_scenario,
)
from sipp_scenarios.talker import Talker


class Phone:
    """One call of a conducted phone. Use it as a context manager."""

    def __init__(self, scenario: Scenario, talker: Talker, folder: Path) -> None:
        self.talker = talker
        self._scenario = scenario
        self._folder = folder

    def __enter__(self) -> Self:
        with ExitStack() as begun:
            begun.enter_context(self.talker)
            self._conducted = begun.enter_context(ConductedScenario(self._scenario, self._folder))
            self._begun = begun.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._begun.close()

    def wait_answered(self) -> Address:
        """Wait for the answer, then talk to the address it names, and return that."""
        return self._talk_when("answered")

    def _talk_when(self, what: str) -> Address:
        said = self._conducted.wait_for(what)
        media = Address(said["Host"], int(said["Port"]))
        self.talker.talk_to(*media)
        return media

    def hang_up(self) -> ScenarioResult:
        """Fall silent, send BYE and wait for its answer."""
        self.talker.fall_silent()
        self._conducted.tell("hang up")
        return self._conducted.finish().check()

    def wait_hung_up_on(self) -> ScenarioResult:
        """Wait for the other side's BYE."""
        return self._conducted.finish().check()


class CallerPhone(Phone):
    """A customer who dials and, once answered, talks."""

    def __init__(
        self,
        switch: Address,
        dialled: str,
        speech: Samples,
        folder: Path,
        number: str,
        scenario: str = "caller_talks",
        transport: str = "u1",
    ) -> None:
        talker = Talker(speech, switch.host)
        keys: dict[str, str | int] = {
            "caller": number,
            "caller_name": f"客户 {number[-4:]}",
            "rtp_port": talker.port,
        }
        dials = Scenario(name=scenario, switch=switch, dialled=dialled, keys=keys, transport=transport)
        super().__init__(dials, talker, folder)

    def do(self, done: str) -> None:
        """Let the scenario go on until it says that this is done."""
        self._conducted.tell("go on")
        self._conducted.wait_for(done)

    def offer(self, payload_type: int, encoding: str, packet_ms: int) -> None:
        """Let the scenario ``caller_changes_codec`` offer nothing but this; that must be the answer too."""
        self._conducted.tell(f"{payload_type} {encoding} {packet_ms}")
        agreed = self._conducted.wait_for("changed")["Format"]
        if agreed != str(payload_type):
            raise ScenarioError(f"payload type {agreed} was agreed on where {payload_type} was offered")


class CalledPhone(Phone):
    """An agent's phone while it takes one call."""

    def wait_ringing(self) -> None:
        self._conducted.wait_for("ringing")

    def announce(self) -> None:
        """Talk before it is answered (early media), when the scenario does that."""
        self._talk_when("announcing")

    def answer(self) -> None:
        """Lift the receiver and talk."""
        self._conducted.tell("answer")
        self.wait_answered()

    def answer_in_silence(self) -> None:
        """Lift the receiver and say nothing at all: no packet is sent."""
        self._conducted.tell("answer")
        self._conducted.wait_for("answered")


class Station:
    """An agent's telephone: one SIP port it registers from and is rung at."""

    def __init__(
        self,
        switch: Address,
        name: str,
        password: str,
        folder: Path,
        port: int | None = None,
        domain: str = "",
    ) -> None:
        """Without ``port`` it has one of its own; without ``domain`` its address has the switch's."""
        self._switch = switch
        self.name = name
        self._password = password
        self._folder = folder
        self.port = port or free_port(switch.host)
        self._domain = domain or str(switch)

    def register(self, expires_s: int = 600) -> ScenarioResult:
        """Register with the password, or with 0 seconds take the phone off again."""
        scenario = self.scenario("agent_registers", expires=expires_s)
        return run_scenario(scenario, self._folder).check()

    def expect_call(self, speech: Samples, scenario: str = "agent_answers") -> CalledPhone:
        """Take the next call; it rings until it is told to answer."""
        talker = Talker(speech, self._switch.host)
        return CalledPhone(self.scenario(scenario, rtp_port=talker.port), talker, self._folder)

    def scenario(self, name: str, **keys: str | int) -> Scenario:
        """A scenario of the role ``agent`` at this phone."""
        return Scenario(
            name=name,
            switch=self._switch,
            port=self.port,
            user=self.name,
            password=self._password,
            keys={"station": self.name, "domain": self._domain, **keys},
        )
