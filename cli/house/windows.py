"""Through which others look into the switch: control socket, metrics, log, traces of messages."""

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cli.configuration.sections import Configuration
from cli.house.access import Access
from cli.house.ground import Ground
from cli.house.memory import Memory
from cli.house.tenants import TenantWindows
from cli.log import EventLog
from runtime.driver import Handler, Outputs, ignoring_time
from runtime.tenancy import HOUSE
from runtime.vocabulary import Event
from switch.application import Verb
from switch.control.event_verbs import Part
from switch.control.server import ControlServer, Neighbours
from switch.control.websocket import WebSocketDoor
from switch.hooks.commands import TellHook
from switch.hooks.events import HookAsked
from switch.http import HttpServer
from switch.metrics import Metrics
from switch.provisioning.site import PhoneSite
from switch.sip.hop import Hop
from switch.sip.trace.events import SipMessageTraced
from switch.sip.trace.recorder import TraceRecorder
from switch.sip.trace.tap import WireTap
from switch.tenants.config import TenantConfig

PICTURE = {
    "calls": Part("call.list"),
    "agents": Part("agent.list"),
    "queues": Part("queue.list"),
    "waiting": Part("queue.waiting", of="queues", parameter="queue"),
    "trunks": Part("trunk.list"),
}
"""What a client is told of how everything stands."""


class Windows:
    """Opened last and closed first."""

    def __init__(
        self,
        configuration: Configuration,
        tenants: Mapping[str, TenantConfig],
        verbs: Sequence[Verb],
        metrics: Metrics,
        status: Callable[[], Mapping[str, Any]],
        memory: Memory,
        ground: Ground,
        *,
        our_hop: Callable[[Hop], Hop],
        call_of_leg: Callable[[str], str | None],
        access: Access,
        phone_site: PhoneSite,
    ) -> None:
        self._driver = ground.driver
        self._clock = ground.clock
        self._journal = memory.journal
        self._metrics = metrics
        self._access = access
        around = Neighbours(
            run=ground.ids.new("run"),
            newest=self._newest,
            audience_changed=self._audience_changed,
            report=ground.driver.submit,
            picture=PICTURE,
            rights_of=access.rights_of,
            entrance=access.entrance,
        )
        self._control = ControlServer(configuration.control, verbs, around)
        self._tenants = TenantWindows(configuration.control, tenants, verbs, around)
        self._trace = TraceRecorder(configuration.trace) if configuration.trace.enabled else None
        self._tap = WireTap(ground.clock, our_hop, recorder=self._trace, tell=self._control.tell)
        browsers = WebSocketDoor(configuration.control, access.entrance, access.seats)
        pages = (*memory.archive.pages(), *browsers.pages(), *phone_site.routes())
        http = configuration.http
        self._http = HttpServer(http, metrics.render, status, pages) if http.enabled else None
        self._event_log = EventLog(configuration.log, call_of_leg)

    def routes(self) -> dict[type, Handler]:
        """What is told and kept nowhere."""
        return {TellHook: ignoring_time(self._tell_hook)}

    def hears_hooks(self, tenant: str) -> bool:
        """Whether anybody subscribed to what the flows of a tenant ask."""
        topic = HookAsked.topic
        return self._control.is_heard(topic) or self._tenants.hears(tenant, topic)

    async def configure(self, tenants: Mapping[str, TenantConfig]) -> None:
        """Have the sockets of these tenants, and of no others. Raises SocketUnusable."""
        await self._tenants.configure(tenants)

    def reload_certificate(self) -> None:
        """Show a renewed one over HTTPS."""
        if self._http is not None:
            self._http.reload_certificate()

    def observe(self) -> None:
        """See every event after the journal, and the messages of SIP while somebody wants them."""
        self._tap.watch(self._driver)
        self._access.observe()
        self._driver.observe(self._tell_clients, lambda kind: self._control.wants(kind.topic))
        self._driver.observe(self._tell_tenants, lambda kind: self._tenants.wants(kind.topic))
        self._driver.observe(self._event_log.log_event, self._event_log.wants)
        self._driver.observe(self._event_log.note_leg, self._event_log.brings_leg)
        for kind, fold in self._metrics.folds.items():
            self._driver.observe(fold, frozenset({kind}).__contains__)

    def open_trace(self) -> None:
        """Before the first message comes."""
        if self._trace is not None:
            self._trace.start()

    async def open(self) -> None:
        """Raises UsageError when an address cannot be had."""
        await self._control.open()
        await self._tenants.open()
        await self._access.open(ChainMap({HOUSE: self._control}, self._tenants.rooms()))
        if self._http is not None:
            await self._http.open()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self._access.close()
        await self._tenants.close()
        await self._control.close()

    def close_trace(self) -> None:
        """After the last message went."""
        if self._trace is not None:
            self._trace.close()

    def _newest(self) -> int:
        """The sequence of the last event."""
        newest = self._journal.newest
        return self._journal.first_sequence - 1 if newest is None else newest.sequence

    def _audience_changed(self) -> None:
        self._tap.set_heard(self._control.is_heard(SipMessageTraced.topic))
        self._driver.ask_observers_again()

    def _tell_hook(self, command: TellHook) -> Outputs:
        wall = self._clock.wall()
        self._control.tell(command.asked, wall)
        self._tenants.tell(command.asked, wall)
        return ()

    def _tell_clients(self, event: Event, wall: float) -> None:
        """In the words, and with the number, of the journal, which saw the event just before."""
        if self._journal.newest is not None:
            self._control.observe(self._journal.newest)

    def _tell_tenants(self, event: Event, wall: float) -> None:
        if self._journal.newest is not None:
            self._tenants.observe(self._journal.newest)
