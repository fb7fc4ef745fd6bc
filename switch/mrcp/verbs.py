"""Verbs that have a speech server say something to a caller, or understand one; and how the servers are."""

from collections.abc import Callable

from pydantic import Field, field_validator

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, NoParams, Params
from runtime.vocabulary import Command
from switch.application import Gauge, Verb
from switch.call import Call
from switch.mrcp.commands import Recognise, Speak, StopSpeech
from switch.mrcp.orders import check_grammar
from switch.mrcp.servers import SpeechServer
from switch.mrcp.speech import FindCall, Speech
from switch.roles import INTEGRATORS, TECHNICIANS

_LONGEST_TEXT = 20_000
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LANGUAGE = r"^[A-Za-z0-9-]*$"


class SpeakParams(Params):
    """What is said to whom."""

    call_id: str = Field(description="the call, as call.list names it")
    text: str = Field(min_length=1, max_length=_LONGEST_TEXT, description="plain, or a document of SSML")
    language: str = Field(
        default="", max_length=35, pattern=_LANGUAGE, description="such as zh or en-GB; empty: as the server"
    )
    voice: str = Field(
        default="", max_length=100, pattern=_ONE_LINE, description="as the server calls it; empty: its usual"
    )
    barge_in: bool = Field(default=True, description="whether a key, or speech that is recognised, ends it")


class RecogniseParams(Params):
    """What a caller may say, and how long it may take."""

    call_id: str = Field(description="the call, as call.list names it")
    grammars: list[str] = Field(
        min_length=1,
        max_length=16,
        description="each a URI such as builtin:speech/transcribe, or a whole grammar (SRGS, JSGF)",
    )
    language: str = Field(
        default="", max_length=35, pattern=_LANGUAGE, description="such as zh or en-GB; empty: as the server"
    )
    barge_in: bool = Field(default=True, description="whether speech ends a prompt that plays")
    prompt_plays: bool = Field(
        default=False, description="whether silence counts only from the end of what plays now"
    )
    no_input_ms: int = Field(default=5000, ge=0, le=600_000, description="how long nothing may be said")
    longest_ms: int = Field(default=15_000, ge=100, le=600_000, description="how long may be spoken")
    silence_ms: int = Field(default=800, ge=0, le=60_000, description="after so long a pause it is over")
    confidence: float = Field(default=0.5, ge=0, le=1, description="what is less certain is no match")

    @field_validator("grammars")
    @classmethod
    def _are_grammars(cls, grammars: list[str]) -> list[str]:
        return [check_grammar(grammar) for grammar in grammars]


class StopSpeechParams(Params):
    """Names one request."""

    call_id: str = Field(description="the call it is for")
    request_id: str = Field(description="as call.speak or call.recognise answered")


class SpeechRequest(Answer):
    """What a speech server is to do."""

    request_id: str
    call_id: str


class SpeechServerView(Answer):
    """A speech server."""

    server: str
    address: str
    resources: list[str]
    priority: int
    down: bool
    """Whether it is not asked for a while."""
    rests_s: float
    """For how long."""
    failures: int
    sessions: int
    max_sessions: int


class SpeechServerVerbs:
    """``call.speak``, ``call.recognise``, ``call.stop_speech``, ``speech_server.list``."""

    def __init__(
        self, speech: Speech, find_call: FindCall, ids: Ids, clock: Clock, submit: Callable[[Command], None]
    ) -> None:
        self._speech = speech
        self._find_call = find_call
        self._ids = ids
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.speak",
                SpeakParams,
                self._speak,
                "Have a speech server say a text to the customer.",
                who=INTEGRATORS,
                private=frozenset({"text"}),
            ),
            Verb(
                "call.recognise",
                RecogniseParams,
                self._recognise,
                "Have one understand what is said next.",
                who=INTEGRATORS,
            ),
            Verb(
                "call.stop_speech",
                StopSpeechParams,
                self._stop,
                "Give up what one of them does.",
                who=INTEGRATORS,
            ),
            Verb(
                "speech_server.list",
                NoParams,
                self._list,
                "The speech servers, and how they are.",
                who=TECHNICIANS,
                reads=True,
            ),
        )

    def gauges(self) -> tuple[Gauge, ...]:
        servers = self._speech.servers
        return (
            Gauge(
                "speech_server_up",
                "Whether a speech server is asked.",
                ("server",),
                lambda: {(each.name,): float(not each.is_down) for each in servers},
            ),
            Gauge(
                "speech_server_sessions",
                "Sessions with a speech server.",
                ("server",),
                lambda: {(each.name,): float(each.sessions) for each in servers},
            ),
        )

    def _speak(self, params: SpeakParams) -> SpeechRequest:
        self._demand(params.call_id)
        return self._ordered(Speak(request_id=self._ids.new("speech"), **params.model_dump()))

    def _recognise(self, params: RecogniseParams) -> SpeechRequest:
        self._demand(params.call_id)
        asked = params.model_dump() | {"grammars": tuple(params.grammars)}
        return self._ordered(Recognise(request_id=self._ids.new("speech"), **asked))

    def _stop(self, params: StopSpeechParams) -> SpeechRequest:
        request = self._speech.request_of(params.request_id)
        if request is None or request.call_id != params.call_id:
            raise UsageError(f"call {params.call_id} has no request {params.request_id} that is not over")
        self._submit(StopSpeech(request_id=params.request_id))
        return {"request_id": params.request_id, "call_id": params.call_id}

    def _list(self, params: NoParams) -> list[SpeechServerView]:
        now = self._clock.now()
        return [_view(server, now) for server in self._speech.servers]

    def _demand(self, call_id: str) -> Call:
        call = self._find_call(call_id)
        if call is None:
            raise UsageError(f"no call {call_id} is up; call.list names those that are")
        return call

    def _ordered(self, command: Speak | Recognise) -> SpeechRequest:
        self._submit(command)
        return {"request_id": command.request_id, "call_id": command.call_id}


def _view(server: SpeechServer, now: float) -> SpeechServerView:
    rests_s = 0.0 if server.rests_until is None else max(0.0, server.rests_until - now)
    return {
        "server": server.name,
        "address": str(server.config.hop),
        "resources": [resource.value for resource in server.config.resources],
        "priority": server.config.priority,
        "down": server.is_down,
        "rests_s": round(rests_s, 1),
        "failures": server.failures,
        "sessions": server.sessions,
        "max_sessions": server.config.max_sessions,
    }
