"""Ways to reach a party, which a dialled leg tries together or in turn."""

from collections.abc import Callable
from enum import StrEnum

from runtime.vocabulary import Output, plain_data
from switch.sip.authentication.client_authentication import Account
from switch.sip.hop import Hop

HeaderFields = tuple[tuple[str, str], ...]
"""Further headers by lower-case name; a name may stand several times."""

HoldBack = Callable[[str, str, float], list[Output] | None]
"""Takes a leg, the name of its branch that is next, and ``now``. None when that may be tried; else it is
passed over, and this is what follows."""


def hold_nothing_back(leg_id: str, branch: str, now: float) -> None:
    """Every branch may be tried."""


class Forking(StrEnum):
    """How the branches of a leg are tried (RFC 3261 §16.6)."""

    PARALLEL = "parallel"
    """All at once; the first that answers gets the leg."""
    SERIAL = "serial"
    """One after the other, as long as they fail in a way that the next may be spared."""


@plain_data
class Branch:
    """One way to reach a party: a request address, and a neighbour to send the INVITE to."""

    uri: str
    """Request-URI."""
    hop: Hop
    caller: str
    """From without a tag, such as ``"Li Na" <sip:1001@192.0.2.1>``."""
    called: str
    """To."""
    name: str = ""
    """What BranchTried and BranchFailed call it; nothing is told of a branch without a name."""
    contact_user: str = ""
    """User part of our Contact."""
    routes: tuple[str, ...] = ()
    """Route values, nearest proxy first, such as ``<sip:192.0.2.9;lr>``."""
    headers: HeaderFields = ()
    sdp: str | None = None
    """Our offer there, when it is not the leg's."""
    credentials: Account | None = None
    """Who we are when the neighbour asks for a password."""
    reliable_provisionals: bool = True
    """Whether we say that we acknowledge provisional answers (RFC 3262)."""
    attempt_timeout_s: float | None = None
    """How long it may be silent, without even a provisional answer; None: as the order says."""
    failover_statuses: frozenset[int] = frozenset()
    """Its answers that give way to the next branch, besides those of the order."""
    redirects: int = 0
    """How many 3xx answers its leg follows, this one's included; one that is not fails the branch."""
    other_flows: "tuple[Branch, ...]" = ()
    """Further ways to the same phone, one after the other, while this one leads nowhere (RFC 5626 §7)."""
