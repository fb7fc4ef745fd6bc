"""Verbs as methods. Made by `python -m tests.switch.control.typed_client` from the schema of the control socket."""

from builtins import dict as _dict, list as _list  # some verbs and keys have these names
from collections.abc import Callable
from typing import Any, Literal

from switch.control.answers import (
    AddressView,
    AgentExplained,
    AgentState,
    AgentView,
    AlarmsView,
    AnsweredHook,
    BanView,
    BreakerState,
    CalendarDetails,
    CalendarView,
    CallDetails,
    CallSide,
    CallState,
    CallView,
    CallbackExplained,
    CallbackStage,
    CallbackView,
    CallerExplained,
    CallerView,
    CandidateView,
    Cause,
    CertificatesView,
    ChangeOfRecording,
    ChangeView,
    ChangedConfiguration,
    ChoiceView,
    CollectionName,
    CollectionView,
    ConfirmedView,
    ConsultationView,
    ConsultedView,
    ContactView,
    CounterCall,
    CounterRecorded,
    DataView,
    DayView,
    DifferenceView,
    EngineView,
    EntryOfList,
    EntryParams,
    EntryState,
    EntryView,
    EstimateView,
    EstimatesView,
    FiguresView,
    FirstView,
    FlowHistory,
    FlowNodes,
    FlowVersion,
    FlowView,
    FollowingView,
    ForkMix,
    ForkView,
    Importance,
    ItemState,
    ItemView,
    KnownNumber,
    LegView,
    LevelView,
    LinkView,
    ListDetails,
    ListView,
    ListeningCall,
    MailboxView,
    MaskView,
    MaskedDigits,
    MembershipExplained,
    MessageView,
    Method,
    MuteView,
    NotedView,
    ObjectView,
    ObstacleView,
    OneChange,
    OpeningView,
    OverrideView,
    ParkedView,
    Party,
    PartyOfRecording,
    PartyView,
    PastView,
    PlaceExplained,
    PlaceView,
    PlacedView,
    PlaybackView,
    PromptCall,
    PublishedFlow,
    QueueView,
    RaisedView,
    ReasonView,
    ReasonsView,
    RecordedCall,
    RecordingDetails,
    RecordingPage,
    RecordingPlace,
    RecordingState,
    RecordingView,
    RegistrationPage,
    RegistrationState,
    RejectionView,
    ReloadedConfiguration,
    ResyncView,
    RuleView,
    ServiceLevelView,
    ServiceView,
    ShareView,
    SilenceView,
    SnapshotView,
    SpeechRequest,
    SpeechServerView,
    SpeechView,
    Standing,
    StatusView,
    StoppedView,
    SupervisionMode,
    SupervisorView,
    TakenDigits,
    TenantDetails,
    TenantLimits,
    TenantSummary,
    TenantUse,
    TextView,
    TopicsView,
    TransferView,
    TriedView,
    TrunkDetails,
    TrunkState,
    TrunkView,
    TurnView,
    UnmetView,
    VerbView,
    VersionView,
    WaitView,
    acd__messages__verbs__SentView,
    switch__call_media__verbs__SentView,
)

class AgentVerbs:
    async def approve_leave(self, *, agent: str, by: str) -> AgentView:
        """Let an agent go who asked for leave.

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    async def ask_leave(self, *, agent: str, reason: str) -> AgentView:
        """Ask to go away for a while (离席).

        agent: the agent's number (工号)
        reason: why, such as 午休 or paperwork
        """

    async def confirm_message(self, *, agent: str, message_id: str) -> ConfirmedView:
        """Tell that the agent's desktop shows a text.

        agent: the agent's number (工号)
        message_id: the text, as agent.message told it
        """

    async def deny_leave(self, *, agent: str, by: str) -> AgentView:
        """Let an agent not go who asked for leave.

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    async def end_wrap_up(self, *, agent: str) -> AgentView:
        """Be done with wrap-up.

        agent: the agent's number (工号)
        """

    async def explain(self, *, agent: str) -> AgentExplained:
        """What keeps calls from an agent, and whose turn it is when nothing does.

        agent: the agent's number (工号)
        """

    async def extend_wrap_up(self, *, agent: str, extend_s: float) -> AgentView:
        """Let wrap-up take longer.

        agent: the agent's number (工号)
        extend_s: so many seconds more
        """

    async def figures(self, *, agent: str) -> FiguresView:
        """What an agent has done in this shift.

        agent: the agent's number (工号)
        """

    async def follow(self, *, by: str, station: str = ..., agent: str, mode: Literal['monitor', 'whisper', 'barge'] = ..., ring_s: float = ...) -> SupervisorView:
        """Stay with an agent from call to call.

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        agent: the agent's number
        mode: monitor, whisper or barge, at each call
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    async def force_not_ready(self, *, agent: str, reason: str, by: str) -> AgentView:
        """Make an agent not ready (强制示忙), at once or after the present call.

        agent: the agent's number (工号)
        reason: why, such as 午休 or paperwork
        by: the supervisor, as events tell it
        """

    async def force_ready(self, *, agent: str, by: str) -> AgentView:
        """Make an agent ready (强制示闲).

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    async def force_sign_out(self, *, agent: str, by: str) -> AgentView:
        """End an agent's shift (强制签出).

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    async def list(self, *, tenant: str | None = ...) -> _list[AgentView]:
        """All agents and what they are doing.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def messages(self, *, agent: str) -> _list[MessageView]:
        """The latest texts of an agent.

        agent: the agent's number (工号)
        """

    async def move(self, *, agents: _list[str], join: _list[str] = ..., leave: _list[str] = ...) -> _list[AgentView]:
        """Let several agents join queues and leave others, at once.

        agents: the agents' numbers (工号)
        join: queues to serve besides, if they do not yet
        leave: queues to serve no more, if they do
        """

    async def not_ready(self, *, agent: str, reason: str) -> AgentView:
        """Let no calls come (示忙), after the present.

        agent: the agent's number (工号)
        reason: why, such as 午休 or paperwork
        """

    async def ready(self, *, agent: str) -> AgentView:
        """Let calls come (示闲); ends wrap-up.

        agent: the agent's number (工号)
        """

    async def reasons(self) -> ReasonsView:
        """The reasons for being not ready."""

    async def release(self, *, agent: str, by: str) -> AgentView:
        """End the call an agent has (强拆).

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    async def send_message(self, *, agents: _list[str] = ..., queues: _list[str] = ..., tags: _list[str] = ..., everybody: bool = ..., tenant: str | None = ..., text: str, by: str, importance: Importance = ...) -> acd__messages__verbs__SentView:
        """Send agents a text (信使): now, or when they sign in.

        agents: agents by number
        queues: queues, whose agents get it
        tags: groups: agents who have one of these tags
        everybody: whether all agents get it
        tenant: whose agents are meant by tags and everybody; empty: the house's
        text: the text, in any language
        by: who sends it, as agents are told
        importance: normal; or high: desktops show it until it is confirmed
        """

    async def set_auto_answer(self, *, agent: str, on: bool) -> AgentView:
        """Have the agent's phone answer by itself (自动应答), or no longer.

        agent: the agent's number (工号)
        on: whether it shall, from the next call of a queue on
        """

    async def set_queues(self, *, agent: str, queues: _list[str]) -> AgentView:
        """Other queues to serve, at once.

        agent: the agent's number (工号)
        queues: the queues, in place of all there were
        """

    async def set_skills(self, *, agent: str, skills: _dict[str, int] | None = ..., tags: _list[str] | None = ...) -> AgentView:
        """Other skills and tags, at once.

        agent: the agent's number (工号)
        skills: skill → level, in place of all there were
        tags: in place of all there were
        """

    async def sign_in(self, *, agent: str, station: str, force: bool = ...) -> AgentView:
        """Seat an agent (签入), not ready at first.

        agent: the agent's number (工号)
        station: the station, by the name it registers with
        force: whether to take the seat over, or to come from another station
        """

    async def sign_out(self, *, agent: str, force: bool = ...) -> AgentView:
        """End an agent's shift (签出).

        agent: the agent's number (工号)
        force: whether to end it in spite of a call, as soon as that is over, or of items in hand
        """

    async def take_back_leave(self, *, agent: str) -> AgentView:
        """Ask no longer.

        agent: the agent's number (工号)
        """

class AlarmVerbs:
    async def acknowledge(self, *, alarm_id: str, by: str, note: str = ...) -> RaisedView:
        """Say that somebody knows of an alarm: it is not repeated any more.

        alarm_id: the id it was raised with
        by: who knows of it
        note: what is done about it
        """

    async def history(self, *, tenant: str | None = ..., alarm: str = ..., limit: int = ...) -> _list[PastView]:
        """The alarms there were, the newest first, from the database.

        tenant: only what this tenant has; empty: the house; absent: all
        alarm: of this name; empty: all
        limit: how many at most, 1 to 1000
        """

    async def list(self, *, tenant: str | None = ...) -> AlarmsView:
        """The alarms (告警) of the configuration, and those that are raised.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def silence(self, *, alarm: str, subject: str = ..., for_s: float, by: str, reason: str = ...) -> SilenceView:
        """Tell services nothing of an alarm for a while.

        alarm: the alarm, by its name in the configuration
        subject: of this one alone; empty: of all
        for_s: so long; 0 ends a silence
        by: who wants it
        reason: why
        """

class BanVerbs:
    async def add(self, *, source: str, reason: str = ..., duration_s: float | None = ...) -> BanView:
        """Hear nothing from a source any more.

        source: an IP address; of IPv6 its network of 64 bits is banned
        reason: why
        duration_s: a number of seconds, or null: until it is lifted
        """

    async def lift(self, *, source: str) -> BanView:
        """Hear a source again.

        source: the source, as ban.list names it
        """

    async def list(self) -> _list[BanView]:
        """The sources that are not heard, the newest ban first."""

