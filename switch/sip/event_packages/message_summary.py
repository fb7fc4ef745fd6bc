"""Event package ``message-summary``: how many voice messages wait for a station (RFC 3842)."""

from typing import NamedTuple

from runtime.tenancy import bare
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.messages.grammar import Parameters
from switch.sip.messages.uri import escape_user


class Mailbox(NamedTuple):
    """What a station's mailbox holds."""

    new: int = 0
    old: int = 0


class Mailboxes:
    """The mailboxes of all stations; an empty one takes no room."""

    name = "message-summary"
    content_type = "application/simple-message-summary"

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._boxes: dict[str, Mailbox] = {}

    def resource(self, watcher: str, named: str) -> str | None:
        """Only one's own."""
        return named if watcher == named else None

    def write(self, resource: str, named: str, parameters: Parameters, version: int, hop: Hop) -> bytes:
        box = self._boxes.get(resource, Mailbox())
        account = f"sip:{escape_user(bare(resource))}@{self._identity.host(hop)}"
        return write_summary(account, box)

    def put(self, station: str, box: Mailbox) -> bool:
        """Note what a mailbox holds now; returns whether that is a change."""
        if self._boxes.get(station, Mailbox()) == box:
            return False
        self._boxes[station] = box
        if box == Mailbox():
            del self._boxes[station]
        return True


def write_summary(account: str, box: Mailbox) -> bytes:
    """The document of RFC 3842 §5.2; none of our messages is urgent."""
    lines = (
        f"Messages-Waiting: {'yes' if box.new else 'no'}",
        f"Message-Account: {account}",
        f"Voice-Message: {box.new}/{box.old} (0/0)",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8")
