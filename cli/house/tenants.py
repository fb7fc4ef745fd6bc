"""What tenants' clients see and do: which verbs are theirs, what these name, and whose each event is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cli.tenant_names import qualified_target
from runtime.tenancy import HOUSE, tenant_of, tenant_of_id
from runtime.vocabulary import Event
from switch.application import Verb
from switch.control.caller import Caller
from switch.control.config import ControlConfig
from switch.control.entrance import AuthenticateParams, Entrance
from switch.control.server import ControlServer, Neighbours, SocketUnusable
from switch.control.verbs import NotAuthenticated
from switch.control.wires import Occupant, Wire
from switch.records.projection import AnyEntry, FreshEntry, JournalEntry
from switch.tenants.config import TenantConfig
from switch.tenants.view import Naming, TenantView

NAMED: Mapping[str, Naming] = {
    **dict.fromkeys(
        (
            "access_code",
            "agent",
            "alarm",
            "calendar",
            "flow",
            "item",
            "list",
            "queue",
            "service",
            "slot",
            "station",
        ),
        Naming.NAME,
    ),
    **dict.fromkeys(("agents", "join", "leave", "preferred", "queues"), Naming.NAMES),
    **dict.fromkeys(
        (
            "alarm_id",
            "callback_id",
            "call_id",
            "collect_id",
            "contact_id",
            "from_call_id",
            "hook_id",
            "mask_id",
            "message_id",
            "party_id",
            "recording_id",
        ),
        Naming.ID,
    ),
    **dict.fromkeys(("target", "way_out", "whom"), Naming.TARGET),
    **dict.fromkeys(("acting_for", "tenant"), Naming.TENANT),
}
"""Parameters of verbs that name something; all others are texts and numbers."""
_SUPERVISING: Mapping[str, Naming] = {**NAMED, "by": Naming.NAME}
"""Of verbs whose ``by`` may be an agent's number."""
VERBS: Mapping[str, Mapping[str, Naming]] = {
    **dict.fromkeys(
        [
            "agent.approve_leave",
            "agent.ask_leave",
            "agent.deny_leave",
            "agent.end_wrap_up",
            "agent.explain",
            "agent.extend_wrap_up",
            "agent.figures",
            "agent.force_not_ready",
            "agent.force_ready",
            "agent.force_sign_out",
            "agent.confirm_message",
            "agent.list",
            "agent.messages",
            "agent.move",
            "agent.not_ready",
            "agent.ready",
            "agent.reasons",
            "agent.release",
            "agent.send_message",
            "agent.set_auto_answer",
            "agent.set_queues",
            "agent.set_skills",
            "agent.sign_in",
            "agent.sign_out",
            "agent.take_back_leave",
            "alarm.acknowledge",
            "alarm.history",
            "alarm.list",
            "calendar.list",
            "calendar.override",
            "calendar.show",
            "call.add_party",
            "call.answer",
            "call.cancel_consultation",
            "call.collect",
            "call.complete_transfer",
            "call.consult",
            "call.drop_party",
            "call.get_data",
            "call.hang_up",
            "call.hold",
            "call.join",
            "call.join_calls",
            "call.list",
            "call.mask_digits",
            "call.masked_digits",
            "call.mute",
            "call.mute_party",
            "call.originate",
            "call.park",
            "call.parties",
            "call.pause_recording",
            "call.play",
            "call.recognise",
            "call.pick_up",
            "call.record",
            "call.redirect",
            "call.reject",
            "call.resume_recording",
            "call.retrieve",
            "call.say",
            "call.send_digits",
            "call.set_data",
            "call.show",
            "call.speak",
            "call.stop_collecting",
            "call.stop_playing",
            "call.stop_recording",
            "call.stop_speech",
            "call.supervisors",
            "call.take_digits",
            "call.toggle",
            "call.transfer",
            "call.unmask_digits",
            "call.unmute",
            "call.unmute_party",
            "configuration.change",
            "configuration.diff",
            "configuration.history",
            "configuration.remove",
            "configuration.set",
            "configuration.show",
            "configuration.undo",
            "flow.history",
            "flow.list",
            "flow.nodes",
            "flow.publish",
            "flow.rollback",
            "flow.share",
            "hook.answer",
            "item.accept",
            "item.finish",
            "item.list",
            "item.reject",
            "item.submit",
            "item.withdraw",
            "list.add",
            "list.list",
            "list.lookup",
            "list.remove",
            "list.show",
            "lookup.list",
            "lookup.try",
            "mailbox.set",
            "message.send",
            "park.list",
            "queue.add",
            "queue.callback",
            "queue.callbacks",
            "queue.cancel_callback",
            "queue.change_caller",
            "queue.explain",
            "queue.list",
            "queue.move_caller",
            "queue.remove",
            "queue.waiting",
            "recording.convert",
            "recording.delete",
            "recording.hold",
            "recording.link",
            "recording.play",
            "recording.rate",
            "recording.release",
            "recording.show",
            "recording.tag",
            "recording.untag",
            "registration.remove",
            "station.list",
            "station.record",
            "station.resync",
            "station.stop_recording",
            "tenant.show",
        ],
        NAMED,
    ),
    **dict.fromkeys(
        [
            "agent.follow",
            "call.barge",
            "call.intercept",
            "call.monitor",
            "call.stop_supervising",
            "call.whisper",
        ],
        _SUPERVISING,
    ),
    "alarm.silence": {**NAMED, "subject": Naming.NAME},
    "recording.list": {**NAMED, "after": Naming.ID},
    "registration.list": {**NAMED, "after": Naming.PLACE},
}
"""Verbs for tenants' clients, with what their parameters name."""
OF_HOUSE = frozenset(
    [
        "ban.add",
        "ban.lift",
        "ban.list",
        "configuration.reload",
        "media.fork",
        "media.forks",
        "media.unfork",
        "prompt.record",
        "recording.move",
        "sip.reload_certificates",
        "speech.engines",
        "speech.make",
        "speech_server.list",
        "switch.status",
        "tenant.change",
        "tenant.create",
        "tenant.list",
        "tenant.remove",
        "tenant.resume",
        "tenant.suspend",
        "trunk.disable",
        "trunk.enable",
        "trunk.list",
        "trunk.show",
    ]
)
"""Verbs about the whole switch, or that reach beyond it."""

