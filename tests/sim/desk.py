"""A contact centre whose people also use the control socket: a real one, while the clock is moved by hand.

The exchange, the ACD, the phones' application and the supervisors' are the real ones, with all their verbs;
callers and phones are simulated, and the media only keeps books.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import switch.dialling.service
import switch.supervision.service
from acd import service
from acd.agent_config import AgentConfig
from acd.core import AcdCore
from acd.own_calls import station_to_call
from acd.queue_config import QueueConfig
from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from runtime.ids import SeededIds
from runtime.target import parse_target
from runtime.vocabulary import Event
from switch.application import Application, Verb, routes_of
from switch.call import Call
from switch.call_control.phone_keys import PhoneKeys
from switch.call_control.targets import Targets
from switch.call_control.transfer_verbs import TransferVerbs
from switch.call_control.verbs import CallControlVerbs
from switch.call_recording_verbs import CallRecordingVerbs
from switch.conference_verbs import ConferenceVerbs
from switch.config import AccessCodeConfig
from switch.control.config import ControlConfig
from switch.control.server import ControlServer
from switch.data_verbs import DataVerbs
from switch.dialling.config import DiallingConfig
from switch.events import CallConnected
from switch.exchange import Exchange
from switch.mask_verbs import MaskVerbs
from switch.placing_verbs import PlacingVerbs
from switch.reach import Reach
from switch.records.projection import FreshEntry
from switch.supervision.supervision import Supervision
from switch.supervision.verbs import House, SupervisorVerbs
from switch.verbs import ExchangeVerbs
from tests.helpers.exchange_rig import BookkeepingMedia
from tests.sim.people import Habits, People, registration


class DeskCentre:
    """Numbers of queues and others (``direct``), phones for all agents and supervisors, outside numbers."""

    def __init__(
        self,
        queues: Sequence[QueueConfig],
        agents: Sequence[AgentConfig],
        stations: Sequence[str],
        direct: Mapping[str, str],
        *,
        callers: int,
        habits: Habits,
        seed: int,
    ) -> None:
        self.clock = ManualClock()
        self.events: list[Event] = []
        self.told: list[FreshEntry] = []
        """Events since the socket was opened."""
        self.faults: list[str] = []
        self.media = BookkeepingMedia()
        self.alarm = ManualAlarm()
        self.driver = Driver(self.clock, self.alarm, self._note_fault, Ways())
        self.ids = SeededIds(seed)
        self.stations = list(stations)
        targets = {**{queue.name: f"queue:{queue.name}" for queue in queues}, **direct}
        self.people = People(habits, list(targets), callers, seed)
        codes = [AccessCodeConfig(number=number, target=target) for number, target in targets.items()]
        self.acd = self._build_acd(queues, agents)
        self.supervision = Supervision(self.acd_core.state.seats.get)
        self.applications = (
            self.acd,
            self._build_dialling(),
            switch.supervision.service.build(self.supervision),
        )
        self.exchange = Exchange(codes, self.ids, self.knows_target, hold_music="music")
        self._wire()
        for station in stations:
            self.driver.submit(registration(station))
        self.people.expect_caller(self.clock.now())

    @property
    def acd_core(self) -> AcdCore:
        core = self.acd.cores[0]
        assert isinstance(core, AcdCore)
        return core

    def calls(self) -> list[Call]:
        return list(self.exchange.calls())

    def knows_target(self, target: str) -> bool:
        scheme, name = parse_target(target)
        return any(application.takes(scheme, name) for application in self.applications)

    def verbs(self) -> list[Verb]:
        exchange, ids, submit = self.exchange, self.ids, self.driver.submit
        reach = Reach(
            self._contacts,
            _is_outside,
            lambda station, number: True,
            self.knows_target,
            (),
            station_to_call=partial(station_to_call, self.acd_core.state),
        )
        targets, phone_keys = Targets(reach), PhoneKeys(lambda leg_id: frozenset(), submit)
        house = House(self.stations, self._contacts, self.acd_core.state.seats.get)
        return [
            *ExchangeVerbs(exchange, lambda now: [], {}, self.clock, submit, name="", version="").verbs(),
            *PlacingVerbs(exchange, reach, ids, submit).verbs(),
            *CallControlVerbs(exchange, targets, phone_keys, self.clock, submit).verbs(),
            *TransferVerbs(exchange, targets, ids, self.clock, submit).verbs(),
            *ConferenceVerbs(exchange, reach, ids, submit).verbs(),
            *CallRecordingVerbs(exchange, submit).verbs(),
            *DataVerbs(exchange, submit).verbs(),
            *MaskVerbs(exchange, ids, submit).verbs(),
            *SupervisorVerbs(self.supervision, exchange, house, ids, submit).verbs(),
            *(verb for application in self.applications for verb in application.verbs),
        ]

    @asynccontextmanager
    async def socket(self, folder: Path) -> AsyncIterator[Path]:
        """The centre's control socket, on which every event is told."""
        config = ControlConfig(socket=folder / "centre.sock")
        server = ControlServer(config, self.verbs())

        def tell(event: Event, wall: float) -> None:
            self.told.append(FreshEntry(len(self.told) + 1, wall, event.topic, event))
            server.observe(self.told[-1])

        self.driver.observe(tell)
        await server.open()
        try:
            yield config.socket
        finally:
            await server.close()

    def move_to(self, now: float) -> None:
        """Let time pass, from deadline to deadline."""
        while (due := self.alarm.deadline) is not None and due <= now:
            self.clock.move_to(due)
            self.alarm.ring()
        self.clock.move_to(now)

    def _build_acd(self, queues: Sequence[QueueConfig], agents: Sequence[AgentConfig]) -> Application:
        stations = dict.fromkeys(self.stations, 0)
        return service.build(
            queues, agents, stations, self.ids, self.driver.submit, self.clock, whom=_called_back
        )

    def _build_dialling(self) -> Application:
        return switch.dialling.service.build(
            DiallingConfig(),
            {},
            self.ids,
            knows_station=self.stations.__contains__,
            has_route=_is_outside,
        )

    def _contacts(self, station: str) -> Sequence[str]:
        return [station] if station in self.stations else []

    def _wire(self) -> None:
        for application in self.applications:
            for core in application.cores:
                self.driver.add_core(core)
        for routes in (
            *routes_of(self.applications),
            self.exchange.routes(),
            self.media.routes(),
            self.people.routes(self._legs_of),
        ):
            self.driver.add_routes(routes)
        self.driver.add_core(self.people)
        self.driver.observe(lambda event, wall: self.events.append(event))

    def _legs_of(self, event: CallConnected) -> tuple[str, str]:
        call = self.exchange.find(event.call_id)
        assert call is not None
        return call.customer.leg_id, call.offers[event.offer_id].leg.leg_id

    def _note_fault(self, item: object, fault: Exception) -> Outputs:
        self.faults.append(f"{item} raised {fault!r}")
        return ()


def _is_outside(number: str) -> bool:
    return len(number) > 4 and number.isdecimal()


def _called_back(number: str, level: int | None, tenant: str) -> str | None:
    return f"number:{number}" if _is_outside(number) else None
