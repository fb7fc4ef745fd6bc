"""The applications of one switch: what takes its calls."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import acd.service
import ivr.service
import switch.counter.service
import switch.dialling.service
import switch.feature_codes.service
import switch.parking.service
import switch.prompt_recording.service
import switch.supervision.service
import switch.voice_messages.service
from acd.popups import PoppedCalls
from acd.replay.recorded_core import Inputs
from cli.configuration.installation import Installation
from cli.house.customers import Customers
from cli.house.directory import Directory
from cli.house.flow_world import FlowMasks, flow_world, own_prompts
from cli.house.ground import Ground
from ivr.editions import FlowSet
from ivr.interpreter import FlowInterpreter
from ivr.paths import FlowPaths
from ivr.service import DataOf, Ivr
from media.engine import MediaEngine
from media.prompt_import import is_prompt_name
from runtime.target import parse_target
from switch.application import AgentFacts, Application, Prospect
from switch.archive.listening.finding import Row
from switch.archive.phone.service import ListeningByPhone
from switch.call import Call
from switch.counter.counter import CounterRecording
from switch.counter.service import CounterVerbs
from switch.feature_codes.actions import NoDesk
from switch.feature_codes.config import FeatureCodesConfig
from switch.feature_codes.feature_codes import FeatureCodes
from switch.feature_codes.waiting_calls import CallsOfHouse
from switch.parking.parking import Parking
from switch.prompt_recording.booth import INSTRUCTIONS, PromptBooth
from switch.prompt_recording.libraries import Libraries
from switch.prompt_recording.service import PromptVerbs
from switch.prompt_recording.takes import Takes
from switch.supervision.supervision import Supervision
from switch.supervision.verbs import House
from switch.tenants.config import TenantConfig
from switch.voice_messages.config import MessageBoxConfig
from switch.voice_messages.voice_messages import VoiceMessages


class Applications:
    """All of them, and what is asked of whichever knows."""

    def __init__(
        self,
        installation: Installation,
        directory: Directory,
        customers: Customers,
        media: MediaEngine,
        ground: Ground,
        find_call: Callable[[str], Call | None],
        calls: Callable[[], Iterator[Call]],
        look_up: Callable[[str], Row],
        acd_inputs: Inputs,
        data_of: DataOf,
        popped_calls: Callable[[FlowPaths], PoppedCalls],
    ) -> None:
        """``find_call`` by its id; ``calls``: all that are up; ``look_up`` tells where a recording is.

        ``acd_inputs`` keeps what the ACD is told. ``data_of`` tells what is noted of a call's contact,
        ``popped_calls`` what screen-pops tell.
        """
        self._configuration = installation.configuration
        self._directory = directory
        self._ground = ground
        self._find_call = find_call
        self._calls = calls
        self._data_of = data_of
        self._popped_calls = popped_calls
        self._by_phone = ListeningByPhone(
            look_up,
            self._configuration.access,
            directory.contacts,
            ground.ids,
            ground.driver.submit,
            keep=media.load_prompt,
            forget=media.forget_prompt,
        )
        self._prompts: Collection[str] = frozenset(installation.prompts.names)
        self._tenants = set(installation.tenants)
        self._libraries = Libraries(self._configuration.media.prompts, _folders_of(installation.tenants))
        self.own_prompt = own_prompts(lambda: self._prompts, self._tenants)
        """What a tenant means by a prompt's name."""
        self._boxes = VoiceMessages(self._configuration.message_boxes, ground.ids, self._recording_of)
        self.parking = Parking(ground.ids, self._configuration.switch.hold_music)
        self.supervision = Supervision(self.agent_at)
        self._ivr = self._build_ivr(FlowSet(installation.flows), customers)
        self._takes = self._build_takes(installation, media)
        acd_application = self._build_acd(acd_inputs)
        self._feature_codes = self._build_feature_codes(acd_application)
        self._all = (
            self._ivr.application,
            self._build_dialling(),
            acd_application,
            switch.feature_codes.service.build(self._feature_codes),
            self._by_phone.application(),
            self._build_counter(),
            self._build_prompt_recording(installation),
            switch.parking.service.build(self.parking),
            switch.voice_messages.service.build(self._boxes),
            switch.supervision.service.build(self.supervision),
        )
        self.agent_facts = next((each.agents for each in self._all if each.agents is not None), AgentFacts())
        """What is known of agents."""

    def __iter__(self) -> Iterator[Application]:
        return iter(self._all)

    def knows_target(self, target: str) -> bool:
        scheme, name = parse_target(target)
        return any(application.takes(scheme, name) for application in self._all)

    def obstacle(self, target: str) -> str | None:
        """Why whoever a target leads to cannot be had now, as a sentence; None when they can."""
        scheme, name = parse_target(target)
        takers = (application for application in self._all if application.takes(scheme, name))
        return next((application.obstacle(scheme, name) for application in takers), None)

    def agent_at(self, station: str) -> str | None:
        """Who is signed in at a station."""
        return self.agent_facts.agent_at(station)

    def listed(self, verb: str) -> Callable[[str], list[dict[str, Any]]]:
        """What a verb that lists objects tells of one tenant's."""
        (found,) = (known for application in self._all for known in application.verbs if known.name == verb)

        def of(tenant: str) -> list[dict[str, Any]]:
            answer: Any = found.handle(found.params.model_validate({"tenant": tenant}))
            return list(answer)

        return of

    def house(self) -> House:
        """Who sits where, for supervisors."""
        return House(self._directory.stations, self._directory.contacts, self.agent_at)

    def configure(self, flows: FlowSet, prompts: Collection[str], boxes: Sequence[MessageBoxConfig]) -> None:
        """Have these flows and boxes for calls that come from now on; ``prompts`` are all there are."""
        self._prompts = frozenset(prompts)
        self._ivr.interpreter.configure(flows)
        self._boxes.configure(boxes)

    def configure_tenants(self, tenants: Mapping[str, TenantConfig]) -> None:
        """Know these, and no others."""
        self._tenants.clear()
        self._tenants.update(tenants)
        self._libraries.configure(_folders_of(tenants))

    @property
    def flow_interpreter(self) -> FlowInterpreter:
        return self._ivr.interpreter

    def close(self) -> None:
        self._takes.close()
        self._by_phone.close()

    def _build_ivr(self, flows: FlowSet, customers: Customers) -> Ivr:
        ground = self._ground
        world = flow_world(
            ground.clock,
            customers,
            self._prospect,
            self.knows_target,
            self.own_prompt,
        )
        masks = FlowMasks(self._find_call)
        return ivr.service.build(self._configuration.ivr, flows, ground.ids, world, masks, self._data_of)

    def _build_dialling(self) -> Application:
        directory = self._directory
        return switch.dialling.service.build(
            self._configuration.dialling,
            directory.ways_out(),
            self._ground.ids,
            knows_station=directory.stations.__contains__,
            has_route=directory.has_route,
        )

    def _build_acd(self, inputs: Inputs) -> Application:
        configuration, ground = self._configuration, self._ground
        return acd.service.build(
            configuration.queues,
            configuration.agents,
            self._directory.stations,
            ids=ground.ids,
            clock=ground.clock,
            submit=ground.driver.submit,
            config=configuration.acd,
            whom=self._directory.whom,
            knows_target=self.knows_target,
            kept=inputs,
            popped_calls=self._popped_calls(self._ivr.paths),
        )

    def configure_feature_codes(self, config: FeatureCodesConfig) -> None:
        """Go by these from now on."""
        self._feature_codes.configure(config)

    def _build_feature_codes(self, agents: Application) -> FeatureCodes:
        config = self._configuration.feature_codes
        desk = agents.desk or NoDesk()
        masks = FlowMasks(self._find_call)
        waiting = CallsOfHouse(self._calls, self.parking)
        return FeatureCodes(
            self._ground.ids, desk, config, lambda name: name in self._prompts, masks, waiting
        )

    def _build_counter(self) -> Application:
        """Asks the other applications who sits at a station, once all are there."""
        recordings, ground = self._configuration.recordings, self._ground
        core = CounterRecording(
            ground.ids, self.agent_at, tone=recordings.beep, limit_s=recordings.counter_limit_s
        )
        verbs = CounterVerbs(
            core, self._directory.contacts, self._find_call, ground.ids, ground.driver.submit
        )
        return switch.counter.service.build(core, verbs)

    def _build_takes(self, installation: Installation, media: MediaEngine) -> Takes:
        ground = self._ground
        return Takes(
            self._libraries.place_of,
            keep=media.load_prompt,
            forget=media.forget_prompt,
            submit=lambda command: ground.loop.call_soon_threadsafe(ground.driver.submit, command),
        )

    def _build_prompt_recording(self, installation: Installation) -> Application:
        config, ground = self._configuration.prompt_recording, self._ground
        named = {name: f"{config.language}/prompt_recording/{name}" for name in INSTRUCTIONS}
        known = set(installation.prompts.names)
        core = PromptBooth(
            ground.ids,
            self.agent_at,
            stations=config.stations,
            instructions={name: prompt for name, prompt in named.items() if prompt in known},
            tone=config.tone,
            max_s=config.max_s,
        )
        verbs = PromptVerbs(is_prompt_name, self._directory.contacts, ground.ids, ground.driver.submit)
        return switch.prompt_recording.service.build(core, self._takes.routes(), verbs)

    def _recording_of(self, call_id: str) -> str | None:
        call = self._find_call(call_id)
        return call.recording_id if call is not None else None

    def _prospect(self, queue: str, number: str) -> Prospect | None:
        found = (application.prospect(queue, number) for application in self._all)
        return next((prospect for prospect in found if prospect is not None), None)


def _folders_of(tenants: Mapping[str, TenantConfig]) -> dict[str, Path | None]:
    return {name: tenant.prompts for name, tenant in tenants.items()}
