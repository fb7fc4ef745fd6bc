"""Every verb there is, without a switch that carries them out."""

from collections.abc import Awaitable, Coroutine
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, Protocol, Union, get_args, get_origin, get_type_hints

from acd.callback_verbs import CallbackVerbs
from acd.explain_verbs import ExplainVerbs
from acd.item_verbs import ItemVerbs
from acd.messages.verbs import MessageVerbs
from acd.supervision_verbs import SupervisionVerbs
from acd.verbs import AcdVerbs
from cli.house.administration import Administration
from cli.house.flow_publishing import FlowPublishing
from cli.house.reloading import Reloading
from cli.house.tenant_verbs import TenantVerbs
from ivr.flow_verbs import FlowVerbs
from switch.alarms.verbs import AlarmVerbs
from switch.application import Verb
from switch.archive.catalogue.verbs import RecordingVerbs
from switch.archive.listening.verbs import LinkVerbs
from switch.archive.phone.service import ListeningByPhone
from switch.ban_verbs import BanVerbs
from switch.calendars.verbs import CalendarVerbs
from switch.call_control.transfer_verbs import TransferVerbs
from switch.call_control.verbs import CallControlVerbs
from switch.call_media.verbs import CallMediaVerbs
from switch.call_recording_verbs import CallRecordingVerbs
from switch.certificate_verbs import CertificateVerbs
from switch.conference_verbs import ConferenceVerbs
from switch.control.event_verbs import EventVerbs
from switch.control.session import ControlSession
from switch.control.verbs import VerbRegistry
from switch.counter.service import CounterVerbs
from switch.customers.verbs import ListVerbs
from switch.data_verbs import DataVerbs
from switch.fork_verbs import ForkVerbs
from switch.hooks.verbs import HookVerbs
from switch.lookups.verbs import LookupVerbs
from switch.mask_verbs import MaskVerbs
from switch.media_verbs import MediaVerbs
from switch.mrcp.verbs import SpeechServerVerbs
from switch.parking.service import ParkingVerbs
from switch.placing_verbs import PlacingVerbs
from switch.prompt_recording.service import PromptVerbs
from switch.registration_verbs import RegistrationVerbs
from switch.speech_verbs import SpeechVerbs
from switch.station_verbs import StationVerbs
from switch.supervision.verbs import SupervisorVerbs
from switch.trunks.verbs import TrunkVerbs
from switch.verbs import ExchangeVerbs


class _Source(Protocol):
    def verbs(self) -> tuple[Verb, ...]: ...


SOURCES: tuple[type[_Source], ...] = (
    AcdVerbs,
    Administration,
    AlarmVerbs,
    BanVerbs,
    CalendarVerbs,
    CallbackVerbs,
    CallMediaVerbs,
    CallControlVerbs,
    CallRecordingVerbs,
    CertificateVerbs,
    ConferenceVerbs,
    CounterVerbs,
    DataVerbs,
    ExchangeVerbs,
    ExplainVerbs,
    FlowPublishing,
    FlowVerbs,
    ForkVerbs,
    HookVerbs,
    ItemVerbs,
    LinkVerbs,
    ListeningByPhone,
    ListVerbs,
    LookupVerbs,
    MaskVerbs,
    MediaVerbs,
    MessageVerbs,
    ParkingVerbs,
    PlacingVerbs,
    PromptVerbs,
    RecordingVerbs,
    RegistrationVerbs,
    Reloading,
    SpeechServerVerbs,
    SpeechVerbs,
    StationVerbs,
    SupervisionVerbs,
    SupervisorVerbs,
    TenantVerbs,
    TransferVerbs,
    TrunkVerbs,
    EventVerbs,
    ControlSession,
)
"""The classes that have verbs. A new one belongs here."""


def all_verbs() -> list[Verb]:
    """By name. Their handlers belong to nothing that was ever put together: to be read, not called."""
    return VerbRegistry(verb for kind in SOURCES for verb in object.__new__(kind).verbs()).verbs()


def answer_type(verb: Verb) -> Any:
    """What its handler is declared to return, once it is there; ``object`` when nothing is declared."""
    declared = get_type_hints(verb.handle).get("return", object)
    if get_origin(declared) in (Union, UnionType):  # some answer at once when they can
        return reduce(or_, map(_once_there, get_args(declared)))
    return _once_there(declared)


def _once_there(declared: Any) -> Any:
    return get_args(declared)[-1] if get_origin(declared) in (Awaitable, Coroutine) else declared
