"""The core of speech: orders of applications become sessions with servers, in turn until one does it.

Speak, Recognise ──► a server is chosen ──► its session ──► began ──► finished
                          ▲                    │ fails before anything was said or heard
                          └────────────────────┘
"""

from collections.abc import Callable, Sequence
from typing import Any

from media.commands import Codec
from media.events import EndpointFailed, EndpointOpened
from runtime.deadlines import Deadlines, earliest
from runtime.driver import Handler, ignoring_time
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.vocabulary import Command, Event, Output
from switch.call import Call, CallState
from switch.commands import StopPrompt
from switch.events import (
    CallConnected,
    CallEnded,
    CallHandedOff,
    DigitReceived,
    PromptFinished,
)
from switch.mrcp.audio import SpeechAudio
from switch.mrcp.channel import Begun, Ended, Refused, SpeechBegan
from switch.mrcp.commands import Recognise, Speak, StopSpeech, WatchSpeechServers
from switch.mrcp.completion import Outcome
from switch.mrcp.config import MrcpConfig
from switch.mrcp.events import RecognitionHeard, SpeakFailed, SpeakFinished, SpeechFailure
from switch.mrcp.reports import ControlClosed, ControlOpened, ControlReceived
from switch.mrcp.request import SpeechRequest, SpeechRequests, failed, order_of
from switch.mrcp.servers import OurHost, SpeechServers
from switch.mrcp.session import Broken, HasAudio, News, Outputs, SessionOver, SpeechSession
from switch.sip.commands import AnswerReoffer
from switch.sip.events import LegAnswered, LegEnded, LegReoffered, RequestAnswered

FindCall = Callable[[str], Call | None]


