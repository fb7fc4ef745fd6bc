"""What supervisors want."""

from runtime.vocabulary import Command, plain_data
from switch.supervision_mode import SupervisionMode


@plain_data
class BeginSupervision(Command):
    """Ring a supervisor's phone, for a call or for an agent."""

    call_id: str
    """The supervisor's own, which this begins."""
    contact_id: str
    supervisor: str
    """The station that is rung."""
    supervised: str
    """The call; empty while a followed agent has none."""
    station: str
    """Of the agent."""
    mode: SupervisionMode
    by: str
    """Who wants it, as events tell it."""
    ring_s: float
    follows: str = ""
    """The agent with whom the supervisor stays from call to call; empty for one call."""


@plain_data
class ChangeSupervision(Command):
    """Another mode, from now on."""

    call_id: str
    """The supervisor's own."""
    mode: SupervisionMode
    by: str
