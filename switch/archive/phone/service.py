"""Listening by phone as an application of the exchange: targets ``recording:<id>``, and the verb that makes
such calls."""

from collections.abc import Callable, Sized

from pydantic import Field

from media.recordings.conversion import Channels
from media.recordings.tiers import Access
from runtime.driver import Handler, merge_routes, of_own
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Command
from switch.application import Application, Gauge, Verb
from switch.archive.listening.finding import Row
from switch.archive.listening.links import LONGEST_WHO
from switch.archive.listening.sound import SoundGone
from switch.archive.phone.commands import PlayToStation, TakeExcerpt
from switch.archive.phone.playing import RECORDING_SCHEME, RecordingsByPhone
from switch.archive.phone.reader import ExcerptReader, KeepPrompt
from switch.events import CallEnded, CallHandedOff, DigitReceived, PromptFinished
from switch.roles import BUSINESS

MOST_LISTENERS = 20
"""Each holds up to six megabytes of prompts."""
_HELP = "Call a station and play a recording to it."
_CHANNELS = {"both": Channels.MIXED, "customer": Channels.CUSTOMER, "agent": Channels.AGENT}


class PlayParams(Params):
    """Which recording, to whom, from where on."""

    recording_id: str = Field(
        min_length=1, max_length=64, description="the recording's id, or its beginning; it may still run"
    )
    station: str = Field(min_length=1, max_length=100, description="the station that is called")
    channel: str = Field(
        default="both", pattern=f"^({'|'.join(_CHANNELS)})$", description="both, customer, or agent"
    )
    from_s: float = Field(default=0, ge=0, le=1e6, description="where to begin, in seconds")
    ring_s: float = Field(default=60, gt=0, le=600, description="how long it may go unanswered, in seconds")
    who: str = Field(default="", max_length=LONGEST_WHO, description="who listens; the journal keeps it")


class ListeningCall(Answer):
    """The call by which a recording is heard."""

    call_id: str
    recording_id: str
    station: str


class ListeningByPhone:
    """``recording.play``, and what plays recordings to whom it calls."""

    def __init__(
        self,
        look_up: Callable[[str], Row],
        access: Access,
        contacts: Callable[[str], Sized],
        ids: Ids,
        submit: Callable[[Command], None],
        *,
        keep: KeepPrompt,
        forget: Callable[[str], None],
    ) -> None:
        """``contacts`` are the phones registered for a station; the rest is as the reader has it."""
        self._core = RecordingsByPhone(ids)
        self._reader = ExcerptReader(look_up, access, keep, forget, submit)
        self._contacts = contacts
        self._ids = ids
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        text = "Call a station and play a recording to it."
        return (Verb("recording.play", PlayParams, self._play, text, who=BUSINESS),)

    def application(self) -> Application:
        return Application(
            scheme=RECORDING_SCHEME,
            knows=self._core.plays,
            routes=merge_routes(self._reader.routes(), self._inputs()),
            verbs=self.verbs(),
            gauges=(
                Gauge(
                    "recording_listeners",
                    "Recordings played by phone.",
                    (),
                    lambda: {(): self._core.open_calls},
                ),
            ),
        )

    def close(self) -> None:
        self._reader.close()

    def _inputs(self) -> dict[type, Handler]:
        core = self._core
        return {
            PlayToStation: core.order,
            TakeExcerpt: core.take,
            CallHandedOff: core.call_handed_off,
            CallEnded: of_own(core.calls, core.call_ended),
            PromptFinished: core.prompt_finished,
            DigitReceived: core.digit_received,
        }

    async def _play(self, params: PlayParams) -> ListeningCall:
        if not len(self._contacts(params.station)):
            raise UsageError(f"no phone is registered at station {params.station}")
        try:
            recording, _ = await self._reader.find(params.recording_id)
        except SoundGone as gone:
            raise UsageError(str(gone)) from gone
        if self._core.open_calls >= MOST_LISTENERS:
            raise UsageError("too many listen by phone at the moment; try again soon")
        order = self._order(params, recording["recording_id"])
        self._submit(order)
        return {"call_id": order.call_id, "recording_id": order.recording_id, "station": order.station}

    def _order(self, params: PlayParams, recording_id: str) -> PlayToStation:
        tenant = tenant_of(params.station)
        return PlayToStation(
            call_id=self._ids.new(id_kind("call", tenant)),
            contact_id=self._ids.new(id_kind("contact", tenant)),
            recording_id=recording_id,
            station=params.station,
            who=params.who,
            channels=_CHANNELS[params.channel].value,
            from_ms=round(params.from_s * 1000),
            ring_s=params.ring_s,
        )
