"""Event package ``dialog``: whether a station is idle, rings or talks (RFC 4235), for busy lamps and pick-up.

The state is always told in full: a station has few dialogs, and a watcher that missed one change is right
again with the next.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from runtime.tenancy import bare
from switch.sip.dialogs.dialog import Dialog
from switch.sip.events import LegAnswered, LegArrived, LegConfirmed, LegEnded, LegRinging
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.legs.legs import ArrivingLeg, DialledLeg, Legs, LegState, SipLeg
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.text import printable

_EARLY = (LegState.INVITED, LegState.RINGING)


class DialogInfo(NamedTuple):
    """One dialog of a station, as the station sees it."""

    dialog_id: str
    state: str
    """``early`` or ``confirmed``."""
    direction: str
    """``initiator`` or ``recipient``."""
    sip_call_id: str = ""
    """Empty, as the tags are, before the dialog is known."""
    local_tag: str = ""
    remote_tag: str = ""
    remote: str = ""
    """URI of the other party."""


class StationDialogs:
    """The legs of each station. ``knows`` says whether a station of that name is configured."""

    name = "dialog"
    content_type = "application/dialog-info+xml"

    def __init__(self, legs: Legs, identity: Identity, knows: Callable[[str], bool]) -> None:
        self._legs = legs
        self._identity = identity
        self._knows = knows
        self._of_station: dict[str, dict[str, SipLeg]] = {}
        self._stations: dict[str, str] = {}
        """By leg."""

    def may_watch(self, watcher: str, resource: str) -> bool:
        """Stations of one call centre may watch each other."""
        return self._knows(resource)

    def write(self, resource: str, version: int, hop: Hop) -> bytes:
        legs = self._of_station.get(resource, {}).values()
        known = [_describe(leg) for leg in legs if leg.state is not LegState.ENDED]
        return write_dialog_info(f"sip:{bare(resource)}@{self._identity.host(hop)}", version, known)

    def arrived(self, event: LegArrived) -> str | None:
        """A leg arrived; returns the station that calls, None when none does."""
        return None if event.station is None else self._note(event.leg_id, event.station)

    def went_on(self, event: LegRinging | LegAnswered | LegConfirmed) -> str | None:
        """A leg rings or talks; returns the station whose leg it is, None for any other."""
        station = self._stations.get(event.leg_id)
        if station is not None:
            return station
        leg = self._legs.find(event.leg_id)
        if isinstance(leg, DialledLeg) and leg.station is not None:
            return self._note(event.leg_id, leg.station)
        return None

    def ended(self, event: LegEnded) -> str | None:
        """A leg is over; returns the station whose leg it was."""
        station = self._stations.pop(event.leg_id, None)
        if station is not None:
            legs = self._of_station[station]
            del legs[event.leg_id]
            if not legs:
                del self._of_station[station]
        return station

    def _note(self, leg_id: str, station: str) -> str | None:
        leg = self._legs.find(leg_id)
        if leg is None:  # it ended in the same breath
            return None
        self._stations[leg_id] = station
        self._of_station.setdefault(station, {})[leg_id] = leg
        return station


def write_dialog_info(entity: str, version: int, dialogs: Iterable[DialogInfo]) -> bytes:
    """The document of RFC 4235 §4.1 in full state."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full" '
        f"entity={quoteattr(entity)}>",
        *(_write_dialog(dialog) for dialog in dialogs),
        "</dialog-info>",
    ]
    return "\n".join(lines).encode("utf-8") + b"\n"


def _write_dialog(info: DialogInfo) -> str:
    names = {
        "id": info.dialog_id,
        "call-id": info.sip_call_id,
        "local-tag": info.local_tag,
        "remote-tag": info.remote_tag,
        "direction": info.direction,
    }
    attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in names.items() if value)
    remote = f"<remote><identity>{escape(info.remote)}</identity></remote>" if info.remote else ""
    return f"<dialog {attributes}><state>{info.state}</state>{remote}</dialog>"


def _describe(leg: SipLeg) -> DialogInfo:
    """Our end's tags the other way round, for the station is at the other end."""
    state = "early" if leg.state in _EARLY else "confirmed"
    direction = "initiator" if isinstance(leg, ArrivingLeg) else "recipient"
    dialog = _dialog_of(leg)
    if dialog is None:
        return DialogInfo(leg.leg_id, state, direction)
    return DialogInfo(
        dialog_id=leg.leg_id,
        state=state,
        direction=direction,
        sip_call_id=printable(dialog.sip_call_id),
        local_tag=printable(dialog.remote_tag),
        remote_tag=dialog.local_tag,
        remote=printable(str(parse_name_addr(dialog.local).uri)),
    )


def _dialog_of(leg: SipLeg) -> Dialog | None:
    """The leg's dialog; while it rings, that of the first phone that does."""
    if isinstance(leg, ArrivingLeg):
        return leg.dialog
    if not isinstance(leg, DialledLeg):
        return None
    early = (fork.dialog for attempt in leg.attempts for fork in attempt.forks.values())
    return leg.dialog or next(early, None)
