"""What alarms can see of the switch as a whole: its calls, and whatever is measured for Prometheus."""

from collections.abc import Callable, Mapping

from switch.alarms.config import AlarmConfig
from switch.alarms.measures import Kind, Measure
from switch.alarms.reading import Reading
from switch.alarms.sources import Source
from switch.application import Gauge


def switch_source(count_calls: Callable[[], int], gauges: Mapping[str, Gauge]) -> Source:
    """``gauges`` by their names; they are looked at now and then."""

    def read(config: AlarmConfig, name: str, now: float) -> Reading | None:
        if config.measure is Measure.CALLS:
            return Reading(float(count_calls()), now)
        gauge = gauges.get(config.metric)
        return None if gauge is None else Reading(sum(gauge.read().values()), now)

    return Source(Kind.SWITCH, names=lambda: ("",), read=read, looked_at=True)
