"""Alarms, wired to whoever has the figures they look at."""

from collections.abc import Callable, Iterable

from acd.messages.commands import SendMessage
from acd.messages.events import Importance
from cli.configuration.sections import Configuration
from cli.house.ground import Ground
from runtime.driver import Core, Handler, Outputs, ignoring_time
from runtime.tenancy import bare
from switch.alarms.alarms import Alarms
from switch.alarms.commands import ConfigureAlarms, StartAlarms, TellAgents
from switch.alarms.keeping import AlarmFile
from switch.alarms.records import AlarmRecords
from switch.alarms.sources import Source
from switch.alarms.verbs import AlarmVerbs
from switch.application import Gauge, Verb
from switch.records.projection import Projection
from switch.records.queries import RecordReader


class HouseAlarms:
    """Started once queues, agents and calendars are as they are to be."""

    def __init__(
        self,
        configuration: Configuration,
        sources: Iterable[Source],
        is_open: Callable[[str], bool],
        ground: Ground,
    ) -> None:
        """``is_open``: whether a calendar is."""
        self._ground = ground
        clock = ground.clock
        alarms = Alarms(configuration.alarms, sources, ground.ids, clock.wall, is_open)
        self._file = AlarmFile(configuration.records.journal / "alarms.json", alarms, ground.loop)
        records = RecordReader(configuration.records)
        self._verbs = AlarmVerbs(alarms, records, clock, ground.driver.submit)
        self.cores: tuple[Core, ...] = (alarms,)
        self.parts = (alarms, self._file, AlarmMessages())
        self.projections: tuple[Projection, ...] = (AlarmRecords(),)

    def open(self) -> None:
        """Go on with what the last run left, and look at everything once."""
        self._file.load()
        self._ground.driver.submit(StartAlarms())

    def configure(self, configuration: Configuration) -> None:
        """Have these alarms, and watch what is new."""
        self._ground.driver.submit(ConfigureAlarms(alarms=configuration.alarms))

    async def close(self) -> None:
        await self._file.close()

    def verbs(self) -> tuple[Verb, ...]:
        return self._verbs.verbs()

    def gauges(self) -> tuple[Gauge, ...]:
        return self._verbs.gauges()


class AlarmMessages:
    """Alarms as texts to agents (信使)."""

    def routes(self) -> dict[type, Handler]:
        return {TellAgents: ignoring_time(self._tell)}

    def _tell(self, command: TellAgents) -> Outputs:
        importance = Importance.HIGH if command.is_urgent else Importance.NORMAL
        return [
            SendMessage(
                message_id=command.message_id,
                agents=command.agents,
                by=bare(command.alarm),
                text=command.text,
                importance=importance,
            )
        ]