OWNERS: Mapping[str, tuple[str, ...]] = {
    "agent": ("agent",),
    "alarm": ("alarm",),
    "calendar": ("calendar",),
    "call": ("call_id",),
    "client": ("tenant",),
    "flow": ("flow",),
    "hook": ("call_id",),
    "item": ("item",),
    "list": ("list",),
    "lookup": ("service",),
    "offer": ("call_id",),
    "prompt": ("call_id",),
    "queue": ("queue", "call_id"),
    "recognition": ("call_id",),
    "recording": ("recording_id",),
    "speech": ("call_id",),
    "speaking": ("call_id",),
    "station": ("station",),
    "supervision": ("call_id",),
    "tenant": ("tenant",),
    "text": ("text_id",),
    "text_message": ("call_id",),
    "verb": ("tenant",),
    "voice_message": ("box",),
}
"""By the first word of an event's topic: the field that tells whose it is, or the next if there is none."""
HOUSE_FAMILIES = frozenset(
    [
        "acd",
        "archive",
        "configuration",
        "control",
        "database",
        "endpoint",
        "journal",
        "leg",
        "media",
        "mix",
        "name",
        "recordings",
        "registrations",
        "second_tier",
        "security",
        "sip",
        "speech_engine",
        "speech_server",
        "storage",
        "switch",
        "trace",
        "trunk",
    ]
)
"""First words of topics of events that are the house's only."""
_BY_NAME = frozenset(
    {"agent", "alarm", "box", "calendar", "flow", "item", "list", "queue", "service", "station"}
)


def owner_of(entry: AnyEntry) -> str:
    """The tenant whose event it is; HOUSE for the house's own."""
    fields = entry.fields
    for key in OWNERS.get(entry.topic.partition(".")[0], ()):
        named = fields.get(key)
        if isinstance(named, str):
            if key == "tenant":
                return named
            return tenant_of(named) if key in _BY_NAME else tenant_of(named) or tenant_of_id(named)
    return HOUSE


class _AtTenant:
    """The entrance at a tenant's own socket, which leads to this tenant only."""

    def __init__(self, entrance: Entrance, tenant: str) -> None:
        self._entrance = entrance
        self._tenant = tenant

    async def authenticate(self, shown: AuthenticateParams, source: str) -> Caller:
        if shown.agent:
            shown = shown.model_copy(update={"tenant": self._tenant})
        caller = await self._entrance.authenticate(shown, source)
        if caller.tenant != self._tenant:
            raise NotAuthenticated("there is no such token")
        return caller

    def session(self, wire: Wire, caller: Caller) -> Occupant:
        return self._entrance.session(wire, caller)


