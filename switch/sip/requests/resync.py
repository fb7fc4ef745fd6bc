"""NOTIFY with the event check-sync: phones are asked to fetch their settings anew.

No RFC has it; phones of all makes heed it outside of subscriptions.
"""

from collections.abc import Callable

from runtime.errors import UsageError
from runtime.tenancy import bare
from runtime.vocabulary import Output
from switch.sip.commands import ResyncStation, SendRequest
from switch.sip.events import RequestAnswered, StationResynced
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.messages.uri import escape_user
from switch.sip.registration.directory import ContactAddress, Directory


class Resyncing:
    """Phones that were asked and have not answered yet. ``knows`` says whether a station is configured."""

    def __init__(self, signalling: LegSignalling, directory: Directory, knows: Callable[[str], bool]) -> None:
        self._signalling = signalling
        self._directory = directory
        self._knows = knows
        self._asked: dict[str, str] = {}
        """Request → station."""

    def ask(self, command: ResyncStation, now: float) -> list[Output]:
        """Ask every phone of the station. Raises UsageError for one there is not."""
        if not self._knows(command.station):
            raise UsageError(f"no station {command.station} is configured")
        contacts = self._directory.contacts(command.station)
        requests = [self._request(command, contact) for contact in contacts]
        self._asked.update((request.request_id, command.station) for request in requests)
        return [*requests]

    def answered(self, event: RequestAnswered, now: float) -> list[Output]:
        """A phone heeds it, or does not."""
        station = self._asked.pop(event.request_id, None)
        if station is None:
            return []
        return [StationResynced(station=station, peer=event.peer, status=event.status)]

    def _request(self, command: ResyncStation, contact: ContactAddress) -> SendRequest:
        signalling = self._signalling
        user, host = escape_user(bare(command.station)), signalling.identity.host(contact.hop)
        reboot = "true" if command.reboot else "false"
        return SendRequest(
            request_id=signalling.ids.new("request"),
            method="NOTIFY",
            uri=contact.uri,
            hop=contact.hop,
            caller=f"<sip:{user}@{host}>",
            called=f"<sip:{user}@{host}>",
            routes=contact.path,
            contact=user,
            headers=(
                ("event", f"check-sync;reboot={reboot}"),
                ("subscription-state", "terminated;reason=timeout"),
            ),
        )
