"""What stations are told of each other: the calls they have, and the messages that wait for them."""

from collections.abc import Callable

from runtime.driver import Handler, of_own
from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.sip.commands import SetMailbox, TellLamp
from switch.sip.config import SipConfig
from switch.sip.event_packages.dialog_info import StationDialogs
from switch.sip.event_packages.lamps import LampSource
from switch.sip.event_packages.message_summary import Mailbox, Mailboxes
from switch.sip.events import LegAnswered, LegArrived, LegConfirmed, LegEnded, LegRinging
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.requests.subscriptions import Subscriptions


class WatchedStations:
    """Follows the legs and mailboxes of stations and lets those who subscribed know.

    ``knows`` says whether a station of that name is configured.
    """

    def __init__(
        self, signalling: LegSignalling, config: SipConfig, knows: Callable[[str], bool], lamps: LampSource
    ) -> None:
        self._dialogs = StationDialogs(signalling.legs, signalling.identity, knows, lamps)
        self._mailboxes = Mailboxes(signalling.identity)
        self._knows = knows
        self.subscriptions = Subscriptions(signalling, config, (self._dialogs, self._mailboxes))
        self._watched = self.subscriptions.watched(self._dialogs.name)

    def routes(self) -> dict[type, Handler]:
        """The commands and events it serves."""
        return {
            LegArrived: self._arrived,
            LegRinging: self._went_on,
            LegAnswered: self._went_on,
            LegConfirmed: of_own(self._dialogs.of_stations, self._confirmed, "leg_id"),
            LegEnded: of_own(self._dialogs.of_stations, self._ended, "leg_id"),
            SetMailbox: self._set_mailbox,
            TellLamp: self._tell_lamp,
        }

    def forget_strangers(self, now: float) -> list[Output]:
        """Other stations are configured: nobody else watches, or is watched."""
        return self.subscriptions.end_strangers(self._knows, now)

    def rang(self, leg_id: str, now: float) -> list[Output]:
        """A leg that came in was just told that it rings."""
        return self._changed(self._dialogs.station_of(leg_id), now)

    def _arrived(self, event: LegArrived, now: float) -> list[Output]:
        return self._changed(self._dialogs.note(event.leg_id), now) if event.station else []

    def _went_on(self, event: LegRinging | LegAnswered, now: float) -> list[Output]:
        """A dialled leg rings or talks; what it is was not told before."""
        return self._changed(self._dialogs.station_of(event.leg_id) or self._dialogs.note(event.leg_id), now)

    def _confirmed(self, event: LegConfirmed, now: float) -> list[Output]:
        return self._changed(self._dialogs.station_of(event.leg_id), now)

    def _ended(self, event: LegEnded, now: float) -> list[Output]:
        return self._changed(self._dialogs.forget(event.leg_id), now)

    def _changed(self, station: str | None, now: float) -> list[Output]:
        """Tell whoever watches a station."""
        if station is None or station not in self._watched:
            return []
        return self.subscriptions.changed(self._dialogs.name, station, now)

    def _tell_lamp(self, command: TellLamp, now: float) -> list[Output]:
        return self.subscriptions.changed(self._dialogs.name, command.lamp, now)

    def _set_mailbox(self, command: SetMailbox, now: float) -> list[Output]:
        if not self._knows(command.station):
            raise UsageError(f"no station {command.station} is configured")
        if command.new < 0 or command.old < 0:
            raise UsageError("a mailbox holds 0 messages or more")
        if not self._mailboxes.put(command.station, Mailbox(command.new, command.old)):
            return []
        return self.subscriptions.changed(self._mailboxes.name, command.station, now)
