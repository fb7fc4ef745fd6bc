"""What alarms can see of trunks. No event tells of a call on one, so they are looked at now and then."""

from switch.alarms.config import AlarmConfig
from switch.alarms.measures import Kind, Measure
from switch.alarms.reading import Reading
from switch.alarms.sources import Source
from switch.trunks.health import TrunkState
from switch.trunks.trunk import Trunk
from switch.trunks.trunks import Trunks


def trunk_source(trunks: Trunks) -> Source:
    """Of all trunks."""

    def read(config: AlarmConfig, name: str, now: float) -> Reading | None:
        trunk = trunks.find(name)
        value = None if trunk is None else _value(config.measure, trunk)
        return None if value is None else Reading(value, now)

    return Source(Kind.TRUNK, names=lambda: [trunk.name for trunk in trunks.all()], read=read, looked_at=True)


def _value(measure: Measure, trunk: Trunk) -> float | None:
    channels = trunk.channels
    calls = channels.incoming + channels.outgoing
    match measure:
        case Measure.DOWN:
            return float(trunk.state is TrunkState.DOWN)
        case Measure.CHANNELS_USED:
            return calls / channels.limit if channels.limit else None
        case _:
            return float(calls)
