"""Verbs for what stations get beside calls: texts, word of the messages that wait for them, new settings."""

from collections.abc import Callable, Sized

from pydantic import Field

from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import BUSINESS, INTEGRATORS, OPERATORS
from switch.sip.commands import ResyncStation, SendText, SetMailbox
from switch.sip.requests.text_messages import LONGEST_BYTES

_MOST_MESSAGES = 99_999


class TextParams(Params):
    """A text and the station it is for."""

    station: str = Field(min_length=1, max_length=100, description="the station, as it is configured")
    text: str = Field(min_length=1, max_length=LONGEST_BYTES, description="the text, in any language")
    sender: str = Field(
        default="", max_length=100, description="the sender's number as the phone shows it; empty: the switch"
    )
    sender_name: str = Field(default="", max_length=100, description="the sender's name")


class MailboxParams(Params):
    """What a station's mailbox holds."""

    station: str = Field(min_length=1, max_length=100, description="the station, as it is configured")
    new: int = Field(ge=0, le=_MOST_MESSAGES, description="voice messages nobody has heard yet")
    old: int = Field(default=0, ge=0, le=_MOST_MESSAGES, description="voice messages heard and kept")


class TextView(Answer):
    """A text on its way."""

    text_id: str
    station: str
    phones: int
    """To how many of them."""


class MailboxView(Answer):
    """What a mailbox holds now."""

    station: str
    new: int
    old: int


class ResyncParams(Params):
    """Whose phones shall have their settings anew."""

    station: str = Field(min_length=1, max_length=100, description="the station, as it is configured")
    reboot: bool = Field(default=False, description="whether the phones shall start anew, too")


class ResyncView(Answer):
    """Phones that were asked."""

    station: str
    phones: int


class StationVerbs:
    """``message.send``, ``mailbox.set``, ``station.resync``."""

    def __init__(self, contacts: Callable[[str], Sized], submit: Callable[[Command], None], ids: Ids) -> None:
        """``contacts`` are the phones registered for a station."""
        self._contacts = contacts
        self._submit = submit
        self._ids = ids

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "message.send",
                TextParams,
                self._send,
                "Send a text to the phones of a station.",
                who=BUSINESS,
            ),
            Verb(
                "mailbox.set",
                MailboxParams,
                self._set_mailbox,
                "Tell a station's phones what messages wait.",
                who=INTEGRATORS,
            ),
            Verb(
                "station.resync",
                ResyncParams,
                self._resync,
                "Have the phones of a station fetch their settings anew (check-sync).",
                who=OPERATORS,
            ),
        )

    def _resync(self, params: ResyncParams) -> ResyncView:
        phones = len(self._contacts(params.station))
        if not phones:
            raise UsageError(f"no phone is registered at station {params.station}")
        self._submit(ResyncStation(station=params.station, reboot=params.reboot))
        return {"station": params.station, "phones": phones}

    def _send(self, params: TextParams) -> TextView:
        if len(params.text.encode("utf-8")) > LONGEST_BYTES:
            raise UsageError(f"the text is too long; expected at most {LONGEST_BYTES} bytes of UTF-8")
        phones = len(self._contacts(params.station))
        if not phones:
            raise UsageError(f"no phone is registered at station {params.station}")
        command = SendText(
            text_id=self._ids.new(id_kind("text", tenant_of(params.station))),
            station=params.station,
            text=params.text,
            sender_number=params.sender,
            sender_name=params.sender_name,
        )
        self._submit(command)
        return {"text_id": command.text_id, "station": params.station, "phones": phones}

    def _set_mailbox(self, params: MailboxParams) -> MailboxView:
        self._submit(SetMailbox(station=params.station, new=params.new, old=params.old))
        return {"station": params.station, "new": params.new, "old": params.old}
