"""An alarm in one line, for people who read it on the display of a phone. Pure."""

from runtime.tenancy import bare
from runtime.vocabulary import Event
from switch.alarms.config import AlarmConfig
from switch.alarms.events import AlarmCleared, AlarmLevelChanged, AlarmRaised, AlarmRepeated


def in_one_line(config: AlarmConfig, event: Event) -> str:
    """Such as ``[warning] 排队过长: service, waiting 5``; empty for an event that nobody need read."""
    title = config.title or bare(config.name)
    match event:
        case AlarmRaised() | AlarmLevelChanged() | AlarmRepeated():
            told = f"[{event.severity.value}] {title}: {bare(event.subject)}, {event.measure.value}"
            return f"{told} {_figure(event.value)}"
        case AlarmCleared():
            figure = "" if event.value is None else f" {_figure(event.value)}"
            told = f"[{event.reason.value}] {title}: {bare(event.subject)}, {event.measure.value}"
            return f"{told}{figure}"
        case _:
            return ""


def _figure(value: float) -> str:
    return f"{value:.4g}"
