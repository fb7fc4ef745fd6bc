"""Who somebody is in a recording."""

from enum import StrEnum


class LegRole(StrEnum):
    """Whose words they are. The customer is on the left channel, all others are on the right."""

    CUSTOMER = "customer"
    """Whom the contact is of: who called, or the outside number that a station called."""
    AGENT = "agent"
    """Whom the customer talks to."""
    PARTY = "party"
    """A further party of a conference."""
    SUPERVISOR = "supervisor"
    """One who came in on them."""
