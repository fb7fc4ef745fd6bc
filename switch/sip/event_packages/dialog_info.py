"""Event package ``dialog``: whether a station is idle, rings or talks (RFC 4235), for busy lamps and pick-up.

The state is always told in full: a station has few dialogs, and a watcher that missed one change is right
again with the next.
"""

from collections.abc import Callable, Container, Iterable
from typing import NamedTuple, Self
from xml.sax.saxutils import escape, quoteattr

from runtime.tenancy import bare
from switch.sip.dialogs.dialog import Dialog
from switch.sip.event_packages.lamps import DialogInfo, LampSource, as_dialogs
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.legs.legs import ArrivingLeg, DialledLeg, Legs, LegState, SipLeg
from switch.sip.messages.grammar import Parameters, find_parameter, unquote
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.text import printable
from switch.sip.messages.uri import escape_user

_STATES = {
    LegState.INVITED: "trying",
    LegState.RINGING: "early",
    LegState.ANSWERED: "confirmed",
    LegState.CONFIRMED: "confirmed",
}
"""RFC 4235 §3.7.1: a station that has only dialled is trying; that one rings, be it far away, is early."""


class WantedDialog(NamedTuple):
    """The one dialog of a station that is watched; what is empty may be anything (RFC 4235 §3.2)."""

    sip_call_id: str = ""
    local_tag: str = ""
    remote_tag: str = ""

    @classmethod
    def named_by(cls, parameters: Parameters) -> Self:
        """By the parameters of an Event header, which name the tags as the station's peer would."""
        names = ("call-id", "to-tag", "from-tag")
        return cls(*(unquote(find_parameter(parameters, name) or "") for name in names))

    def fits(self, info: DialogInfo) -> bool:
        told = info.sip_call_id, info.local_tag, info.remote_tag
        return all(wanted in ("", found) for wanted, found in zip(self, told, strict=True))


class StationDialogs:
    """The legs of each station. ``knows`` says whether a station of that name is configured."""

    name = "dialog"
    content_type = "application/dialog-info+xml"

    def __init__(
        self, legs: Legs, identity: Identity, knows: Callable[[str], bool], lamps: LampSource
    ) -> None:
        self._lamps = lamps
        self._legs = legs
        self._identity = identity
        self._knows = knows
        self._of_station: dict[str, dict[str, SipLeg]] = {}
        self._stations: dict[str, str] = {}
        """By leg."""
        self.station_of: Callable[[str], str | None] = self._stations.get
        """The station whose leg it is, as far as that was told."""
        self.of_stations: Container[str] = self._stations
        """The legs of which it was."""

    def resource(self, watcher: str, named: str) -> str | None:
        """Stations of one call centre may watch each other, and what lamps there are."""
        return named if self._knows(named) else self._lamps.find(watcher, named)

    def write(self, resource: str, named: str, parameters: Parameters, version: int, hop: Hop) -> bytes:
        entity = f"sip:{escape_user(bare(named))}@{self._identity.host(hop)}"
        target = self._identity.target_of(bare(named), hop)
        if not self._knows(resource):
            return write_dialog_info(entity, target, version, as_dialogs(self._lamps.state(resource)))
        legs = self._of_station.get(resource, {}).values()
        known = (self._describe(leg, hop) for leg in legs if leg.state is not LegState.ENDED)
        wanted = WantedDialog.named_by(parameters)
        return write_dialog_info(entity, target, version, filter(wanted.fits, known))

    def note(self, leg_id: str) -> str | None:
        """A leg is up; returns the station whose leg it is from now on, None when it is none's."""
        leg = self._legs.find(leg_id)
        if isinstance(leg, DialledLeg):
            station = leg.station
        elif isinstance(leg, ArrivingLeg):
            station = leg.invite.station
        else:  # it ended in the same breath
            return None
        if station is not None:
            self._stations[leg_id] = station
            self._of_station.setdefault(station, {})[leg_id] = leg
        return station

    def forget(self, leg_id: str) -> str:
        """A leg of a station is over; returns the station."""
        station = self._stations.pop(leg_id)
        legs = self._of_station[station]
        del legs[leg_id]
        if not legs:
            del self._of_station[station]
        return station

    def _describe(self, leg: SipLeg, hop: Hop) -> DialogInfo:
        """Our end's tags the other way round, for the station is at the other end."""
        state = _STATES[leg.state]
        direction = "initiator" if isinstance(leg, ArrivingLeg) else "recipient"
        dialog = _dialog_of(leg)
        if dialog is None:
            return DialogInfo(leg.leg_id, state, direction)
        other = parse_name_addr(dialog.local)
        return DialogInfo(
            dialog_id=leg.leg_id,
            state=state,
            direction=direction,
            sip_call_id=printable(dialog.sip_call_id),
            local_tag=printable(dialog.remote_tag),
            remote_tag=dialog.local_tag,
            remote=printable(str(other.uri)),
            remote_target=printable(self._identity.target_of(other.uri.user, hop)),
            remote_name=printable(other.display_name),
        )


def write_dialog_info(entity: str, target: str, version: int, dialogs: Iterable[DialogInfo]) -> bytes:
    """The document of RFC 4235 §4 in full state; at the near end of each dialog is ``entity``, reached at
    ``target``."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full" '
        f"entity={quoteattr(entity)}>",
        *(_write_dialog(dialog, entity, target) for dialog in dialogs),
        "</dialog-info>",
    ]
    return "\n".join(lines).encode("utf-8") + b"\n"


def _write_dialog(info: DialogInfo, entity: str, target: str) -> str:
    names = {
        "id": info.dialog_id,
        "call-id": info.sip_call_id,
        "local-tag": info.local_tag,
        "remote-tag": info.remote_tag,
        "direction": info.direction,
    }
    attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in names.items() if value)
    state = f"<state>{info.state}</state>"
    if not info.remote:
        return f"<dialog {attributes}>{state}</dialog>"
    local = f"<local>{_party(entity, target)}</local>"
    remote = f"<remote>{_party(info.remote, info.remote_target, info.remote_name)}</remote>"
    return f"<dialog {attributes}>{state}{local}{remote}</dialog>"


def _party(uri: str, target: str, name: str = "") -> str:
    """Who is at an end of a dialog, and where to call it (RFC 4235 §4.1.6), which is here: a phone that picks
    up a call by Replaces must not go past the switch to another phone."""
    shown = f" display={quoteattr(name)}" if name else ""
    return f"<identity{shown}>{escape(uri)}</identity><target uri={quoteattr(target)}/>"


def _dialog_of(leg: SipLeg) -> Dialog | None:
    """The leg's dialog; while it rings, that of the first phone that does."""
    if isinstance(leg, ArrivingLeg):
        return leg.dialog
    if not isinstance(leg, DialledLeg):
        return None
    early = (fork.dialog for attempt in leg.attempts for fork in attempt.forks.values())
    return leg.dialog or next(early, None)
