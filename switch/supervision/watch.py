"""The state of supervision: who watches whom, as plain data."""

from dataclasses import dataclass, field

from switch.supervision_mode import SupervisionMode


@dataclass(slots=True)
class Watch:
    """A supervisor whose phone was rung."""

    call_id: str
    """The supervisor's own."""
    supervisor: str
    """The station where the supervisor is."""
    supervised: str
    """The call that is listened to, or shall be; empty while a followed agent has none."""
    station: str
    """Of the agent."""
    mode: SupervisionMode
    by: str
    follows: str
    """The agent with whom the supervisor stays; empty for one call."""
    answered: bool = False


@dataclass(slots=True)
class Watches:
    """All of them, by the supervisors' own calls."""

    by_call: dict[str, Watch] = field(default_factory=dict)
