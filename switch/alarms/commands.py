"""What alarms can be told."""

from collections.abc import Sequence

from runtime.vocabulary import Command, plain_data
from switch.alarms.config import AlarmConfig


@plain_data
class StartAlarms(Command):
    """Look at everything once, as it is now."""


@plain_data
class ConfigureAlarms(Command):
    """Have these alarms from now on; those that are raised and still there go on."""

    alarms: Sequence[AlarmConfig]


@plain_data
class AcknowledgeAlarm(Command):
    """Somebody knows of it. Refused for an alarm that is over."""

    alarm_id: str
    by: str
    note: str = ""


@plain_data
class SilenceAlarm(Command):
    """Tell services nothing of an alarm for a while; 0 s ends a silence."""

    alarm: str
    subject: str
    """Empty: of all."""
    for_s: float
    by: str
    reason: str = ""


@plain_data
class TellAgents(Command):
    """Agents read of an alarm, at their desktops and phones."""

    message_id: str
    agents: tuple[str, ...]
    alarm: str
    text: str
    is_urgent: bool
    """Whether desktops show it until it is confirmed."""