class Speech:
    """Serves ``Speak``, ``Recognise`` and ``StopSpeech`` for calls that are answered and talk to nobody."""

    def __init__(self, config: MrcpConfig, ids: Ids, find_call: FindCall, our_host: OurHost) -> None:
        """``find_call`` finds a call that is up; ``our_host`` is what servers call us."""
        self.servers = SpeechServers(config.servers, ids, our_host)
        self._speaking_s = config.speaking_max_s
        self._ids = ids
        self._find_call = find_call
        self._audio = SpeechAudio()
        self._requests = SpeechRequests()
        self._sessions: dict[str, tuple[SpeechSession, SpeechRequest]] = {}
        self._deadlines: Deadlines[str] = Deadlines()
        self._news: dict[type, Callable[[SpeechSession, SpeechRequest, Any, float], list[Output]]] = {
            HasAudio: self._has_audio,
            Begun: self._begun,
            SpeechBegan: self._heard,
            Ended: self._ended,
            Refused: self._refused,
            Broken: self._broken,
        }

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver. Without a server nothing is ever under way to be followed."""
        orders: dict[type, Handler] = {
            WatchSpeechServers: lambda command, now: self.servers.start(now),
            Speak: self._order,
            Recognise: self._order,
            StopSpeech: self._stop,
        }
        return {**orders, **self._followed()} if any(self.servers) else orders

    def _followed(self) -> dict[type, Handler]:
        """What happens to sessions, and to calls that have one."""
        return {
            EndpointOpened: self._of_leg(
                lambda session, event, now: session.endpoint_opened(event, self._number())
            ),
            EndpointFailed: self._of_leg(lambda session, event, now: session.fail(event.reason, ours=True)),
            LegAnswered: self._of_leg(lambda session, event, now: session.answered(event)),
            LegEnded: self._of_leg(lambda session, event, now: session.leg_ended(event)),
            LegReoffered: ignoring_time(self._reoffered),
            ControlOpened: self._of_session(lambda session, report, now: session.connected(now)),
            ControlReceived: self._of_session(
                lambda session, report, now: session.received(report.octets, now)
            ),
            ControlClosed: self._of_session(
                lambda session, report, now: session.disconnected(report.problem)
            ),
            RequestAnswered: self.servers.answered,
            DigitReceived: lambda event, now: self._barge_in(event.call_id, now),
            PromptFinished: self._silence_counts,
            SpeakFinished: self._silence_counts,
            SpeakFailed: self._silence_counts,
            CallConnected: self._call_connected,
            CallHandedOff: self._call_handed_off,
            CallEnded: self._call_ended,
        }

    @property
    def open_sessions(self) -> int:
        return len(self._sessions)

    def request_of(self, request_id: str) -> SpeechRequest | None:
        """One that is not over."""
        return self._requests.find(request_id)

    def next_deadline(self) -> float | None:
        return earliest(self._deadlines.next(), self.servers.next_deadline())

    def wake(self, *, now: float) -> list[Output]:
        """Give up a server that is late, or ask one how it is."""
        session_id = self._deadlines.first_due(now)
        if session_id is None:
            return self.servers.wake(now)
        session, request = self._sessions[session_id]
        return self._carry_out(session, request, session.wake(now), now)

    # -- what is ordered -----------------------------------------------------------------------------

    def _order(self, command: Speak | Recognise, now: float) -> list[Output]:
        if self._requests.find(command.request_id) is not None:
            raise UsageError(f"{command.request_id} is in use; a request needs an id of its own")
        order, call = order_of(command), self._find_call(command.call_id)
        if call is None:
            return []
        if not _can_be_served(call):
            return [failed(command, SpeechFailure.NOT_NOW)]
        prompt_plays = isinstance(command, Recognise) and command.prompt_plays
        request = SpeechRequest(command, order, call.customer.leg_id, prompt_plays)
        before = [each for each in self._requests.of_call(call.call_id) if each.resource is request.resource]
        outputs = [output for each in before for output in self._give_up(each, now)]
        self._requests.add(request)
        return [*outputs, *self._ask_next(request, SpeechFailure.NO_SERVER, now)]

    def _stop(self, command: StopSpeech, now: float) -> list[Output]:
        request = self._requests.find(command.request_id)
        return [] if request is None else self._give_up(request, now)

    def _give_up(self, request: SpeechRequest, now: float, reason: str = "stopped") -> list[Output]:
        """Let go of its server; of a text it is told how it ended."""
        told: list[Output] = []
        if isinstance(request.command, Speak):
            told.append(SpeakFinished(request_id=request.request_id, call_id=request.call_id, reason=reason))
        return [*self._let_go(request, now, barged_in=reason == "barged_in"), *told]

    def _let_go(self, request: SpeechRequest, now: float, *, barged_in: bool = False) -> list[Output]:
        self._requests.drop(request)
        session, _ = self._sessions[request.session_id]
        outputs = self._carry_out(session, request, session.give_up(now, barged_in=barged_in), now)
        return [*outputs, *self._leave(request, session)]

    def _ask_next(self, request: SpeechRequest, why_not: SpeechFailure, now: float) -> list[Output]:
        """The next server gets it; when there is none, it has failed."""
        server = self.servers.choose(request.resource, request.tried, now)
        if server is None:
            self._requests.drop(request)
            return [request.failed(why_not)]
        request.tried.append(server.name)
        request.began = False
        request.session_id = self._ids.new("speech")
        session = SpeechSession(
            request.session_id,
            server,
            request.order,
            our_address=self.servers.our_address(server),
            speaking_s=self._speaking_s,
            prompt_plays=request.prompt_plays,
        )
        self._sessions[session.session_id] = session, request
        server.sessions += 1
        return self._carry_out(session, request, session.begin(request.leg_id, now), now)

    # -- what happens to sessions --------------------------------------------------------------------

    def _of_leg(self, handle: Callable[[SpeechSession, Any, float], Outputs]) -> Handler:
        return lambda event, now: self._at(event.leg_id, handle, event, now)

    def _of_session(self, handle: Callable[[SpeechSession, Any, float], Outputs]) -> Handler:
        return lambda report, now: self._at(report.session_id, handle, report, now)

    def _at(
        self, session_id: str, handle: Callable[[SpeechSession, Any, float], Outputs], item: Any, now: float
    ) -> list[Output]:
        """Nothing for what is no session of ours, or not any more."""
        found = self._sessions.get(session_id)
        if found is None:
            return []
        session, request = found
        return self._carry_out(session, request, handle(session, item, now), now)

    def _reoffered(self, event: LegReoffered) -> list[Output]:
        """What was agreed with a server stays as it is."""
        return [AnswerReoffer(leg_id=event.leg_id, sdp=None)] if event.leg_id in self._sessions else []

    def _carry_out(
        self, session: SpeechSession, request: SpeechRequest, outputs: Sequence[Output | News], now: float
    ) -> list[Output]:
        """News are dealt with here, all else is for others."""
        done: list[Output] = []
        for output in outputs:
            if isinstance(output, Event | Command):
                done.append(output)
            elif isinstance(output, SessionOver):
                done += self._forget(session, request)
            elif session.is_wanted:
                done += self._news[type(output)](session, request, output, now)
        deadline = session.next_deadline()
        if deadline is None:
            self._deadlines.cancel(session.session_id)
        else:
            self._deadlines.set(session.session_id, deadline)
        return done

    def _forget(self, session: SpeechSession, request: SpeechRequest) -> list[Output]:
        del self._sessions[session.session_id]
        session.server.sessions -= 1
        return self._leave(request, session)

    def _leave(self, request: SpeechRequest, session: SpeechSession) -> list[Output]:
        """Its audio is over. A caller who talks with somebody, or sits elsewhere, is touched no more."""
        call = self._find_call(request.call_id)
        if call is None or call.state is not CallState.ANSWERED or call.customer.leg_id != request.leg_id:
            self._audio.forget(request.call_id)
        return self._audio.leave(request.call_id, session.session_id)

    def _has_audio(
        self, session: SpeechSession, request: SpeechRequest, news: HasAudio, now: float
    ) -> list[Output]:
        return self._audio.join(request.call_id, request.leg_id, session.session_id, request.resource)

    def _begun(self, session: SpeechSession, request: SpeechRequest, news: Begun, now: float) -> list[Output]:
        """A text takes the place of the prompt that plays."""
        request.began = True
        told: list[Output] = [*self.servers.succeeded(session.server), request.begun(session.server.name)]
        return [StopPrompt(call_id=request.call_id), *told] if isinstance(request.command, Speak) else told

    def _heard(
        self, session: SpeechSession, request: SpeechRequest, news: SpeechBegan, now: float
    ) -> list[Output]:
        """The caller speaks: what the caller hears ends, if it may be."""
        request.heard = True
        told: list[Output] = [RecognitionHeard(request_id=request.request_id, call_id=request.call_id)]
        if not isinstance(request.command, Recognise) or not request.command.barge_in:
            return told
        return [*told, StopPrompt(call_id=request.call_id), *self._barge_in(request.call_id, now)]

    def _ended(self, session: SpeechSession, request: SpeechRequest, news: Ended, now: float) -> list[Output]:
        completion = news.completion
        problem = f"{completion.cause} {completion.reason}".rstrip()
        if completion.outcome is Outcome.BROKEN:
            return self._go_elsewhere(session, request, problem, now, blame=True)
        if completion.outcome is Outcome.UNUSABLE:
            request.began = False  # nothing was said of it
            return self._go_elsewhere(
                session, request, problem, now, blame=False, why_not=SpeechFailure.UNUSABLE
            )
        session.is_wanted = False
        self._requests.drop(request)
        return [*self.servers.succeeded(session.server), request.ended(completion, news.understood)]

    def _refused(
        self, session: SpeechSession, request: SpeechRequest, news: Refused, now: float
    ) -> list[Output]:
        """An answer that refuses is no fault of the server's: a flow with a bad grammar must not take servers
        away from all others."""
        if news.late and request.began:
            request.heard = True  # nobody shall wait for all of it once more
        return self._go_elsewhere(session, request, news.reason, now, blame=news.late)

    def _broken(
        self, session: SpeechSession, request: SpeechRequest, news: Broken, now: float
    ) -> list[Output]:
        return self._go_elsewhere(session, request, news.problem, now, blame=not news.ours)

    def _go_elsewhere(
        self,
        session: SpeechSession,
        request: SpeechRequest,
        problem: str,
        now: float,
        *,
        blame: bool,
        why_not: SpeechFailure = SpeechFailure.NO_SERVER,
    ) -> list[Output]:
        """This server does not do it: another may, unless the caller would notice."""
        session.is_wanted = False
        request.problems.append(f"{session.server.name}: {problem}")
        told = self.servers.failed(session.server, problem, now) if blame else []
        if request.may_go_elsewhere:
            return [*told, *self._ask_next(request, why_not, now)]
        self._requests.drop(request)
        return [*told, request.failed(SpeechFailure.SERVER_FAILED)]

    # -- what happens to calls -----------------------------------------------------------------------

    def _barge_in(self, call_id: str, now: float) -> list[Output]:
        """End the text that is being said, if it may be."""
        return [
            output
            for request in self._requests.of_call(call_id)
            if isinstance(request.command, Speak) and request.command.barge_in
            for output in self._give_up(request, now, "barged_in")
        ]

    def _silence_counts(
        self, event: PromptFinished | SpeakFinished | SpeakFailed, now: float
    ) -> list[Output]:
        """The caller hears nothing any more, not even a text that ended a prompt: silence counts."""
        outputs: list[Output] = []
        requests = self._requests.of_call(event.call_id)
        if any(isinstance(request.command, Speak) for request in requests):
            return []
        for request in requests:
            if request.prompt_plays:
                request.prompt_plays = False
                session, _ = self._sessions[request.session_id]
                outputs += self._carry_out(session, request, session.prompt_over(now), now)
        return outputs

    def _call_connected(self, event: CallConnected, now: float) -> list[Output]:
        """Who talks with somebody is not for machines any more."""
        outputs: list[Output] = []
        for request in self._requests.of_call(event.call_id):
            outputs += self._give_up(request, now)
            if isinstance(request.command, Recognise):
                outputs.append(failed(request.command, SpeechFailure.NOT_NOW))
        return outputs

    def _call_handed_off(self, event: CallHandedOff, now: float) -> list[Output]:
        """Whoever has the call now has ordered nothing."""
        return [
            output for each in self._requests.of_call(event.call_id) for output in self._let_go(each, now)
        ]

    def _call_ended(self, event: CallEnded, now: float) -> list[Output]:
        """Its leg may go on in another call: nobody touches it."""
        outputs: list[Output] = []
        for request in self._requests.of_call(event.call_id):
            self._requests.drop(request)
            session, _ = self._sessions[request.session_id]
            outputs += self._carry_out(session, request, session.abandon(), now)
        return outputs

    def _number(self) -> int:
        """A session's in SDP: below 2**63 (RFC 8866 §5.2)."""
        return int(self._ids.token(), 16) >> 1


def _can_be_served(call: Call) -> bool:
    agreed = call.customer.agreement
    return call.state is CallState.ANSWERED and agreed is not None and agreed.codec is not Codec.G729
