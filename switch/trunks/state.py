"""What must not be forgotten of the trunks: plain data for a snapshot."""

from dataclasses import dataclass, field

from switch.trunks.health import Health
from switch.trunks.trunk_legs import TrunkLeg


@dataclass(slots=True)
class TrunksState:
    """Registrations are not part of it: whoever goes on from a snapshot registers anew."""

    legs: list[TrunkLeg] = field(default_factory=list)
    enabled: dict[str, bool] = field(default_factory=dict)
    """Trunks by name, as people have set them since the start."""
    health: dict[str, Health] = field(default_factory=dict)
    """By the endpoint's name."""
