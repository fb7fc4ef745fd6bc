"""Who may steer the switch: tokens and passwords, addresses for other machines, and what is kept of it."""

from collections.abc import Callable, Mapping

from cli.configuration.sections import Configuration
from cli.house.ground import Ground
from runtime.vocabulary import Event
from switch.access.agent_reach import AgentReach
from switch.access.agent_scope import AgentScope
from switch.access.audit import Audit
from switch.access.door import Credentials, Door, DoorRules
from switch.access.entrance import Entrance
from switch.access.listeners import ControlListeners
from switch.access.participation import Participation
from switch.application import AgentFacts
from switch.call import Call
from switch.control.caller import Caller
from switch.control.rights import Rights
from switch.control.seats import Seats
from switch.control.server import ControlServer
from switch.records.journal import Journal
from switch.roles import Role


class Access:
    """Opened when the rooms that clients are let into are there."""

    def __init__(
        self,
        configuration: Configuration,
        facts: AgentFacts,
        find_call: Callable[[str], Call | None],
        reach: AgentReach,
        journal: Journal,
        ground: Ground,
    ) -> None:
        control = configuration.control
        rules = DoorRules(control.source_failures, control.agent_failures, control.lock_s)
        self._driver = ground.driver
        self._facts = facts
        self._reach = reach
        self._participation = Participation(find_call, facts.seats, lambda: _newest(journal))
        self._audit = Audit(self._tell, configuration.switch.personal_data)
        self.entrance = Entrance(Door(rules, _credentials(configuration)), ground.clock, self._tell)
        self.seats = Seats(control)
        """For connections of other machines."""
        self._listeners = ControlListeners(control, self.entrance, self.seats)

    def rights_of(self, caller: Caller) -> Rights:
        """What a client may do that is known by now."""
        scope = None
        if caller.role is Role.AGENT:
            scope = AgentScope(caller.tenant, caller.agent, self._facts, self._participation, self._reach)
        return Rights(caller, scope, self._audit.note)

    def observe(self) -> None:
        """See events before clients do."""
        self._driver.observe(self._participation.observe, self._participation.wants)

    def configure(self, configuration: Configuration) -> None:
        """Have other tokens and passwords, and renewed certificates."""
        self.entrance.configure(_credentials(configuration))
        self._listeners.reload_certificates()

    async def open(self, rooms: Mapping[str, ControlServer]) -> None:
        """Raises UsageError when an address cannot be had, or a certificate is no good."""
        self.entrance.open(rooms)
        await self._listeners.open()

    async def close(self) -> None:
        """Let nobody in any more."""
        await self._listeners.close()
        self.entrance.close()

    def _tell(self, event: Event) -> None:
        self._driver.submit(event)


def _newest(journal: Journal) -> int:
    return journal.newest.sequence if journal.newest is not None else 0


def _credentials(configuration: Configuration) -> Credentials:
    passwords = {agent.id: agent.password_hash for agent in configuration.agents if agent.password_hash}
    return Credentials(configuration.tokens, passwords)
