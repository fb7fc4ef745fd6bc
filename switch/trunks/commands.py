"""What the trunks can be told."""

from collections.abc import Mapping
from dataclasses import field

from media.commands import Codec
from media.config import Srtp
from runtime.contact_data import DataValue
from runtime.tenancy import HOUSE
from runtime.vocabulary import Command, plain_data


@plain_data
class DialTrunk(Command):
    """INVITE an outside number through the trunks of its route, one after the other until one takes it.

    Fails as any leg does, with LegEnded: NO_ROUTE_DESTINATION without a route, DESTINATION_OUT_OF_ORDER when
    every trunk of it is down, NORMAL_CIRCUIT_CONGESTION when those that are not are full.
    """

    leg_id: str
    number: str
    """The outside number, as the house writes it."""
    caller_number: str
    caller_name: str
    sdp: str
    privacy: bool = False
    """Whether the called shall not learn who calls (RFC 3323)."""
    diversions: tuple[str, ...] = ()
    """From whom the call was diverted, the last first, as Diversion values (RFC 5806)."""
    session_id: str = ""
    """``LegArrived.session_id`` of the leg it is dialled for (RFC 7989)."""
    codec: Codec | None = None
    """What the other party speaks, if it is known."""
    srtp: Srtp = Srtp.ACCEPT
    """How trunks are offered encryption that have no rule of their own."""
    tenant: str = HOUSE
    """Whose call it is."""
    data: Mapping[str, DataValue] = field(default_factory=dict, repr=False)
    """Call data, of which a trunk is told what its ``data_headers`` name."""
    limit_s: float | None = None
    """How long it may go unanswered, whatever trunks are tried; None: as configured."""


@plain_data
class StartTrunks(Command):
    """The transports are open: find the trunks, see how they are, register."""


@plain_data
class EnableTrunk(Command):
    """Let a trunk carry calls, and register there."""

    trunk: str


@plain_data
class DisableTrunk(Command):
    """Let a trunk carry no new calls, and take the registration back; running calls stay."""

    trunk: str
