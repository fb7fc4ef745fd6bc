"""Who a client of the control socket may be, and the circles of them that verbs are for."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody does in a contact centre; REQUIREMENTS J6."""

    AGENT = "agent"
    """Serves callers (坐席); may do what concerns this one agent and the calls the agent has."""
    SUPERVISOR = "supervisor"
    """Leads agents (班长): sees and steers all agents, queues and calls."""
    OPERATOR = "operator"
    """Keeps the switch running (运维): trunks, bans, registrations, traces, status."""
    INTEGRATOR = "integrator"
    """A business system: places calls, answers hooks, submits items, reads records and recordings."""
    ADMINISTRATOR = "administrator"
    """May do everything, configuration and tokens included."""


EVERYBODY = frozenset(Role)
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
OPERATORS = ADMINISTRATORS | {Role.OPERATOR}
SUPERVISORS = ADMINISTRATORS | {Role.SUPERVISOR}
INTEGRATORS = ADMINISTRATORS | {Role.INTEGRATOR}
DESK = SUPERVISORS | {Role.AGENT}
"""Those who talk with callers, and who lead them."""
BUSINESS = SUPERVISORS | {Role.INTEGRATOR}
DESK_AND_BUSINESS = DESK | BUSINESS
"""All but those who only keep the switch running."""
OFFICE = BUSINESS | OPERATORS
"""All but agents."""
TECHNICIANS = INTEGRATORS | OPERATORS
"""Those who connect systems with the switch, and who keep it running."""


def in_words(who: frozenset[Role]) -> str:
    """A circle as people say it, such as ``supervisors and administrators``."""
    if who == EVERYBODY:
        return "everybody"
    *others, last = (f"{role}s" for role in Role if role in who)
    return f"{', '.join(others)} and {last}" if others else last