class CalendarVerbs:
    async def list(self, *, tenant: str | None = ...) -> _list[CalendarView]:
        """All calendars: open or closed, and until when.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def override(self, *, calendar: str, state: Literal['open', 'closed', 'hours'], until: str | None = ..., reason: str = ..., by: str = ...) -> CalendarView:
        """Open or close a calendar by hand, or no longer.

        calendar: the calendar, by its name in the configuration
        state: hours: as its hours say
        until: a moment (ISO 8601; without an offset by the calendar's clock), or null: until it is given back to its hours
        reason: why
        by: who says so
        """

    async def show(self, *, calendar: str, days: int = ...) -> CalendarDetails:
        """One calendar, day by day, with its changes.

        calendar: the calendar, by its name in the configuration
        days: so many days are told, from today on
        """

class CallVerbs:
    async def __call__(self, verb: str, /, **params: object) -> Any: ...

    async def add_party(self, *, call_id: str, whom: str, by: str = ...) -> PartyView:
        """Ring one more, to talk with both who talk.

        call_id: the call, as call.list names it
        whom: station:<name> or number:<digits>
        by: who wants it, as events tell it
        """

    async def answer(self, *, call_id: str, station: str = ...) -> CallView:
        """Answer a call, or have a phone do so.

        call_id: the call, as call.list names it
        station: whose phone rings and is to answer, where it understands that; empty: the call itself
        """

    async def barge(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Be heard by both who talk (插入).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    async def cancel_consultation(self, *, call_id: str) -> CallView:
        """Go back to the customer, without who is consulted.

        call_id: the call, as call.list names it
        """

    async def collect(self, *, call_id: str, max_digits: int, min_digits: int = ..., terminators: str = ..., first_s: float = ..., between_s: float = ..., prompts: _list[str] = ..., masked: bool = ..., side: Literal['customer', 'station'] = ...) -> CollectionView:
        """Take keys of a call.

        call_id: the call, as call.list names it
        max_digits: so many end it
        min_digits: fewer are told to be not enough
        terminators: keys of which each ends it
        first_s: how long the first may take, from the end of the prompts on
        between_s: how long the next may take
        prompts: played first; a key ends it
        masked: whether nobody else may know them, such as those of a PIN
        side: whose keys
        """

    async def complete_transfer(self, *, call_id: str) -> CallView:
        """Leave the customer to who is consulted.

        call_id: the call, as call.list names it
        """

    async def consult(self, *, call_id: str, target: str, station: str = ...) -> ConsultedView:
        """Talk with somebody about a call (咨询).

        call_id: the call, as call.list names it
        target: agent:<number>, queue:<name>, station:<name>, number:<digits> or flow:<name>
        station: the station whose wish it is; empty: the one that serves the customer
        """

    async def drop_party(self, *, call_id: str, party_id: str) -> PartyView:
        """Let go of one who was added.

        call_id: the call, as call.list names it
        party_id: the party, as call.parties names it
        """

    async def get_data(self, *, call_id: str) -> DataView:
        """The data noted of a call's contact.

        call_id: the call, as call.list names it
        """

    async def hang_up(self, *, call_id: str, cause: Cause = ..., leg: Literal['both', 'customer', 'station'] = ...) -> CallView:
        """End a call with all its legs, or one of them.

        call_id: the call, as call.list names it
        cause: what all who talk, and records, are told; such as NORMAL_CLEARING
        leg: whose leg ends; what becomes of the other decides who has the call, such as a queue
        """

    async def hold(self, *, call_id: str, station: str = ..., by_phone: bool = ...) -> CallView:
        """Let the other end of a station hear music.

        call_id: the call, as call.list names it
        station: the station that holds; empty: the one that serves the customer
        by_phone: whether its phone shall do it as if its key were pressed, where it understands that
        """

    async def intercept(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Take a call over from the agent (拦截).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    async def join(self, *, call_id: str) -> CallView:
        """Let all three talk (三方).

        call_id: the call, as call.list names it
        """

    async def join_calls(self, *, call_id: str, from_call_id: str, by: str = ...) -> PartyView:
        """Make three of a call and a consultation.

        call_id: the call, as call.list names it
        from_call_id: the other call; who is in it joins the first
        by: who wants it, as events tell it
        """

    async def list(self, *, tenant: str | None = ...) -> _list[CallView]:
        """The calls that are up, oldest first.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def mask_digits(self, *, call_id: str, max_s: float = ...) -> MaskView:
        """Hide a customer's keys and voice from all others.

        call_id: the call, as call.list names it
        max_s: seconds after which a mask that was forgotten ends by itself
        """

    async def masked_digits(self, *, mask_id: str) -> MaskedDigits:
        """The keys pressed behind a mask so far.

        mask_id: the mask, as call.mask_digits answered
        """

    async def monitor(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Hear both who talk, unheard (监听).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    async def mute(self, *, call_id: str, side: Literal['customer', 'station'] = ..., by: str = ...) -> MuteView:
        """Let one side of a call be heard by nobody.

        call_id: the call, as call.list names it
        side: who is not heard
        by: who wants it, as events tell it
        """

    async def mute_party(self, *, call_id: str, party_id: str, by: str = ...) -> PartyView:
        """Let one who was added be heard by nobody.

        call_id: the call, as call.list names it
        party_id: the party, as call.parties names it
        by: who wants it, as events tell it
        """

    async def originate(self, *, whom: str, target: str, ring_s: float = ..., shown_number: str | None = ..., shown_name: str = ..., caller_number: str = ..., caller_name: str = ..., access_code: str = ..., contact_id: str = ..., auto_answer: bool = ..., data: _dict[str, Any] = ..., tenant: str = ...) -> PlacedView:
        """Call an agent, station or number, and give the call to a target when it is answered.

        whom: who is called first: agent:<number>, station:<name> or number:<digits>
        target: what gets the call when it is answered, such as queue:service or number:<digits>
        ring_s: how long it may go unanswered, in seconds
        shown_number: the number that whom is called sees; absent: the phone it is for, or the access code
        shown_name: the name beside it
        caller_number: the customer's number, if it is another than the one called
        caller_name: the customer's name
        access_code: the access code on whose behalf it is; empty for none
        contact_id: the customer's visit that it belongs to; empty: a new one
        auto_answer: whether the station's phone is asked to answer by itself
        data: call data of the contact from the start, which flows name as data.<name>
        tenant: the tenant whose call it is; empty: whose objects it names
        """

    async def park(self, *, call_id: str, slot: str = ..., station: str = ..., return_after_s: float = ..., way_out: str = ...) -> ParkedView:
        """Let a customer wait in a slot (驻留).

        call_id: the call, as call.list names it
        slot: up to six digits; empty: the lowest free from 701 on
        station: who parks; empty: the station that serves the customer
        return_after_s: after how long the call goes back to that station
        way_out: who gets it when the station does not take it back; empty: it is parked again
        """

    async def parties(self, *, call_id: str) -> _list[PartyView]:
        """Who was added to a call.

        call_id: the call, as call.list names it
        """

    async def pause_recording(self, *, call_id: str, channel: Literal['both', 'customer', 'agent'] = ...) -> RecordedCall:
        """Record silence instead of what is said; the recording's clock goes on.

        call_id: the call, as call.list names it
        channel: customer, agent, or both: what is not to be recorded
        """

    async def pick_up(self, *, call_id: str = ..., slot: str = ..., station: str) -> CallView:
        """Take a call that waits or rings.

        call_id: the call; empty when slot names it
        slot: the slot in which it is parked
        station: the station that rings for it instead
        """

    async def play(self, *, call_id: str, prompts: _list[str], to: Literal['customer', 'station', 'both'] = ..., times: int = ..., barge_in: bool = ..., over: bool = ...) -> PlaybackView:
        """Play prompts in a call.

        call_id: the call, as call.list names it
        prompts: names in the prompt library, such as zh/greeting
        to: who hears it
        times: how often; 0: until call.stop_playing
        barge_in: whether a key of whoever hears it ends it
        over: laid over what is heard otherwise, once, to its end; else in place of that
        """

    async def recognise(self, *, call_id: str, grammars: _list[str], language: str = ..., barge_in: bool = ..., prompt_plays: bool = ..., no_input_ms: int = ..., longest_ms: int = ..., silence_ms: int = ..., confidence: float = ...) -> SpeechRequest:
        """Have one understand what is said next.

        call_id: the call, as call.list names it
        grammars: each a URI such as builtin:speech/transcribe, or a whole grammar (SRGS, JSGF)
        language: such as zh or en-GB; empty: as the server
        barge_in: whether speech ends a prompt that plays
        prompt_plays: whether silence counts only from the end of what plays now
        no_input_ms: how long nothing may be said
        longest_ms: how long may be spoken
        silence_ms: after so long a pause it is over
        confidence: what is less certain is no match
        """

    async def record(self, *, call_id: str) -> RecordedCall:
        """Record a call from now on.

        call_id: the call, as call.list names it
        """

    async def redirect(self, *, call_id: str, target: str) -> CallView:
        """Lead a call elsewhere that talks to nobody.

        call_id: the call, as call.list names it
        target: who gets it, such as agent:1001 or queue:service; sip:… outside, before it is answered
        """

    async def reject(self, *, call_id: str, cause: Cause = ...) -> CallView:
        """Turn away a call before it is answered.

        call_id: the call, as call.list names it
        cause: such as USER_BUSY, CALL_REJECTED, UNALLOCATED_NUMBER: what the caller is told
        """

    async def resume_recording(self, *, call_id: str) -> RecordedCall:
        """Record what is said again.

        call_id: the call, as call.list names it
        """

    async def retrieve(self, *, call_id: str, station: str = ..., by_phone: bool = ...) -> CallView:
        """End the hold that call.hold began.

        call_id: the call, as call.list names it
        station: the station that holds; empty: the one that serves the customer
        by_phone: whether its phone shall do it as if its key were pressed, where it understands that
        """

    async def say(self, *, call_id: str, text: str, language: str = ..., voice: str = ..., to: Literal['customer', 'station', 'both'] = ..., barge_in: bool = ...) -> PlaybackView:
        """Say a text in a call (TTS).

        call_id: the call, as call.list names it
        text: what is said
        language: such as zh or en
        voice: a name that speech.engines gives a voice
        to: who hears it
        barge_in: whether a key of whoever hears it ends it
        """

    async def send_digits(self, *, call_id: str, digits: str, to: Literal['customer', 'station'] = ..., press_ms: int = ..., pause_ms: int = ...) -> switch__call_media__verbs__SentView:
        """Press keys on a line of a call.

        call_id: the call, as call.list names it
        digits: 0-9, A-D, * and #; a comma is a pause of a second
        to: who hears them
        press_ms: how long each is pressed
        pause_ms: how long nothing is, after each
        """

    async def set_data(self, *, call_id: str, data: _dict[str, Any] = ..., remove: _list[str] = ...) -> DataView:
        """Note data of a call's contact, which travel with it.

        call_id: the call, as call.list names it
        data: names with texts, numbers, true, false or flat lists of these; others keep their values
        remove: names that shall have no value any more
        """

    async def show(self, *, call_id: str) -> CallDetails:
        """One call with its legs and how they sound.

        call_id: the call, as call.list names it
        """

    async def speak(self, *, call_id: str, text: str, language: str = ..., voice: str = ..., barge_in: bool = ...) -> SpeechRequest:
        """Have a speech server say a text to the customer.

        call_id: the call, as call.list names it
        text: plain, or a document of SSML
        language: such as zh or en-GB; empty: as the server
        voice: as the server calls it; empty: its usual
        barge_in: whether a key, or speech that is recognised, ends it
        """

    async def stop_collecting(self, *, collect_id: str) -> CollectionName:
        """Take no more keys.

        collect_id: as call.collect answered
        """

    async def stop_playing(self, *, call_id: str) -> StoppedView:
        """End what programs play in a call.

        call_id: the call, as call.list names it
        """

    async def stop_recording(self, *, call_id: str) -> RecordedCall:
        """Finish the recording of a call.

        call_id: the call, as call.list names it
        """

    async def stop_speech(self, *, call_id: str, request_id: str) -> SpeechRequest:
        """Give up what one of them does.

        call_id: the call it is for
        request_id: as call.speak or call.recognise answered
        """

    async def stop_supervising(self, *, by: str, station: str = ...) -> SupervisorView:
        """Leave; the two talk on.

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        """

    async def supervisors(self, *, tenant: str | None = ...) -> _list[SupervisorView]:
        """Who supervises whom, the first one first.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def take_digits(self, *, collect_id: str) -> TakenDigits:
        """The masked keys of a collection that is over, once.

        collect_id: as call.collect answered
        """

    async def toggle(self, *, call_id: str) -> CallView:
        """Talk with the other of the two (切换).

        call_id: the call, as call.list names it
        """

    async def transfer(self, *, call_id: str, target: str, station: str = ..., hold: bool = ...) -> CallView:
        """Pass a call on (转接).

        call_id: the call, as call.list names it
        target: agent:<number>, queue:<name>, station:<name>, number:<digits> or flow:<name>
        station: the station whose wish it is; empty: the one that serves the customer
        hold: whether the other end hears music while a phone rings, not who transfers
        """

    async def unmask_digits(self, *, mask_id: str) -> MaskedDigits:
        """End a mask and take its keys.

        mask_id: the mask, as call.mask_digits answered
        """

    async def unmute(self, *, call_id: str, side: Literal['customer', 'station'] = ..., by: str = ...) -> MuteView:
        """Let it be heard by all again.

        call_id: the call, as call.list names it
        side: who is not heard
        by: who wants it, as events tell it
        """

    async def unmute_party(self, *, call_id: str, party_id: str, by: str = ...) -> PartyView:
        """Let them be heard by all again.

        call_id: the call, as call.list names it
        party_id: the party, as call.parties names it
        by: who wants it, as events tell it
        """

    async def whisper(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Be heard by the agent alone (耳语).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

class ConfigurationVerbs:
    async def change(self, *, changes: _list[OneChange], check: bool = ..., by: str = ..., why: str = ..., acting_for: str = ...) -> ChangedConfiguration:
        """Several such changes at once: all of them or none.

        changes: each with section, name, tenant, and keys or remove = true
        check: only tell what would change
        by: who wants it
        why: what it is about
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        """

    async def diff(self, *, version: int | None = ..., since: int | None = ..., tenant: str | None = ..., acting_for: str = ...) -> _list[DifferenceView]:
        """What a version of the configuration changed.

        version: absent: what was changed by hand and not read yet
        since: an earlier version; absent: the one before it
        tenant: only its file; empty: the house's; absent: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        """

    async def history(self, *, tenant: str | None = ..., acting_for: str = ..., limit: int = ...) -> _list[VersionView]:
        """The versions of the configuration, the newest first.

        tenant: only its file; empty: the house's; absent: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        limit: so many at most, the newest
        """

    async def reload(self, *, check: bool = ..., by: str = ...) -> ReloadedConfiguration:
        """Read the configuration anew and go by it; one with a mistake changes nothing.

        check: only tell what would change
        by: who wants it
        """

    async def remove(self, *, section: str, name: str = ..., check: bool = ..., by: str = ..., why: str = ..., acting_for: str = ..., tenant: str = ...) -> ChangedConfiguration:
        """Take an agent, a queue … out of the configuration.

        section: such as agents, queues or tenant
        name: which agent, queue …; empty for what is there once, such as acd
        check: only tell what would change
        by: who wants it
        why: what it is about
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        tenant: whose file; empty: the house's own
        """

    async def set(self, *, section: str, name: str = ..., keys: _dict[str, Any], check: bool = ..., by: str = ..., why: str = ..., acting_for: str = ..., tenant: str = ...) -> ChangedConfiguration:
        """Add an agent, a queue … to the configuration, or change keys of it.

        section: such as agents, queues or tenant
        name: which agent, queue …; empty for what is there once, such as acd
        keys: keys with values; null takes a key out; others stay
        check: only tell what would change
        by: who wants it
        why: what it is about
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        tenant: whose file; empty: the house's own
        """

    async def show(self, *, section: str = ..., name: str = ..., acting_for: str = ..., tenant: str = ...) -> _list[ObjectView]:
        """What stands in the configuration, without secrets.

        section: such as agents; empty: all
        name: which agent, queue …; empty: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        tenant: whose file; empty: the house's own
        """

    async def undo(self, *, to: int | None = ..., check: bool = ..., by: str = ..., why: str = ..., tenant: str | None = ..., acting_for: str = ...) -> ChangedConfiguration:
        """Go back to the version before the last change, or to another.

        to: the version; absent: what was before the last change
        check: only tell what would change
        by: who wants it
        why: what it is about
        tenant: only its file; empty: the house's; absent: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        """

class EventVerbs:
    async def snapshot(self, *, topics: _list[str] = ..., coalesce: bool = ...) -> SnapshotView:
        """How everything stands, and the events from there on.

        topics: events to be told from the picture on, as event.subscribe
        coalesce: of events that tell a state, only the latest of each when this client is slow
        """

    async def subscribe(self, *, topics: _list[str], after: int | None = ..., run: str | None = ..., coalesce: bool = ...) -> FollowingView:
        """Send this client the events of these topics, from now on or from where it was.

        topics: `*`, or `call.*`, or a whole topic; several at once.
        after: sequence of the last event this client has; those since come first
        run: the run of the switch that `after` is of; needed with it
        coalesce: of events that tell a state, only the latest of each when this client is slow
        """

    async def unsubscribe(self, *, topics: _list[str]) -> TopicsView:
        """Send this client the events of these topics no longer.

        topics: `*`, or `call.*`, or a whole topic; several at once.
        """

class FlowVerbs:
    async def history(self, *, flow: str) -> FlowHistory:
        """The published versions of a flow.

        flow: the flow
        """

    async def list(self, *, tenant: str | None = ...) -> _list[FlowView]:
        """The flows, what runs of them, and how many calls are in each.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def nodes(self, *, flow: str) -> FlowNodes:
        """How many callers are at each node of a flow now.

        flow: the flow
        """

    async def publish(self, *, flow: str, share: float = ..., by: str = ..., note: str = ...) -> PublishedFlow:
        """Let callers go through a flow as it is written.

        flow: the flow
        share: of the callers, to try it; 1: for all
        by: who wants it
        note: what it is about
        """

    async def rollback(self, *, flow: str, to: int | None = ..., by: str = ...) -> PublishedFlow:
        """Let an earlier version of a flow run.

        flow: the flow
        to: the version; 0: the document in the folder; absent: what ran before
        by: who wants it
        """

    async def share(self, *, flow: str, share: float, by: str = ...) -> PublishedFlow:
        """Try a version on another share of the callers.

        flow: the flow
        share: of the callers; 1: for all, the trial is over
        by: who wants it
        """

class HookVerbs:
    async def answer(self, *, hook_id: str, data: Any = ...) -> AnsweredHook:
        """Answer what a flow asked by hook.asked.

        hook_id: as hook.asked named it
        data: plain data for the flow, 16 KiB as JSON at most
        """

class ItemVerbs:
    async def accept(self, *, item: str, agent: str) -> ItemState:
        """An agent takes an item that is offered.

        item: the item's id, given by whoever brought it
        agent: the agent's number (工号)
        """

    async def finish(self, *, item: str, agent: str) -> ItemState:
        """An agent is done with an item.

        item: the item's id, given by whoever brought it
        agent: the agent's number (工号)
        """

    async def list(self, *, tenant: str | None = ..., agent: str | None = ..., queue: str | None = ...) -> _list[ItemView]:
        """The chats, mails and other items there are.

        tenant: only what this tenant has; empty: the house; absent: all
        agent: those offered to this agent or in hand there
        queue: those waiting in this queue
        """

    async def reject(self, *, item: str, agent: str) -> ItemState:
        """An agent does not take it; others are asked.

        item: the item's id, given by whoever brought it
        agent: the agent's number (工号)
        """

    async def submit(self, *, item: str, medium: str, queues: _list[str], contact_id: str = ..., customer: str = ..., priority: int | None = ..., require: str = ..., preferred: _list[str] = ..., preferred_wait_s: float = ..., tags: _list[str] = ..., data: _dict[str, str] = ...) -> ItemState:
        """Let a chat, mail or other item wait.

        item: the item's id, given by whoever brought it
        medium: chat, mail, video or any other name; agents have a capacity for each
        queues: in which it waits at once
        contact_id: the customer's visit; the item's id if empty
        customer: the customer's number or name
        priority: level; else the queue's
        require: what it asks of an agent, such as lang:en
        preferred: agents to be asked first
        preferred_wait_s: so long they alone are asked
        tags: what is known of the customer
        data: for the agent's desktop, at most 4096 bytes of names and values
        """

    async def withdraw(self, *, item: str) -> ItemState:
        """The customer of an item is gone.

        item: the item's id, given by whoever brought it
        """

class ListVerbs:
    async def add(self, *, list: str, entries: _list[EntryParams], by: str = ...) -> ListView:
        """Put numbers on a list, or change their entries.

        list: a list of the configuration, or tag:<any tag>
        entries: the numbers
        by: who does it
        """

    async def list(self, *, tenant: str | None = ...) -> _list[ListView]:
        """All number lists, and the tags that numbers have.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def lookup(self, *, number: str, tenant: str = ...) -> KnownNumber:
        """What is known of a caller's number now.

        number: as a trunk or a person writes it
        tenant: whose lists; empty: the house's own
        """

    async def remove(self, *, list: str, numbers: _list[str], by: str = ...) -> ListView:
        """Take numbers off a list.

        list: a list of the configuration, or tag:<any tag>
        numbers: as they are on the list
        by: who does it
        """

    async def show(self, *, list: str, limit: int = ...) -> ListDetails:
        """One list with its entries, the latest change first.

        list: a list of the configuration, or tag:<any tag>
        limit: so many entries are told, those changed last
        """

class LookupVerbs:
    async def list(self, *, tenant: str | None = ...) -> _list[ServiceView]:
        """All services that are asked over HTTP.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def try_(self, *, service: str, method: Method = ..., path: str = ..., query: _dict[str, str] = ..., headers: _dict[str, str] = ..., body: Any = ...) -> TriedView:
        """Ask a service once, by hand, as a flow would.

        service: the service, as lookup.list names it
        method: GET, POST, PUT, PATCH or DELETE
        path: what follows its address
        query: a map of names and texts
        headers: a map of names and texts
        body: sent as JSON; absent: no body
        """

class MailboxVerbs:
    async def set(self, *, station: str, new: int, old: int = ...) -> MailboxView:
        """Tell a station's phones what messages wait.

        station: the station, as it is configured
        new: voice messages nobody has heard yet
        old: voice messages heard and kept
        """

class MediaVerbs:
    async def fork(self, *, call_id: str, url: str, leg: Party = ..., mix: ForkMix = ..., rate_hz: Literal[8000, 16000] = ..., returns: bool = ..., interrupts: bool = ..., reconnects: int = ..., authorization: str = ..., subprotocol: str = ..., details: _dict[str, str] = ...) -> ForkView:
        """Carry a leg's audio to a WebSocket, and back.

        call_id: the call, as call.list names it
        url: the WebSocket, ws:// or wss://
        leg: customer, or station: the phone the customer talks to
        mix: said, heard, mixed, or stereo with what the leg says on the left channel
        rate_hz: samples a second, both ways
        returns: let the leg hear audio that comes back
        interrupts: that audio ends the prompt or music that plays, else it waits for its end
        reconnects: how often a connection that breaks is made again, in a row
        authorization: Authorization header of the handshake
        subprotocol: WebSocket subprotocol to ask for
        details: texts by name for the first message's metadata
        """

    async def forks(self) -> _list[ForkView]:
        """The forks under way, oldest first."""

    async def unfork(self, *, fork_id: str) -> ForkView:
        """End a fork; the call goes on.

        fork_id: the fork, as media.fork answered or media.forks names it
        """

class MessageVerbs:
    async def send(self, *, station: str, text: str, sender: str = ..., sender_name: str = ...) -> TextView:
        """Send a text to the phones of a station.

        station: the station, as it is configured
        text: the text, in any language
        sender: the sender's number as the phone shows it; empty: the switch
        sender_name: the sender's name
        """

class ParkVerbs:
    async def list(self, *, tenant: str | None = ...) -> _list[ParkedView]:
        """The calls that are parked.

        tenant: only what this tenant has; empty: the house; absent: all
        """

class PromptVerbs:
    async def record(self, *, prompt: str, station: str, ring_s: float = ..., by: str = ...) -> PromptCall:
        """Call a station to record a prompt there (录制提示音).

        prompt: its name, such as zh/notice; new or not
        station: the station that is called
        ring_s: how long it may go unanswered, in seconds
        by: who orders it; the journal keeps it
        """

class QueueVerbs:
    async def add(self, *, call_id: str, queue: str) -> WaitView:
        """Let a caller wait in one more queue.

        call_id: the call that waits
        queue: the queue's name
        """

    async def callback(self, *, call_id: str | None = ..., numbers: _list[str] = ..., station: str | None = ..., queues: _list[str] = ..., priority: int | None = ..., require: str = ..., access_code: str = ..., contact_id: str = ...) -> CallbackView:
        """Have a customer called back who waits, or who has not called; one for a number and queue.

        call_id: the call that waits; it is ended
        numbers: where to call, the best first; empty: at the caller's own number
        station: who gives these numbers, at this station: those it may not dial itself are refused
        queues: without a call: the queues to wait in; the first one's rules hold
        priority: without a call: the customer's level
        require: without a call: what is asked of an agent
        access_code: without a call: on whose behalf the customer is called
        contact_id: without a call: the customer's visit; empty: a new one
        """

    async def callbacks(self, *, tenant: str | None = ..., queue: str | None = ...) -> _list[CallbackView]:
        """Who is to be called back.

        tenant: only what this tenant has; empty: the house; absent: all
        queue: only those of this queue
        """

    async def cancel_callback(self, *, callback_id: str) -> CallbackView:
        """Call a customer back no more.

        callback_id: the callback
        """

    async def change_caller(self, *, call_id: str, priority: int | None = ..., require: str | None = ..., tags: _list[str] | None = ...) -> WaitView:
        """Give one who waits another priority, requirement or other tags.

        call_id: the call that waits
        priority: the caller's level
        require: what the caller asks of an agent; empty: nothing
        tags: the customer's tags, in place of all there were
        """

    async def explain(self, *, call_id: str, limit: int = ...) -> CallerExplained:
        """Why a caller waits: who could be rung, in which order, and what removes the others.

        call_id: the call that waits
        limit: at most so many agents of each queue
        """

    async def list(self, *, tenant: str | None = ...) -> _list[QueueView]:
        """The queues: callers, agents, calls since the start.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def move_caller(self, *, call_id: str, queue: str) -> WaitView:
        """Let a caller wait in another queue instead, without losing the turn.

        call_id: the call that waits
        queue: the queue's name
        """

    async def remove(self, *, call_id: str, queue: str) -> WaitView:
        """Let a caller wait in one queue less.

        call_id: the call that waits
        queue: the queue's name
        """

    async def waiting(self, *, queue: str) -> _list[EntryView]:
        """Who waits in a queue, in order.

        queue: the queue's name
        """

class RecordingVerbs:
    async def convert(self, *, recording_id: str) -> RecordingPlace:
        """Convert an older recording.

        recording_id: the recording's id, or its beginning; it may still run
        """

    async def delete(self, *, recording_id: str, by: str = ..., reason: str) -> RecordingState:
        """Delete a recording that is over.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        reason: why, in 1 to 200 characters
        """

    async def hold(self, *, recording_id: str, by: str = ..., reason: str) -> NotedView:
        """Let a recording not be deleted: a legal hold.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        reason: why, in 1 to 200 characters
        """

    async def link(self, *, recording_id: str, for_s: int = ..., who: str = ...) -> LinkView:
        """Make a link by which a browser plays a recording.

        recording_id: the whole id of the recording, which may still run
        for_s: how long it is good, in seconds
        who: for whom it is; the journal tells who listened
        """

    async def list(self, *, tenant: str | None = ..., caller: str | None = ..., called: str | None = ..., agent: str | None = ..., station: str | None = ..., queue: str | None = ..., trunk: str | None = ..., contact_id: str | None = ..., call_id: str | None = ..., since: float | None = ..., until: float | None = ..., tag: str | None = ..., rating_min: int | None = ..., longer_than_s: float | None = ..., shorter_than_s: float | None = ..., state: Literal['completed', 'failed', 'deleted'] | None = ..., held: bool | None = ..., limit: int = ..., after: str | None = ...) -> RecordingPage:
        """Find recordings that are over, newest first.

        tenant: only what this tenant has; empty: the house; absent: all
        caller: the customer's number
        called: the number the customer dialled
        agent: an agent who was heard in it
        station: a station or outside number that was heard in it
        queue: the last queue the customer waited in
        trunk: the trunk by which the customer came or was called
        contact_id: the customer's visit
        call_id: the call it began in
        since: a moment; it began then or later
        until: a moment; it began before
        tag: a tag it has
        rating_min: 1 to 5, or better
        longer_than_s: a number of seconds
        shorter_than_s: a number of seconds
        state: completed, failed, deleted
        held: true: held ones only, false: others only
        limit: how many at most, 1 to 1000
        after: the `next` of the page before
        """

    async def move(self, *, recording_id: str, by: str = ...) -> RecordingPlace:
        """Move a recording to the second tier now.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        """

    async def play(self, *, recording_id: str, station: str, channel: str = ..., from_s: float = ..., ring_s: float = ..., who: str = ...) -> ListeningCall:
        """Call a station and play a recording to it.

        recording_id: the recording's id, or its beginning; it may still run
        station: the station that is called
        channel: both, customer, or agent
        from_s: where to begin, in seconds
        ring_s: how long it may go unanswered, in seconds
        who: who listens; the journal keeps it
        """

    async def rate(self, *, recording_id: str, by: str = ..., rating: int) -> NotedView:
        """Rate a recording.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        rating: 1 to 5, the best
        """

    async def release(self, *, recording_id: str, by: str = ..., reason: str) -> NotedView:
        """End a hold.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        reason: why, in 1 to 200 characters
        """

    async def show(self, *, recording_id: str) -> RecordingDetails:
        """All that is known of one recording.

        recording_id: the recording's id, or its beginning; it may still run
        """

    async def tag(self, *, recording_id: str, by: str = ..., tag: str) -> NotedView:
        """Put a tag on a recording.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        tag: 1 to 64 characters, no space at either end
        """

    async def untag(self, *, recording_id: str, by: str = ..., tag: str) -> NotedView:
        """Take a tag off a recording.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        tag: 1 to 64 characters, no space at either end
        """

class RegistrationVerbs:
    async def list(self, *, tenant: str | None = ..., station: str | None = ..., after: str = ..., limit: int = ...) -> RegistrationPage:
        """Registered contacts, page by page.

        tenant: only what this tenant has; empty: the house; absent: all
        station: only this station's
        after: stations whose name comes after this one
        limit: at most so many stations
        """

    async def remove(self, *, station: str, contact: str | None = ...) -> _list[ContactView]:
        """Forget where a station is.

        station: the name the phone registers with
        contact: only this one, as registration.list names it
        """

class SessionVerbs:
    async def authenticate(self, *, token: str = ..., agent: str = ..., password: str = ..., tenant: str = ...) -> CallerView:
        """Show who this client is; it is that from then on.

        token: the secret of a token
        agent: in place of it: the agent's number (工号)
        password: the agent's password
        tenant: whose agent it is; empty: the house's
        """

    async def ping(self) -> CallerView:
        """Tell who this client is."""

class SipVerbs:
    async def reload_certificates(self) -> CertificatesView:
        """Read the certificates of TLS anew; those of now stay when the new ones are no good."""

class SpeechVerbs:
    async def engines(self) -> _list[EngineView]:
        """Tell which engines of speech there are."""

    async def make(self, *, text: str, language: str, voice: str = ..., call_id: str | None = ...) -> SpeechView:
        """Make a prompt of a text (TTS).

        text: what is said
        language: its language, such as zh or en
        voice: a name that speech.engines gives a voice
        call_id: the call it is for, for the events
        """

class SpeechServerVerbs:
    async def list(self) -> _list[SpeechServerView]:
        """The speech servers, and how they are."""

class StationVerbs:
    async def list(self, *, tenant: str | None = ...) -> _list[ContactView]:
        """The stations' registered contacts.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    async def record(self, *, station: str, ring_s: float = ..., by: str = ...) -> CounterCall:
        """Record what is said at a station (柜台录音).

        station: the station, as it is configured
        ring_s: how long it may go unanswered, in seconds
        by: who orders it; the journal keeps it
        """

    async def resync(self, *, station: str, reboot: bool = ...) -> ResyncView:
        """Have the phones of a station fetch their settings anew (check-sync).

        station: the station, as it is configured
        reboot: whether the phones shall start anew, too
        """

    async def stop_recording(self, *, station: str) -> CounterRecorded:
        """End the recording at a station.

        station: the station, as it is configured
        """

class SwitchVerbs:
    async def status(self) -> StatusView:
        """What the switch is doing, in numbers."""

class TenantVerbs:
    async def change(self, *, tenant: str, keys: _dict[str, Any], check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Give a tenant another title, other limits ….

        tenant: the tenant
        keys: of [tenant]; null takes a key out; others stay
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

    async def create(self, *, tenant: str, domain: str = ..., title: str = ..., template: str = ..., keys: _dict[str, Any] = ..., changes: _list[OneChange] = ..., check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Make a tenant, with all it has, at once.

        tenant: its name: 1 to 24 of a-z, 0-9 and _
        domain: where its stations register
        title: its name for people
        template: a file of tenants.templates, by its name; empty: none
        keys: further keys of [tenant], such as calls
        changes: what it has: access codes, stations, queues, agents …, as in configuration.change
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

    async def list(self) -> _list[TenantSummary]:
        """The tenants, and how busy each is."""

    async def remove(self, *, tenant: str, check: bool = ..., by: str = ..., why: str = ..., drain: bool = ...) -> ChangedConfiguration:
        """Take a tenant out; recordings are kept.

        tenant: the tenant
        check: only tell what would change
        by: who wants it
        why: what it is about
        drain: whether to wait for its calls: it gets no new ones, and is removed when they are over
        """

    async def resume(self, *, tenant: str, check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Let a suspended tenant have calls again.

        tenant: the tenant
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

    async def show(self, *, tenant: str) -> TenantDetails:
        """A tenant, its limits and their use.

        tenant: the tenant
        """

    async def suspend(self, *, tenant: str, check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Let a tenant have no new calls; those up go on.

        tenant: the tenant
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

class TrunkVerbs:
    async def disable(self, *, trunk: str) -> TrunkView:
        """Let a trunk carry no new calls, and take its registration back.

        trunk: the trunk, by its name in the configuration
        """

    async def enable(self, *, trunk: str) -> TrunkView:
        """Let a trunk carry calls, and register there.

        trunk: the trunk, by its name in the configuration
        """

    async def list(self) -> _list[TrunkView]:
        """All trunks: state, calls, addresses."""

    async def show(self, *, trunk: str) -> TrunkDetails:
        """One trunk with its limits and registration.

        trunk: the trunk, by its name in the configuration
        """

class VerbVerbs:
    async def list(self) -> _list[VerbView]:
        """List all verbs."""

class SyncAgentVerbs:
    def approve_leave(self, *, agent: str, by: str) -> AgentView:
        """Let an agent go who asked for leave.

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    def ask_leave(self, *, agent: str, reason: str) -> AgentView:
        """Ask to go away for a while (离席).

        agent: the agent's number (工号)
        reason: why, such as 午休 or paperwork
        """

    def confirm_message(self, *, agent: str, message_id: str) -> ConfirmedView:
        """Tell that the agent's desktop shows a text.

        agent: the agent's number (工号)
        message_id: the text, as agent.message told it
        """

    def deny_leave(self, *, agent: str, by: str) -> AgentView:
        """Let an agent not go who asked for leave.

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    def end_wrap_up(self, *, agent: str) -> AgentView:
        """Be done with wrap-up.

        agent: the agent's number (工号)
        """

    def explain(self, *, agent: str) -> AgentExplained:
        """What keeps calls from an agent, and whose turn it is when nothing does.

        agent: the agent's number (工号)
        """

    def extend_wrap_up(self, *, agent: str, extend_s: float) -> AgentView:
        """Let wrap-up take longer.

        agent: the agent's number (工号)
        extend_s: so many seconds more
        """

    def figures(self, *, agent: str) -> FiguresView:
        """What an agent has done in this shift.

        agent: the agent's number (工号)
        """

    def follow(self, *, by: str, station: str = ..., agent: str, mode: Literal['monitor', 'whisper', 'barge'] = ..., ring_s: float = ...) -> SupervisorView:
        """Stay with an agent from call to call.

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        agent: the agent's number
        mode: monitor, whisper or barge, at each call
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    def force_not_ready(self, *, agent: str, reason: str, by: str) -> AgentView:
        """Make an agent not ready (强制示忙), at once or after the present call.

        agent: the agent's number (工号)
        reason: why, such as 午休 or paperwork
        by: the supervisor, as events tell it
        """

    def force_ready(self, *, agent: str, by: str) -> AgentView:
        """Make an agent ready (强制示闲).

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    def force_sign_out(self, *, agent: str, by: str) -> AgentView:
        """End an agent's shift (强制签出).

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    def list(self, *, tenant: str | None = ...) -> _list[AgentView]:
        """All agents and what they are doing.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def messages(self, *, agent: str) -> _list[MessageView]:
        """The latest texts of an agent.

        agent: the agent's number (工号)
        """

    def move(self, *, agents: _list[str], join: _list[str] = ..., leave: _list[str] = ...) -> _list[AgentView]:
        """Let several agents join queues and leave others, at once.

        agents: the agents' numbers (工号)
        join: queues to serve besides, if they do not yet
        leave: queues to serve no more, if they do
        """

    def not_ready(self, *, agent: str, reason: str) -> AgentView:
        """Let no calls come (示忙), after the present.

        agent: the agent's number (工号)
        reason: why, such as 午休 or paperwork
        """

    def ready(self, *, agent: str) -> AgentView:
        """Let calls come (示闲); ends wrap-up.

        agent: the agent's number (工号)
        """

    def reasons(self) -> ReasonsView:
        """The reasons for being not ready."""

    def release(self, *, agent: str, by: str) -> AgentView:
        """End the call an agent has (强拆).

        agent: the agent's number (工号)
        by: the supervisor, as events tell it
        """

    def send_message(self, *, agents: _list[str] = ..., queues: _list[str] = ..., tags: _list[str] = ..., everybody: bool = ..., tenant: str | None = ..., text: str, by: str, importance: Importance = ...) -> acd__messages__verbs__SentView:
        """Send agents a text (信使): now, or when they sign in.

        agents: agents by number
        queues: queues, whose agents get it
        tags: groups: agents who have one of these tags
        everybody: whether all agents get it
        tenant: whose agents are meant by tags and everybody; empty: the house's
        text: the text, in any language
        by: who sends it, as agents are told
        importance: normal; or high: desktops show it until it is confirmed
        """

    def set_auto_answer(self, *, agent: str, on: bool) -> AgentView:
        """Have the agent's phone answer by itself (自动应答), or no longer.

        agent: the agent's number (工号)
        on: whether it shall, from the next call of a queue on
        """

    def set_queues(self, *, agent: str, queues: _list[str]) -> AgentView:
        """Other queues to serve, at once.

        agent: the agent's number (工号)
        queues: the queues, in place of all there were
        """

    def set_skills(self, *, agent: str, skills: _dict[str, int] | None = ..., tags: _list[str] | None = ...) -> AgentView:
        """Other skills and tags, at once.

        agent: the agent's number (工号)
        skills: skill → level, in place of all there were
        tags: in place of all there were
        """

    def sign_in(self, *, agent: str, station: str, force: bool = ...) -> AgentView:
        """Seat an agent (签入), not ready at first.

        agent: the agent's number (工号)
        station: the station, by the name it registers with
        force: whether to take the seat over, or to come from another station
        """

    def sign_out(self, *, agent: str, force: bool = ...) -> AgentView:
        """End an agent's shift (签出).

        agent: the agent's number (工号)
        force: whether to end it in spite of a call, as soon as that is over, or of items in hand
        """

    def take_back_leave(self, *, agent: str) -> AgentView:
        """Ask no longer.

        agent: the agent's number (工号)
        """

class SyncAlarmVerbs:
    def acknowledge(self, *, alarm_id: str, by: str, note: str = ...) -> RaisedView:
        """Say that somebody knows of an alarm: it is not repeated any more.

        alarm_id: the id it was raised with
        by: who knows of it
        note: what is done about it
        """

    def history(self, *, tenant: str | None = ..., alarm: str = ..., limit: int = ...) -> _list[PastView]:
        """The alarms there were, the newest first, from the database.

        tenant: only what this tenant has; empty: the house; absent: all
        alarm: of this name; empty: all
        limit: how many at most, 1 to 1000
        """

    def list(self, *, tenant: str | None = ...) -> AlarmsView:
        """The alarms (告警) of the configuration, and those that are raised.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def silence(self, *, alarm: str, subject: str = ..., for_s: float, by: str, reason: str = ...) -> SilenceView:
        """Tell services nothing of an alarm for a while.

        alarm: the alarm, by its name in the configuration
        subject: of this one alone; empty: of all
        for_s: so long; 0 ends a silence
        by: who wants it
        reason: why
        """

class SyncBanVerbs:
    def add(self, *, source: str, reason: str = ..., duration_s: float | None = ...) -> BanView:
        """Hear nothing from a source any more.

        source: an IP address; of IPv6 its network of 64 bits is banned
        reason: why
        duration_s: a number of seconds, or null: until it is lifted
        """

    def lift(self, *, source: str) -> BanView:
        """Hear a source again.

        source: the source, as ban.list names it
        """

    def list(self) -> _list[BanView]:
        """The sources that are not heard, the newest ban first."""

class SyncCalendarVerbs:
    def list(self, *, tenant: str | None = ...) -> _list[CalendarView]:
        """All calendars: open or closed, and until when.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def override(self, *, calendar: str, state: Literal['open', 'closed', 'hours'], until: str | None = ..., reason: str = ..., by: str = ...) -> CalendarView:
        """Open or close a calendar by hand, or no longer.

        calendar: the calendar, by its name in the configuration
        state: hours: as its hours say
        until: a moment (ISO 8601; without an offset by the calendar's clock), or null: until it is given back to its hours
        reason: why
        by: who says so
        """

    def show(self, *, calendar: str, days: int = ...) -> CalendarDetails:
        """One calendar, day by day, with its changes.

        calendar: the calendar, by its name in the configuration
        days: so many days are told, from today on
        """

class SyncCallVerbs:
    def __call__(self, verb: str, /, **params: object) -> Any: ...

    def add_party(self, *, call_id: str, whom: str, by: str = ...) -> PartyView:
        """Ring one more, to talk with both who talk.

        call_id: the call, as call.list names it
        whom: station:<name> or number:<digits>
        by: who wants it, as events tell it
        """

    def answer(self, *, call_id: str, station: str = ...) -> CallView:
        """Answer a call, or have a phone do so.

        call_id: the call, as call.list names it
        station: whose phone rings and is to answer, where it understands that; empty: the call itself
        """

    def barge(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Be heard by both who talk (插入).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    def cancel_consultation(self, *, call_id: str) -> CallView:
        """Go back to the customer, without who is consulted.

        call_id: the call, as call.list names it
        """

    def collect(self, *, call_id: str, max_digits: int, min_digits: int = ..., terminators: str = ..., first_s: float = ..., between_s: float = ..., prompts: _list[str] = ..., masked: bool = ..., side: Literal['customer', 'station'] = ...) -> CollectionView:
        """Take keys of a call.

        call_id: the call, as call.list names it
        max_digits: so many end it
        min_digits: fewer are told to be not enough
        terminators: keys of which each ends it
        first_s: how long the first may take, from the end of the prompts on
        between_s: how long the next may take
        prompts: played first; a key ends it
        masked: whether nobody else may know them, such as those of a PIN
        side: whose keys
        """

    def complete_transfer(self, *, call_id: str) -> CallView:
        """Leave the customer to who is consulted.

        call_id: the call, as call.list names it
        """

    def consult(self, *, call_id: str, target: str, station: str = ...) -> ConsultedView:
        """Talk with somebody about a call (咨询).

        call_id: the call, as call.list names it
        target: agent:<number>, queue:<name>, station:<name>, number:<digits> or flow:<name>
        station: the station whose wish it is; empty: the one that serves the customer
        """

    def drop_party(self, *, call_id: str, party_id: str) -> PartyView:
        """Let go of one who was added.

        call_id: the call, as call.list names it
        party_id: the party, as call.parties names it
        """

    def get_data(self, *, call_id: str) -> DataView:
        """The data noted of a call's contact.

        call_id: the call, as call.list names it
        """

    def hang_up(self, *, call_id: str, cause: Cause = ..., leg: Literal['both', 'customer', 'station'] = ...) -> CallView:
        """End a call with all its legs, or one of them.

        call_id: the call, as call.list names it
        cause: what all who talk, and records, are told; such as NORMAL_CLEARING
        leg: whose leg ends; what becomes of the other decides who has the call, such as a queue
        """

    def hold(self, *, call_id: str, station: str = ..., by_phone: bool = ...) -> CallView:
        """Let the other end of a station hear music.

        call_id: the call, as call.list names it
        station: the station that holds; empty: the one that serves the customer
        by_phone: whether its phone shall do it as if its key were pressed, where it understands that
        """

    def intercept(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Take a call over from the agent (拦截).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    def join(self, *, call_id: str) -> CallView:
        """Let all three talk (三方).

        call_id: the call, as call.list names it
        """

    def join_calls(self, *, call_id: str, from_call_id: str, by: str = ...) -> PartyView:
        """Make three of a call and a consultation.

        call_id: the call, as call.list names it
        from_call_id: the other call; who is in it joins the first
        by: who wants it, as events tell it
        """

    def list(self, *, tenant: str | None = ...) -> _list[CallView]:
        """The calls that are up, oldest first.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def mask_digits(self, *, call_id: str, max_s: float = ...) -> MaskView:
        """Hide a customer's keys and voice from all others.

        call_id: the call, as call.list names it
        max_s: seconds after which a mask that was forgotten ends by itself
        """

    def masked_digits(self, *, mask_id: str) -> MaskedDigits:
        """The keys pressed behind a mask so far.

        mask_id: the mask, as call.mask_digits answered
        """

    def monitor(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Hear both who talk, unheard (监听).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

    def mute(self, *, call_id: str, side: Literal['customer', 'station'] = ..., by: str = ...) -> MuteView:
        """Let one side of a call be heard by nobody.

        call_id: the call, as call.list names it
        side: who is not heard
        by: who wants it, as events tell it
        """

    def mute_party(self, *, call_id: str, party_id: str, by: str = ...) -> PartyView:
        """Let one who was added be heard by nobody.

        call_id: the call, as call.list names it
        party_id: the party, as call.parties names it
        by: who wants it, as events tell it
        """

    def originate(self, *, whom: str, target: str, ring_s: float = ..., shown_number: str | None = ..., shown_name: str = ..., caller_number: str = ..., caller_name: str = ..., access_code: str = ..., contact_id: str = ..., auto_answer: bool = ..., data: _dict[str, Any] = ..., tenant: str = ...) -> PlacedView:
        """Call an agent, station or number, and give the call to a target when it is answered.

        whom: who is called first: agent:<number>, station:<name> or number:<digits>
        target: what gets the call when it is answered, such as queue:service or number:<digits>
        ring_s: how long it may go unanswered, in seconds
        shown_number: the number that whom is called sees; absent: the phone it is for, or the access code
        shown_name: the name beside it
        caller_number: the customer's number, if it is another than the one called
        caller_name: the customer's name
        access_code: the access code on whose behalf it is; empty for none
        contact_id: the customer's visit that it belongs to; empty: a new one
        auto_answer: whether the station's phone is asked to answer by itself
        data: call data of the contact from the start, which flows name as data.<name>
        tenant: the tenant whose call it is; empty: whose objects it names
        """

    def park(self, *, call_id: str, slot: str = ..., station: str = ..., return_after_s: float = ..., way_out: str = ...) -> ParkedView:
        """Let a customer wait in a slot (驻留).

        call_id: the call, as call.list names it
        slot: up to six digits; empty: the lowest free from 701 on
        station: who parks; empty: the station that serves the customer
        return_after_s: after how long the call goes back to that station
        way_out: who gets it when the station does not take it back; empty: it is parked again
        """

    def parties(self, *, call_id: str) -> _list[PartyView]:
        """Who was added to a call.

        call_id: the call, as call.list names it
        """

    def pause_recording(self, *, call_id: str, channel: Literal['both', 'customer', 'agent'] = ...) -> RecordedCall:
        """Record silence instead of what is said; the recording's clock goes on.

        call_id: the call, as call.list names it
        channel: customer, agent, or both: what is not to be recorded
        """

    def pick_up(self, *, call_id: str = ..., slot: str = ..., station: str) -> CallView:
        """Take a call that waits or rings.

        call_id: the call; empty when slot names it
        slot: the slot in which it is parked
        station: the station that rings for it instead
        """

    def play(self, *, call_id: str, prompts: _list[str], to: Literal['customer', 'station', 'both'] = ..., times: int = ..., barge_in: bool = ..., over: bool = ...) -> PlaybackView:
        """Play prompts in a call.

        call_id: the call, as call.list names it
        prompts: names in the prompt library, such as zh/greeting
        to: who hears it
        times: how often; 0: until call.stop_playing
        barge_in: whether a key of whoever hears it ends it
        over: laid over what is heard otherwise, once, to its end; else in place of that
        """

    def recognise(self, *, call_id: str, grammars: _list[str], language: str = ..., barge_in: bool = ..., prompt_plays: bool = ..., no_input_ms: int = ..., longest_ms: int = ..., silence_ms: int = ..., confidence: float = ...) -> SpeechRequest:
        """Have one understand what is said next.

        call_id: the call, as call.list names it
        grammars: each a URI such as builtin:speech/transcribe, or a whole grammar (SRGS, JSGF)
        language: such as zh or en-GB; empty: as the server
        barge_in: whether speech ends a prompt that plays
        prompt_plays: whether silence counts only from the end of what plays now
        no_input_ms: how long nothing may be said
        longest_ms: how long may be spoken
        silence_ms: after so long a pause it is over
        confidence: what is less certain is no match
        """

    def record(self, *, call_id: str) -> RecordedCall:
        """Record a call from now on.

        call_id: the call, as call.list names it
        """

    def redirect(self, *, call_id: str, target: str) -> CallView:
        """Lead a call elsewhere that talks to nobody.

        call_id: the call, as call.list names it
        target: who gets it, such as agent:1001 or queue:service; sip:… outside, before it is answered
        """

    def reject(self, *, call_id: str, cause: Cause = ...) -> CallView:
        """Turn away a call before it is answered.

        call_id: the call, as call.list names it
        cause: such as USER_BUSY, CALL_REJECTED, UNALLOCATED_NUMBER: what the caller is told
        """

    def resume_recording(self, *, call_id: str) -> RecordedCall:
        """Record what is said again.

        call_id: the call, as call.list names it
        """

    def retrieve(self, *, call_id: str, station: str = ..., by_phone: bool = ...) -> CallView:
        """End the hold that call.hold began.

        call_id: the call, as call.list names it
        station: the station that holds; empty: the one that serves the customer
        by_phone: whether its phone shall do it as if its key were pressed, where it understands that
        """

    def say(self, *, call_id: str, text: str, language: str = ..., voice: str = ..., to: Literal['customer', 'station', 'both'] = ..., barge_in: bool = ...) -> PlaybackView:
        """Say a text in a call (TTS).

        call_id: the call, as call.list names it
        text: what is said
        language: such as zh or en
        voice: a name that speech.engines gives a voice
        to: who hears it
        barge_in: whether a key of whoever hears it ends it
        """

    def send_digits(self, *, call_id: str, digits: str, to: Literal['customer', 'station'] = ..., press_ms: int = ..., pause_ms: int = ...) -> switch__call_media__verbs__SentView:
        """Press keys on a line of a call.

        call_id: the call, as call.list names it
        digits: 0-9, A-D, * and #; a comma is a pause of a second
        to: who hears them
        press_ms: how long each is pressed
        pause_ms: how long nothing is, after each
        """

    def set_data(self, *, call_id: str, data: _dict[str, Any] = ..., remove: _list[str] = ...) -> DataView:
        """Note data of a call's contact, which travel with it.

        call_id: the call, as call.list names it
        data: names with texts, numbers, true, false or flat lists of these; others keep their values
        remove: names that shall have no value any more
        """

    def show(self, *, call_id: str) -> CallDetails:
        """One call with its legs and how they sound.

        call_id: the call, as call.list names it
        """

    def speak(self, *, call_id: str, text: str, language: str = ..., voice: str = ..., barge_in: bool = ...) -> SpeechRequest:
        """Have a speech server say a text to the customer.

        call_id: the call, as call.list names it
        text: plain, or a document of SSML
        language: such as zh or en-GB; empty: as the server
        voice: as the server calls it; empty: its usual
        barge_in: whether a key, or speech that is recognised, ends it
        """

    def stop_collecting(self, *, collect_id: str) -> CollectionName:
        """Take no more keys.

        collect_id: as call.collect answered
        """

    def stop_playing(self, *, call_id: str) -> StoppedView:
        """End what programs play in a call.

        call_id: the call, as call.list names it
        """

    def stop_recording(self, *, call_id: str) -> RecordedCall:
        """Finish the recording of a call.

        call_id: the call, as call.list names it
        """

    def stop_speech(self, *, call_id: str, request_id: str) -> SpeechRequest:
        """Give up what one of them does.

        call_id: the call it is for
        request_id: as call.speak or call.recognise answered
        """

    def stop_supervising(self, *, by: str, station: str = ...) -> SupervisorView:
        """Leave; the two talk on.

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        """

    def supervisors(self, *, tenant: str | None = ...) -> _list[SupervisorView]:
        """Who supervises whom, the first one first.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def take_digits(self, *, collect_id: str) -> TakenDigits:
        """The masked keys of a collection that is over, once.

        collect_id: as call.collect answered
        """

    def toggle(self, *, call_id: str) -> CallView:
        """Talk with the other of the two (切换).

        call_id: the call, as call.list names it
        """

    def transfer(self, *, call_id: str, target: str, station: str = ..., hold: bool = ...) -> CallView:
        """Pass a call on (转接).

        call_id: the call, as call.list names it
        target: agent:<number>, queue:<name>, station:<name>, number:<digits> or flow:<name>
        station: the station whose wish it is; empty: the one that serves the customer
        hold: whether the other end hears music while a phone rings, not who transfers
        """

    def unmask_digits(self, *, mask_id: str) -> MaskedDigits:
        """End a mask and take its keys.

        mask_id: the mask, as call.mask_digits answered
        """

    def unmute(self, *, call_id: str, side: Literal['customer', 'station'] = ..., by: str = ...) -> MuteView:
        """Let it be heard by all again.

        call_id: the call, as call.list names it
        side: who is not heard
        by: who wants it, as events tell it
        """

    def unmute_party(self, *, call_id: str, party_id: str, by: str = ...) -> PartyView:
        """Let them be heard by all again.

        call_id: the call, as call.list names it
        party_id: the party, as call.parties names it
        by: who wants it, as events tell it
        """

    def whisper(self, *, by: str, station: str = ..., call_id: str = ..., agent: str = ..., ring_s: float = ...) -> SupervisorView:
        """Be heard by the agent alone (耳语).

        by: the supervisor, as events tell it
        station: the supervisor's phone; absent: where the agent of the number by is signed in
        call_id: the call, as call.list names it
        agent: or the agent who has it
        ring_s: how long the supervisor's phone may go unanswered, in seconds
        """

class SyncConfigurationVerbs:
    def change(self, *, changes: _list[OneChange], check: bool = ..., by: str = ..., why: str = ..., acting_for: str = ...) -> ChangedConfiguration:
        """Several such changes at once: all of them or none.

        changes: each with section, name, tenant, and keys or remove = true
        check: only tell what would change
        by: who wants it
        why: what it is about
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        """

    def diff(self, *, version: int | None = ..., since: int | None = ..., tenant: str | None = ..., acting_for: str = ...) -> _list[DifferenceView]:
        """What a version of the configuration changed.

        version: absent: what was changed by hand and not read yet
        since: an earlier version; absent: the one before it
        tenant: only its file; empty: the house's; absent: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        """

    def history(self, *, tenant: str | None = ..., acting_for: str = ..., limit: int = ...) -> _list[VersionView]:
        """The versions of the configuration, the newest first.

        tenant: only its file; empty: the house's; absent: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        limit: so many at most, the newest
        """

    def reload(self, *, check: bool = ..., by: str = ...) -> ReloadedConfiguration:
        """Read the configuration anew and go by it; one with a mistake changes nothing.

        check: only tell what would change
        by: who wants it
        """

    def remove(self, *, section: str, name: str = ..., check: bool = ..., by: str = ..., why: str = ..., acting_for: str = ..., tenant: str = ...) -> ChangedConfiguration:
        """Take an agent, a queue … out of the configuration.

        section: such as agents, queues or tenant
        name: which agent, queue …; empty for what is there once, such as acd
        check: only tell what would change
        by: who wants it
        why: what it is about
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        tenant: whose file; empty: the house's own
        """

    def set(self, *, section: str, name: str = ..., keys: _dict[str, Any], check: bool = ..., by: str = ..., why: str = ..., acting_for: str = ..., tenant: str = ...) -> ChangedConfiguration:
        """Add an agent, a queue … to the configuration, or change keys of it.

        section: such as agents, queues or tenant
        name: which agent, queue …; empty for what is there once, such as acd
        keys: keys with values; null takes a key out; others stay
        check: only tell what would change
        by: who wants it
        why: what it is about
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        tenant: whose file; empty: the house's own
        """

    def show(self, *, section: str = ..., name: str = ..., acting_for: str = ..., tenant: str = ...) -> _list[ObjectView]:
        """What stands in the configuration, without secrets.

        section: such as agents; empty: all
        name: which agent, queue …; empty: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        tenant: whose file; empty: the house's own
        """

    def undo(self, *, to: int | None = ..., check: bool = ..., by: str = ..., why: str = ..., tenant: str | None = ..., acting_for: str = ...) -> ChangedConfiguration:
        """Go back to the version before the last change, or to another.

        to: the version; absent: what was before the last change
        check: only tell what would change
        by: who wants it
        why: what it is about
        tenant: only its file; empty: the house's; absent: all
        acting_for: the tenant whose bounds hold, for clients that act for one; empty: the house
        """

class SyncEventVerbs:
    def snapshot(self, *, topics: _list[str] = ..., coalesce: bool = ...) -> SnapshotView:
        """How everything stands, and the events from there on.

        topics: events to be told from the picture on, as event.subscribe
        coalesce: of events that tell a state, only the latest of each when this client is slow
        """

    def subscribe(self, *, topics: _list[str], after: int | None = ..., run: str | None = ..., coalesce: bool = ...) -> FollowingView:
        """Send this client the events of these topics, from now on or from where it was.

        topics: `*`, or `call.*`, or a whole topic; several at once.
        after: sequence of the last event this client has; those since come first
        run: the run of the switch that `after` is of; needed with it
        coalesce: of events that tell a state, only the latest of each when this client is slow
        """

    def unsubscribe(self, *, topics: _list[str]) -> TopicsView:
        """Send this client the events of these topics no longer.

        topics: `*`, or `call.*`, or a whole topic; several at once.
        """

class SyncFlowVerbs:
    def history(self, *, flow: str) -> FlowHistory:
        """The published versions of a flow.

        flow: the flow
        """

    def list(self, *, tenant: str | None = ...) -> _list[FlowView]:
        """The flows, what runs of them, and how many calls are in each.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def nodes(self, *, flow: str) -> FlowNodes:
        """How many callers are at each node of a flow now.

        flow: the flow
        """

    def publish(self, *, flow: str, share: float = ..., by: str = ..., note: str = ...) -> PublishedFlow:
        """Let callers go through a flow as it is written.

        flow: the flow
        share: of the callers, to try it; 1: for all
        by: who wants it
        note: what it is about
        """

    def rollback(self, *, flow: str, to: int | None = ..., by: str = ...) -> PublishedFlow:
        """Let an earlier version of a flow run.

        flow: the flow
        to: the version; 0: the document in the folder; absent: what ran before
        by: who wants it
        """

    def share(self, *, flow: str, share: float, by: str = ...) -> PublishedFlow:
        """Try a version on another share of the callers.

        flow: the flow
        share: of the callers; 1: for all, the trial is over
        by: who wants it
        """

class SyncHookVerbs:
    def answer(self, *, hook_id: str, data: Any = ...) -> AnsweredHook:
        """Answer what a flow asked by hook.asked.

        hook_id: as hook.asked named it
        data: plain data for the flow, 16 KiB as JSON at most
        """

class SyncItemVerbs:
    def accept(self, *, item: str, agent: str) -> ItemState:
        """An agent takes an item that is offered.

        item: the item's id, given by whoever brought it
        agent: the agent's number (工号)
        """

    def finish(self, *, item: str, agent: str) -> ItemState:
        """An agent is done with an item.

        item: the item's id, given by whoever brought it
        agent: the agent's number (工号)
        """

    def list(self, *, tenant: str | None = ..., agent: str | None = ..., queue: str | None = ...) -> _list[ItemView]:
        """The chats, mails and other items there are.

        tenant: only what this tenant has; empty: the house; absent: all
        agent: those offered to this agent or in hand there
        queue: those waiting in this queue
        """

    def reject(self, *, item: str, agent: str) -> ItemState:
        """An agent does not take it; others are asked.

        item: the item's id, given by whoever brought it
        agent: the agent's number (工号)
        """

    def submit(self, *, item: str, medium: str, queues: _list[str], contact_id: str = ..., customer: str = ..., priority: int | None = ..., require: str = ..., preferred: _list[str] = ..., preferred_wait_s: float = ..., tags: _list[str] = ..., data: _dict[str, str] = ...) -> ItemState:
        """Let a chat, mail or other item wait.

        item: the item's id, given by whoever brought it
        medium: chat, mail, video or any other name; agents have a capacity for each
        queues: in which it waits at once
        contact_id: the customer's visit; the item's id if empty
        customer: the customer's number or name
        priority: level; else the queue's
        require: what it asks of an agent, such as lang:en
        preferred: agents to be asked first
        preferred_wait_s: so long they alone are asked
        tags: what is known of the customer
        data: for the agent's desktop, at most 4096 bytes of names and values
        """

    def withdraw(self, *, item: str) -> ItemState:
        """The customer of an item is gone.

        item: the item's id, given by whoever brought it
        """

class SyncListVerbs:
    def add(self, *, list: str, entries: _list[EntryParams], by: str = ...) -> ListView:
        """Put numbers on a list, or change their entries.

        list: a list of the configuration, or tag:<any tag>
        entries: the numbers
        by: who does it
        """

    def list(self, *, tenant: str | None = ...) -> _list[ListView]:
        """All number lists, and the tags that numbers have.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def lookup(self, *, number: str, tenant: str = ...) -> KnownNumber:
        """What is known of a caller's number now.

        number: as a trunk or a person writes it
        tenant: whose lists; empty: the house's own
        """

    def remove(self, *, list: str, numbers: _list[str], by: str = ...) -> ListView:
        """Take numbers off a list.

        list: a list of the configuration, or tag:<any tag>
        numbers: as they are on the list
        by: who does it
        """

    def show(self, *, list: str, limit: int = ...) -> ListDetails:
        """One list with its entries, the latest change first.

        list: a list of the configuration, or tag:<any tag>
        limit: so many entries are told, those changed last
        """

class SyncLookupVerbs:
    def list(self, *, tenant: str | None = ...) -> _list[ServiceView]:
        """All services that are asked over HTTP.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def try_(self, *, service: str, method: Method = ..., path: str = ..., query: _dict[str, str] = ..., headers: _dict[str, str] = ..., body: Any = ...) -> TriedView:
        """Ask a service once, by hand, as a flow would.

        service: the service, as lookup.list names it
        method: GET, POST, PUT, PATCH or DELETE
        path: what follows its address
        query: a map of names and texts
        headers: a map of names and texts
        body: sent as JSON; absent: no body
        """

class SyncMailboxVerbs:
    def set(self, *, station: str, new: int, old: int = ...) -> MailboxView:
        """Tell a station's phones what messages wait.

        station: the station, as it is configured
        new: voice messages nobody has heard yet
        old: voice messages heard and kept
        """

class SyncMediaVerbs:
    def fork(self, *, call_id: str, url: str, leg: Party = ..., mix: ForkMix = ..., rate_hz: Literal[8000, 16000] = ..., returns: bool = ..., interrupts: bool = ..., reconnects: int = ..., authorization: str = ..., subprotocol: str = ..., details: _dict[str, str] = ...) -> ForkView:
        """Carry a leg's audio to a WebSocket, and back.

        call_id: the call, as call.list names it
        url: the WebSocket, ws:// or wss://
        leg: customer, or station: the phone the customer talks to
        mix: said, heard, mixed, or stereo with what the leg says on the left channel
        rate_hz: samples a second, both ways
        returns: let the leg hear audio that comes back
        interrupts: that audio ends the prompt or music that plays, else it waits for its end
        reconnects: how often a connection that breaks is made again, in a row
        authorization: Authorization header of the handshake
        subprotocol: WebSocket subprotocol to ask for
        details: texts by name for the first message's metadata
        """

    def forks(self) -> _list[ForkView]:
        """The forks under way, oldest first."""

    def unfork(self, *, fork_id: str) -> ForkView:
        """End a fork; the call goes on.

        fork_id: the fork, as media.fork answered or media.forks names it
        """

class SyncMessageVerbs:
    def send(self, *, station: str, text: str, sender: str = ..., sender_name: str = ...) -> TextView:
        """Send a text to the phones of a station.

        station: the station, as it is configured
        text: the text, in any language
        sender: the sender's number as the phone shows it; empty: the switch
        sender_name: the sender's name
        """

class SyncParkVerbs:
    def list(self, *, tenant: str | None = ...) -> _list[ParkedView]:
        """The calls that are parked.

        tenant: only what this tenant has; empty: the house; absent: all
        """

class SyncPromptVerbs:
    def record(self, *, prompt: str, station: str, ring_s: float = ..., by: str = ...) -> PromptCall:
        """Call a station to record a prompt there (录制提示音).

        prompt: its name, such as zh/notice; new or not
        station: the station that is called
        ring_s: how long it may go unanswered, in seconds
        by: who orders it; the journal keeps it
        """

class SyncQueueVerbs:
    def add(self, *, call_id: str, queue: str) -> WaitView:
        """Let a caller wait in one more queue.

        call_id: the call that waits
        queue: the queue's name
        """

    def callback(self, *, call_id: str | None = ..., numbers: _list[str] = ..., station: str | None = ..., queues: _list[str] = ..., priority: int | None = ..., require: str = ..., access_code: str = ..., contact_id: str = ...) -> CallbackView:
        """Have a customer called back who waits, or who has not called; one for a number and queue.

        call_id: the call that waits; it is ended
        numbers: where to call, the best first; empty: at the caller's own number
        station: who gives these numbers, at this station: those it may not dial itself are refused
        queues: without a call: the queues to wait in; the first one's rules hold
        priority: without a call: the customer's level
        require: without a call: what is asked of an agent
        access_code: without a call: on whose behalf the customer is called
        contact_id: without a call: the customer's visit; empty: a new one
        """

    def callbacks(self, *, tenant: str | None = ..., queue: str | None = ...) -> _list[CallbackView]:
        """Who is to be called back.

        tenant: only what this tenant has; empty: the house; absent: all
        queue: only those of this queue
        """

    def cancel_callback(self, *, callback_id: str) -> CallbackView:
        """Call a customer back no more.

        callback_id: the callback
        """

    def change_caller(self, *, call_id: str, priority: int | None = ..., require: str | None = ..., tags: _list[str] | None = ...) -> WaitView:
        """Give one who waits another priority, requirement or other tags.

        call_id: the call that waits
        priority: the caller's level
        require: what the caller asks of an agent; empty: nothing
        tags: the customer's tags, in place of all there were
        """

    def explain(self, *, call_id: str, limit: int = ...) -> CallerExplained:
        """Why a caller waits: who could be rung, in which order, and what removes the others.

        call_id: the call that waits
        limit: at most so many agents of each queue
        """

    def list(self, *, tenant: str | None = ...) -> _list[QueueView]:
        """The queues: callers, agents, calls since the start.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def move_caller(self, *, call_id: str, queue: str) -> WaitView:
        """Let a caller wait in another queue instead, without losing the turn.

        call_id: the call that waits
        queue: the queue's name
        """

    def remove(self, *, call_id: str, queue: str) -> WaitView:
        """Let a caller wait in one queue less.

        call_id: the call that waits
        queue: the queue's name
        """

    def waiting(self, *, queue: str) -> _list[EntryView]:
        """Who waits in a queue, in order.

        queue: the queue's name
        """

class SyncRecordingVerbs:
    def convert(self, *, recording_id: str) -> RecordingPlace:
        """Convert an older recording.

        recording_id: the recording's id, or its beginning; it may still run
        """

    def delete(self, *, recording_id: str, by: str = ..., reason: str) -> RecordingState:
        """Delete a recording that is over.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        reason: why, in 1 to 200 characters
        """

    def hold(self, *, recording_id: str, by: str = ..., reason: str) -> NotedView:
        """Let a recording not be deleted: a legal hold.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        reason: why, in 1 to 200 characters
        """

    def link(self, *, recording_id: str, for_s: int = ..., who: str = ...) -> LinkView:
        """Make a link by which a browser plays a recording.

        recording_id: the whole id of the recording, which may still run
        for_s: how long it is good, in seconds
        who: for whom it is; the journal tells who listened
        """

    def list(self, *, tenant: str | None = ..., caller: str | None = ..., called: str | None = ..., agent: str | None = ..., station: str | None = ..., queue: str | None = ..., trunk: str | None = ..., contact_id: str | None = ..., call_id: str | None = ..., since: float | None = ..., until: float | None = ..., tag: str | None = ..., rating_min: int | None = ..., longer_than_s: float | None = ..., shorter_than_s: float | None = ..., state: Literal['completed', 'failed', 'deleted'] | None = ..., held: bool | None = ..., limit: int = ..., after: str | None = ...) -> RecordingPage:
        """Find recordings that are over, newest first.

        tenant: only what this tenant has; empty: the house; absent: all
        caller: the customer's number
        called: the number the customer dialled
        agent: an agent who was heard in it
        station: a station or outside number that was heard in it
        queue: the last queue the customer waited in
        trunk: the trunk by which the customer came or was called
        contact_id: the customer's visit
        call_id: the call it began in
        since: a moment; it began then or later
        until: a moment; it began before
        tag: a tag it has
        rating_min: 1 to 5, or better
        longer_than_s: a number of seconds
        shorter_than_s: a number of seconds
        state: completed, failed, deleted
        held: true: held ones only, false: others only
        limit: how many at most, 1 to 1000
        after: the `next` of the page before
        """

    def move(self, *, recording_id: str, by: str = ...) -> RecordingPlace:
        """Move a recording to the second tier now.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        """

    def play(self, *, recording_id: str, station: str, channel: str = ..., from_s: float = ..., ring_s: float = ..., who: str = ...) -> ListeningCall:
        """Call a station and play a recording to it.

        recording_id: the recording's id, or its beginning; it may still run
        station: the station that is called
        channel: both, customer, or agent
        from_s: where to begin, in seconds
        ring_s: how long it may go unanswered, in seconds
        who: who listens; the journal keeps it
        """

    def rate(self, *, recording_id: str, by: str = ..., rating: int) -> NotedView:
        """Rate a recording.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        rating: 1 to 5, the best
        """

    def release(self, *, recording_id: str, by: str = ..., reason: str) -> NotedView:
        """End a hold.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        reason: why, in 1 to 200 characters
        """

    def show(self, *, recording_id: str) -> RecordingDetails:
        """All that is known of one recording.

        recording_id: the recording's id, or its beginning; it may still run
        """

    def tag(self, *, recording_id: str, by: str = ..., tag: str) -> NotedView:
        """Put a tag on a recording.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        tag: 1 to 64 characters, no space at either end
        """

    def untag(self, *, recording_id: str, by: str = ..., tag: str) -> NotedView:
        """Take a tag off a recording.

        recording_id: the recording's id, or its beginning; it may still run
        by: who does it; the journal keeps it
        tag: 1 to 64 characters, no space at either end
        """

class SyncRegistrationVerbs:
    def list(self, *, tenant: str | None = ..., station: str | None = ..., after: str = ..., limit: int = ...) -> RegistrationPage:
        """Registered contacts, page by page.

        tenant: only what this tenant has; empty: the house; absent: all
        station: only this station's
        after: stations whose name comes after this one
        limit: at most so many stations
        """

    def remove(self, *, station: str, contact: str | None = ...) -> _list[ContactView]:
        """Forget where a station is.

        station: the name the phone registers with
        contact: only this one, as registration.list names it
        """

class SyncSessionVerbs:
    def authenticate(self, *, token: str = ..., agent: str = ..., password: str = ..., tenant: str = ...) -> CallerView:
        """Show who this client is; it is that from then on.

        token: the secret of a token
        agent: in place of it: the agent's number (工号)
        password: the agent's password
        tenant: whose agent it is; empty: the house's
        """

    def ping(self) -> CallerView:
        """Tell who this client is."""

class SyncSipVerbs:
    def reload_certificates(self) -> CertificatesView:
        """Read the certificates of TLS anew; those of now stay when the new ones are no good."""

class SyncSpeechVerbs:
    def engines(self) -> _list[EngineView]:
        """Tell which engines of speech there are."""

    def make(self, *, text: str, language: str, voice: str = ..., call_id: str | None = ...) -> SpeechView:
        """Make a prompt of a text (TTS).

        text: what is said
        language: its language, such as zh or en
        voice: a name that speech.engines gives a voice
        call_id: the call it is for, for the events
        """

class SyncSpeechServerVerbs:
    def list(self) -> _list[SpeechServerView]:
        """The speech servers, and how they are."""

class SyncStationVerbs:
    def list(self, *, tenant: str | None = ...) -> _list[ContactView]:
        """The stations' registered contacts.

        tenant: only what this tenant has; empty: the house; absent: all
        """

    def record(self, *, station: str, ring_s: float = ..., by: str = ...) -> CounterCall:
        """Record what is said at a station (柜台录音).

        station: the station, as it is configured
        ring_s: how long it may go unanswered, in seconds
        by: who orders it; the journal keeps it
        """

    def resync(self, *, station: str, reboot: bool = ...) -> ResyncView:
        """Have the phones of a station fetch their settings anew (check-sync).

        station: the station, as it is configured
        reboot: whether the phones shall start anew, too
        """

    def stop_recording(self, *, station: str) -> CounterRecorded:
        """End the recording at a station.

        station: the station, as it is configured
        """

class SyncSwitchVerbs:
    def status(self) -> StatusView:
        """What the switch is doing, in numbers."""

class SyncTenantVerbs:
    def change(self, *, tenant: str, keys: _dict[str, Any], check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Give a tenant another title, other limits ….

        tenant: the tenant
        keys: of [tenant]; null takes a key out; others stay
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

    def create(self, *, tenant: str, domain: str = ..., title: str = ..., template: str = ..., keys: _dict[str, Any] = ..., changes: _list[OneChange] = ..., check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Make a tenant, with all it has, at once.

        tenant: its name: 1 to 24 of a-z, 0-9 and _
        domain: where its stations register
        title: its name for people
        template: a file of tenants.templates, by its name; empty: none
        keys: further keys of [tenant], such as calls
        changes: what it has: access codes, stations, queues, agents …, as in configuration.change
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

    def list(self) -> _list[TenantSummary]:
        """The tenants, and how busy each is."""

    def remove(self, *, tenant: str, check: bool = ..., by: str = ..., why: str = ..., drain: bool = ...) -> ChangedConfiguration:
        """Take a tenant out; recordings are kept.

        tenant: the tenant
        check: only tell what would change
        by: who wants it
        why: what it is about
        drain: whether to wait for its calls: it gets no new ones, and is removed when they are over
        """

    def resume(self, *, tenant: str, check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Let a suspended tenant have calls again.

        tenant: the tenant
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

    def show(self, *, tenant: str) -> TenantDetails:
        """A tenant, its limits and their use.

        tenant: the tenant
        """

    def suspend(self, *, tenant: str, check: bool = ..., by: str = ..., why: str = ...) -> ChangedConfiguration:
        """Let a tenant have no new calls; those up go on.

        tenant: the tenant
        check: only tell what would change
        by: who wants it
        why: what it is about
        """

class SyncTrunkVerbs:
    def disable(self, *, trunk: str) -> TrunkView:
        """Let a trunk carry no new calls, and take its registration back.

        trunk: the trunk, by its name in the configuration
        """

    def enable(self, *, trunk: str) -> TrunkView:
        """Let a trunk carry calls, and register there.

        trunk: the trunk, by its name in the configuration
        """

    def list(self) -> _list[TrunkView]:
        """All trunks: state, calls, addresses."""

    def show(self, *, trunk: str) -> TrunkDetails:
        """One trunk with its limits and registration.

        trunk: the trunk, by its name in the configuration
        """

class SyncVerbVerbs:
    def list(self) -> _list[VerbView]:
        """List all verbs."""

class VerbFamilies:
    agent: AgentVerbs
    alarm: AlarmVerbs
    ban: BanVerbs
    calendar: CalendarVerbs
    call: CallVerbs
    configuration: ConfigurationVerbs
    event: EventVerbs
    flow: FlowVerbs
    hook: HookVerbs
    item: ItemVerbs
    list: ListVerbs
    lookup: LookupVerbs
    mailbox: MailboxVerbs
    media: MediaVerbs
    message: MessageVerbs
    park: ParkVerbs
    prompt: PromptVerbs
    queue: QueueVerbs
    recording: RecordingVerbs
    registration: RegistrationVerbs
    session: SessionVerbs
    sip: SipVerbs
    speech: SpeechVerbs
    speech_server: SpeechServerVerbs
    station: StationVerbs
    switch: SwitchVerbs
    tenant: TenantVerbs
    trunk: TrunkVerbs
    verb: VerbVerbs
    def __init__(self, call: Callable[..., Any]) -> None: ...

class SyncVerbFamilies:
    agent: SyncAgentVerbs
    alarm: SyncAlarmVerbs
    ban: SyncBanVerbs
    calendar: SyncCalendarVerbs
    call: SyncCallVerbs
    configuration: SyncConfigurationVerbs
    event: SyncEventVerbs
    flow: SyncFlowVerbs
    hook: SyncHookVerbs
    item: SyncItemVerbs
    list: SyncListVerbs
    lookup: SyncLookupVerbs
    mailbox: SyncMailboxVerbs
    media: SyncMediaVerbs
    message: SyncMessageVerbs
    park: SyncParkVerbs
    prompt: SyncPromptVerbs
    queue: SyncQueueVerbs
    recording: SyncRecordingVerbs
    registration: SyncRegistrationVerbs
    session: SyncSessionVerbs
    sip: SyncSipVerbs
    speech: SyncSpeechVerbs
    speech_server: SyncSpeechServerVerbs
    station: SyncStationVerbs
    switch: SyncSwitchVerbs
    tenant: SyncTenantVerbs
    trunk: SyncTrunkVerbs
    verb: SyncVerbVerbs
    def __init__(self, call: Callable[..., Any]) -> None: ...