class TenantWindows:
    """The control sockets of tenants."""

    def __init__(
        self,
        config: ControlConfig,
        tenants: Mapping[str, TenantConfig],
        verbs: Iterable[Verb],
        neighbours: Neighbours,
    ) -> None:
        self._config = config
        self._verbs = list(verbs)
        self._neighbours = neighbours
        self._views: dict[str, TenantView] = {}
        self._servers: dict[str, ControlServer] = {}
        self._sockets: dict[str, Path | None] = {}
        for name, socket in _sockets_of(tenants).items():
            self._add(name, self._server(name, socket), socket)

    async def configure(self, tenants: Mapping[str, TenantConfig]) -> None:
        """Have the sockets of these tenants, and of no others.

        Raises SocketUnusable when one cannot be had: those there were stay.
        """
        wanted = _sockets_of(tenants)
        moved = [name for name, socket in self._sockets.items() if wanted.get(name, socket) != socket]
        new = {name: self._server(name, wanted[name]) for name in (*moved, *(wanted.keys() - self._sockets))}
        opened: list[ControlServer] = []
        try:
            for server in new.values():
                await server.open()
                opened.append(server)
        except SocketUnusable:
            for server in opened:
                await server.close()
            raise
        for name in [*moved, *(self._sockets.keys() - wanted.keys())]:
            del self._sockets[name], self._views[name]
            await self._servers.pop(name).close()
        for name, server in new.items():
            self._add(name, server, wanted[name])
        self._neighbours.audience_changed()

    def rooms(self) -> dict[str, ControlServer]:
        """What serves the clients of each tenant there is; it changes with them."""
        return self._servers

    def _server(self, tenant: str, socket: Path | None) -> ControlServer:
        own = self._config.model_copy(update={"socket": socket or self._config.socket})
        scoped = scoped_verbs(TenantView(tenant, qualified_target), self._verbs)
        around = replace(self._neighbours, tenant=tenant, listens=socket is not None)
        if around.entrance is not None:
            around = replace(around, entrance=_AtTenant(around.entrance, tenant))
        return ControlServer(own, scoped, around)

    def _add(self, tenant: str, server: ControlServer, socket: Path | None) -> None:
        self._views[tenant] = TenantView(tenant, qualified_target)
        self._servers[tenant] = server
        self._sockets[tenant] = socket

    def wants(self, topic: str) -> bool:
        """Whether the events of a topic are to be shown to ``observe``."""
        return any(server.wants(topic) for server in self._servers.values())

    def hears(self, tenant: str, topic: str) -> bool:
        """Whether a client of this tenant wants the events of a topic."""
        server = self._servers.get(tenant)
        return server is not None and server.is_heard(topic)

    def tell(self, event: Event, wall: float) -> None:
        """Show an event that is in no journal to the clients of the tenant whose it is."""
        entry = FreshEntry(0, wall, event.topic, event)
        tenant = owner_of(entry)
        if tenant in self._servers:
            self._servers[tenant].tell_entry(self._translated(tenant, entry))

    def observe(self, entry: AnyEntry) -> None:
        """Show an event to the clients of the tenant whose it is."""
        tenant = owner_of(entry)
        server = self._servers.get(tenant)
        if server is not None and server.wants(entry.topic):
            server.observe(self._translated(tenant, entry))

    def _translated(self, tenant: str, entry: AnyEntry) -> JournalEntry:
        fields = self._views[tenant].told(entry.fields)
        return JournalEntry(entry.sequence, entry.time, entry.topic, fields)

    async def open(self) -> None:
        """Raises SocketUnusable."""
        for server in self._servers.values():
            await server.open()

    async def close(self) -> None:
        for server in self._servers.values():
            await server.close()


def _sockets_of(tenants: Mapping[str, TenantConfig]) -> dict[str, Path | None]:
    """None for a tenant whose clients come by listeners only."""
    return {name: tenant.control for name, tenant in tenants.items()}


def scoped_verbs(view: TenantView, verbs: Sequence[Verb]) -> list[Verb]:
    """All verbs as the tenant's clients have them; one that nobody has thought of is not for them."""
    return [view.verb(verb, VERBS.get(verb.name)) for verb in verbs]
