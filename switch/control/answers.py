"""What verbs answer, as types. Made by `python -m tests.switch.control.typed_client` from the schema of the control socket."""

from builtins import dict as _dict, list as _list  # some verbs and keys have these names
from typing import Any, Literal, NotRequired, TypedDict

AgentState = Literal['LOGGED_OUT', 'NOT_READY', 'AVAILABLE', 'OFFERED', 'ON_CALL', 'WRAP_UP']
BreakerState = Literal['closed', 'open', 'probing']
CallSide = Literal['customer', 'station']
CallState = Literal['arriving', 'calling', 'alerting', 'answered', 'connected']
CallbackStage = Literal['confirming', 'waiting', 'paused', 'dialling', 'checking', 'answered', 'returned']
Cause = Literal['UNALLOCATED_NUMBER', 'NO_ROUTE_DESTINATION', 'NORMAL_CLEARING', 'USER_BUSY', 'NO_USER_RESPONSE', 'NO_ANSWER', 'USER_NOT_REGISTERED', 'CALL_REJECTED', 'NUMBER_CHANGED', 'EXCHANGE_ROUTING_ERROR', 'DESTINATION_OUT_OF_ORDER', 'INVALID_NUMBER_FORMAT', 'NORMAL_UNSPECIFIED', 'NORMAL_CIRCUIT_CONGESTION', 'NORMAL_TEMPORARY_FAILURE', 'SWITCH_CONGESTION', 'OUTGOING_CALL_BARRED', 'INCOMPATIBLE_DESTINATION', 'RECOVERY_ON_TIMER_EXPIRE', 'INTERWORKING', 'ORIGINATOR_CANCEL', 'LOSE_RACE', 'MEDIA_TIMEOUT', 'MANAGER_REQUEST']
EntryState = Literal['waiting', 'offered', 'accepted', 'talking']
ForkMix = Literal['said', 'heard', 'mixed', 'stereo']
Importance = Literal['normal', 'high']
Method = Literal['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
Party = Literal['customer', 'station']
RegistrationState = Literal['off', 'trying', 'registered', 'failed']
Standing = Literal['speaking', 'on_trial', 'down']
SupervisionMode = Literal['monitor', 'whisper', 'barge', 'intercept']
TrunkState = Literal['unknown', 'up', 'degraded', 'down']

class AddressView(TypedDict):
    """An address of a trunk."""

    address: str
    name: str
    """As the configuration or DNS names it."""
    state: TrunkState
    since_s: float | None
    round_trip_ms: float | None
    """Of OPTIONS."""
    paused_s: int
    """How long it still wants no calls, by the Retry-After of a 503; 0 when it takes them."""
    last_status: int | None
    priority: int
    weight: int


class ObstacleView(TypedDict):
    """What keeps somebody from something."""

    kind: str
    detail: str


class UnmetView(TypedDict):
    """What callers ask for that an agent has not."""

    callers: int
    obstacles: _list[ObstacleView]


class FirstView(TypedDict):
    """Who is first in line for an agent."""

    call_id: str
    caller_number: str
    priority: int
    waited_s: float


class MembershipExplained(TypedDict):
    """A queue that an agent serves."""

    queue: str
    priority: int
    penalty: int
    weight: int
    waiting: int
    fitting: int
    """How many ask for what the agent can."""
    unmet: _list[UnmetView]
    first: FirstView | None


class TurnView(TypedDict):
    """Whose turn it is with an agent."""

    call_id: str
    queue: str
    delay: str | None
    """Why another would be served before."""


class AgentExplained(TypedDict):
    """What keeps calls from an agent."""

    agent: str
    name: str
    state: AgentState
    since_s: float | None
    idle_s: float
    calls: int
    talk_s: float
    free_for: _list[str]
    """The media that may be offered now."""
    obstacles: _list[ObstacleView]
    waiting_personally: int
    queues: _list[MembershipExplained]
    next: TurnView | None


class AgentView(TypedDict):
    """An agent as it is now."""

    id: str
    """The number (工号)."""
    name: str
    state: AgentState
    reason: str
    """Why no calls shall come; empty in other states."""
    since_s: float | None
    """How long the state has lasted; null before the first sign-in."""
    not_ready_after: str | None
    """The reason for which no calls will come after the present one."""
    station: str | None
    """Where the agent sits; null when signed out."""
    reachable: bool
    """Whether a phone is registered there."""
    queues: _list[str]
    skills: _dict[str, int]
    """Skill → level."""
    tags: _list[str]
    call_id: str | None
    """The call the agent has."""
    capacity: _dict[str, int]
    """Medium → how many at a time."""
    items: int
    """How many chats and the like are offered or in hand beside the state."""
    leave: Literal['asked', 'approved'] | None
    held: bool
    """Whether a supervisor set the state, and only one lifts it."""
    sign_out_after: bool
    """Whether the shift ends with the present call."""
    auto_answer: bool
    """Whether the phone is asked to answer calls of queues by itself."""


class RaisedView(TypedDict):
    """An alarm that is not over."""

    alarm_id: str
    alarm: str
    title: str
    kind: str
    subject: str
    """The queue, agent or trunk; empty for the switch."""
    measure: str
    level: str
    worst: str
    """The worst level it has had."""
    value: float | None
    """Null when nothing is measured."""
    since: str
    acknowledged_by: str | None
    silenced_until: str | None


class LevelView(TypedDict):
    """A threshold."""

    level: str
    on: float
    off: float
    for_s: float


class RuleView(TypedDict):
    """An alarm of the configuration."""

    name: str
    title: str
    kind: str
    of: _list[str]
    measure: str
    levels: _list[LevelView]
    calendar: str
    silenced_until: str | None


class AlarmsView(TypedDict):
    """All alarms."""

    raised: _list[RaisedView]
    alarms: _list[RuleView]


class AnsweredHook(TypedDict):
    """The hook that is answered."""

    hook_id: str
    call_id: str
    hook: str


class BanView(TypedDict):
    """A source that is not heard."""

    source: str
    """An IPv4 address or an IPv6 network of 64 bits."""
    reason: str
    since_s: float
    left_s: float | None
    """Null for a ban without end."""
    times: int
    """Bans of the source."""
    dropped: int
    """Messages that were not heard."""


class OverrideView(TypedDict):
    """What somebody said of a calendar by hand."""

    open: bool
    until: str | None
    reason: str
    by: str


class DayView(TypedDict):
    """A day of a calendar."""

    date: str
    weekday: str
    hours: _list[str]
    occasion: str
    regular: bool
    """False on a day that differs from every week."""


class OpeningView(TypedDict):
    """When it opens or closes."""

    at: str | None
    open: bool


class CalendarDetails(TypedDict):
    """A calendar day by day."""

    name: str
    title: str
    time_zone: str
    open: bool
    next_change: str | None
    override: OverrideView | None
    days: _list[DayView]
    changes: _list[OpeningView]


class CalendarView(TypedDict):
    """A calendar; moments are ISO 8601 by its clock."""

    name: str
    title: str
    time_zone: str
    open: bool
    next_change: str | None
    """Null when it does not open or close for more than a year."""
    override: OverrideView | None


class ConsultationView(TypedDict):
    """A consultation about a call."""

    consultation_call_id: str
    """The call in which they talk."""
    by: str
    """The station."""
    target: str
    with_customer: bool
    """Whether the station talks with the customer now, and whom it consults holds."""


class TransferView(TypedDict):
    """A transfer of a call, while the phone rings that shall get it."""

    by: str
    """The station."""
    target: str


class LegView(TypedDict):
    """A leg of a call, and how it sounds."""

    leg_id: str
    side: Literal['customer', 'station', 'party']
    station: str | None
    codec: str | None
    holds: Literal['phone', 'order', 'both'] | None
    """How this end holds the other; null when it does not."""
    muted: bool
    """Whether it is heard by nobody."""
    media: _dict[str, float | None] | None
    """The fields of `endpoint.closed` as they are now; null when there is no sound yet."""


class CallDetails(TypedDict):
    """A call with its legs, and what is under way with it."""

    call_id: str
    contact_id: str
    sip_call_id: str
    state: CallState
    caller_number: str
    caller_name: str
    called_number: str
    access_code: str
    trunk: str | None
    area: str
    whom: str | None
    lists: _list[str]
    tags: _list[str]
    target: str
    station: str | None
    recording_id: str | None
    age_s: float
    consultation: ConsultationView | None
    """Null when nobody is consulted about it."""
    transfer: TransferView | None
    """Null when it is not being transferred."""
    legs: _list[LegView]


class CallView(TypedDict):
    """A call that is up."""

    call_id: str
    contact_id: str
    """The customer's whole visit, across transfers."""
    sip_call_id: str
    """The Call-ID of the customer's dialog; empty before a call that the switch made is answered."""
    state: CallState
    caller_number: str
    caller_name: str
    called_number: str
    access_code: str
    trunk: str | None
    area: str
    """Where the caller is, by the landing code (落地码); empty when that is not known."""
    whom: str | None
    """Whom the switch called to make this call; null when it came in."""
    lists: _list[str]
    tags: _list[str]
    target: str
    """The application that has it: ``<scheme>:<name>``."""
    station: str | None
    recording_id: str | None
    age_s: float


class CallbackExplained(TypedDict):
    """How far a callback has come, and what it waits for."""

    stage: CallbackStage
    delay: str | None
    """Why it is not dialled though an agent may be free."""
    again_in_s: float | None
    """When its number is tried again."""
    number: str
    """The number that is called next."""
    attempts: int


class CallbackView(TypedDict):
    """A customer who is to be called back."""

    callback_id: str
    call_id: str
    """The call on the line, being dialled, or last."""
    contact_id: str
    queue: str
    """Whose rules hold."""
    queues: _list[str]
    """In which it waits."""
    stage: CallbackStage
    numbers: _list[str]
    attempts: int
    waited_s: float
    expires_in_s: float
    """Until it is given up."""


class CandidateView(TypedDict):
    """An agent as a caller who waits sees it."""

    agent: str
    name: str
    preferred: bool
    penalty: int
    score: _dict[str, float]
    """By which the queue's strategy puts agents in order; empty for those who cannot be rung."""
    obstacles: _list[ObstacleView]


class PlaceExplained(TypedDict):
    """A queue in which a caller waits."""

    queue: str
    position: int
    wait_s: float
    requirement: str
    strategy: str
    agents: int
    removed: _dict[str, int]
    """How many each obstacle removes."""
    candidates: _list[CandidateView]
    """In the order in which they are rung, then the others."""


class ChoiceView(TypedDict):
    """Whom a caller would be offered to now."""

    queue: str
    agents: _list[str]
    decided_by: str


class CallerExplained(TypedDict):
    """Why a caller waits."""

    call_id: str
    caller_number: str
    state: EntryState
    priority: int
    waited_s: float
    requirement: str
    preferred: _list[str]
    alone_for_s: float | None
    """How long the preferred agents alone are asked."""
    offered_to: _list[str]
    offers: int
    self_service: str | None
    passed_over: bool
    callback: CallbackExplained | None
    queues: _list[PlaceExplained]
    choice: ChoiceView | None


class CallerView(TypedDict):
    """Who a client is."""

    name: str
    """Of its token, or the agent's number; empty for who needs none at the Unix socket."""
    role: str
    """What it may do."""
    tenant: str
    """Whose client it is; empty for the house."""
    agent: str
    """Whom it acts for; empty unless its role is agent."""
    source: str
    """The address it comes from; unix for the Unix socket."""


class CertificatesView(TypedDict):
    """The files that were read."""

    certificates: _list[str]
    cautions: _list[str]
    """Which certificates in them are over, nearly over, or not good yet."""


class ChangeOfRecording(TypedDict):
    """Something that was done with a recording."""

    change: int
    changed_at: float
    kind: str
    value: str | None
    changed_by: str


class ChangeView(TypedDict):
    """Something of the configuration that is other than before."""

    section: str
    kind: str
    name: str
    keys: _list[str]


class ChangedConfiguration(TypedDict):
    """What has changed, or would."""

    checked_only: bool
    version: int | None
    """The new version's number."""
    changes: _list[ChangeView]
    """The first of them."""
    restart_needed: _list[str]
    """Sections and keys that hold from the next start on."""


class CollectionName(TypedDict):
    """A collection."""

    collect_id: str


class CollectionView(TypedDict):
    """A collection that has begun."""

    call_id: str
    collect_id: str


class ConfirmedView(TypedDict):
    """A text that was confirmed."""

    message_id: str
    agent: str


class ConsultedView(TypedDict):
    """A consultation that begins."""

    call_id: str
    consultation_call_id: str
    """The call in which the station and whom it consults talk."""
    target: str


class ContactView(TypedDict):
    """Where a station can be reached."""

    station: str
    contact: str
    """The contact address."""
    peer: str
    """The address it came from, such as ``udp:192.0.2.1:5060``."""
    expires_s: int
    """How long it holds unless it is refreshed."""
    transport: str
    user_agent: str
    """The phone's own words."""
    q: float
    """Its preference among its station's contacts, from 0 to 1."""
    since_s: int
    """How long ago it was registered first."""


class CounterCall(TypedDict):
    """The call by which a station is recorded."""

    call_id: str
    station: str


class CounterRecorded(TypedDict):
    """The same with its recording."""

    call_id: str
    station: str
    recording_id: str | None
    """Null when the station had not answered yet."""


class DataView(TypedDict):
    """What is noted of a call's contact."""

    call_id: str
    contact_id: str
    data: _dict[str, Any]


class DifferenceView(TypedDict):
    """An object that is other in one version than in another."""

    tenant: str
    section: str
    name: str
    kind: str
    keys: _dict[str, _list[Any]]
    """Before and after; null where there was or is none."""


class EngineView(TypedDict):
    """An engine of speech."""

    engine: str
    state: Standing
    failures: int


class EntryOfList(TypedDict):
    """A number on a list; moments are ISO 8601."""

    number: str
    remark: str
    valid_from: str | None
    valid_until: str | None


class EntryParams(TypedDict):
    """One number, and what is known of it."""

    number: str
    """a number, or such as 1390013*"""
    remark: NotRequired[str]
    """what people shall know"""
    valid_from: NotRequired[str]
    """a day or moment (ISO 8601); empty: now"""
    valid_until: NotRequired[str]
    """a day, which still counts, or moment; empty: for ever"""


class EntryView(TypedDict):
    """One who waits in a queue."""

    call_id: str
    medium: str
    contact_id: str
    caller_number: str
    queue: str
    position: int
    """Counted from 1."""
    state: EntryState
    priority: int
    requirement: str
    also_in: _list[str]
    """Other queues it waits in."""
    preferred: _list[str]
    """Agents to be asked first."""
    tags: _list[str]
    wait_s: float
    """In this queue."""
    waited_s: float
    """In all."""
    offers: int
    virtual: bool
    """Whether nobody is on the line: a callback, or a flow meanwhile."""
    self_service: str | None
    """What the caller hears meanwhile."""
    callback: CallbackView | None


class EstimateView(TypedDict):
    """How long a caller would wait who came now, in seconds."""

    low_s: float
    likely_s: float
    high_s: float


class EstimatesView(TypedDict):
    """How good such estimates were."""

    inside: int
    """Waits that were between low and high."""
    of: int
    share: float | None


class FiguresView(TypedDict):
    """What an agent has done since signing in."""

    agent: str
    signed_in_s: float
    ready_s: float
    not_ready_s: _dict[str, float]
    """By reason."""
    rest_s: float
    """The part of it for reasons configured as rest."""
    wrap_up_s: float
    calls: int
    talk_s: float
    busy_s: float
    average_talk_s: float
    items: _dict[str, int]
    """What was finished, by medium."""
    offers: int
    """All that ended."""
    no_answer: int
    rejected: int


class FlowVersion(TypedDict):
    """A published version of a flow."""

    number: int
    at: float
    """Seconds since the Unix epoch."""
    by: str
    note: str
    digest: str


class FlowHistory(TypedDict):
    """The versions of a flow, the newest first."""

    flow: str
    current: int
    canary: int | None
    """The version that is tried on a share of the callers."""
    share: float
    versions: _list[FlowVersion]


class FlowNodes(TypedDict):
    """Callers by node of a flow."""

    flow: str
    callers: _dict[str, int]


class FlowView(TypedDict):
    """A flow, and what of it runs."""

    name: str
    title: str
    nodes: int
    version: int
    """The published version that runs; 0: the document in the folder."""
    canary: int | None
    """The version that is tried on a share of the callers."""
    share: float
    edited: bool
    """Whether the document in the folder says something else."""
    calls: int


class FollowingView(TypedDict):
    """And where it stands."""

    topics: _list[str]
    run: str
    """Changes when the switch starts anew."""
    sequence: int
    """Of the last event that has happened."""


class ForkView(TypedDict):
    """A fork under way."""

    fork_id: str
    call_id: str
    leg_id: str
    url: str


class ItemState(TypedDict):
    """What has become of an item."""

    item: str
    state: EntryState | None
    """Null when it is in no queue and with no agent any more."""


class PlaceView(TypedDict):
    """Where somebody waits."""

    queue: str
    position: int
    """Counted from 1."""


class ItemView(TypedDict):
    """A chat, mail or other item."""

    item: str
    """The id given by whoever brought it."""
    medium: str
    contact_id: str
    customer: str
    state: EntryState
    priority: int
    requirement: str
    tags: _list[str]
    places: _list[PlaceView]
    agents: _list[str]
    """Who it is offered to, or who has it."""
    since_s: float
    """Since it came, or was taken."""
    data: _dict[str, str]


class RejectionView(TypedDict):
    """Why a caller is not let in."""

    list: str
    cause: str
    target: str | None
    """Who takes such calls instead."""


class KnownNumber(TypedDict):
    """What is known of a number now."""

    number: str
    lists: _list[str]
    tags: _list[str]
    priority: int
    rejection: RejectionView | None
    """Null for who is let in."""
    entries: _dict[str, EntryOfList]
    """By list."""


class LinkView(TypedDict):
    """Addresses by which a browser plays a recording."""

    recording_id: str
    until: int
    """Seconds since the Unix epoch."""
    page: str
    sound: str
    wav: str
    """The same as WAV, whatever the recording was converted into."""
    picture: str


class ListDetails(TypedDict):
    """A list with the entries changed last."""

    name: str
    title: str
    kind: str
    priority: int
    tags: _list[str]
    entries: int
    newest: _list[EntryOfList]


class ListView(TypedDict):
    """A number list."""

    name: str
    title: str
    kind: str
    """``black``, ``white``, ``vip`` …, or ``tag``."""
    priority: int
    tags: _list[str]
    entries: int
    """How many numbers are on it."""


class ListeningCall(TypedDict):
    """The call by which a recording is heard."""

    call_id: str
    recording_id: str
    station: str


class MailboxView(TypedDict):
    """What a mailbox holds now."""

    station: str
    new: int
    old: int


class MaskView(TypedDict):
    """A mask that was put on."""

    mask_id: str
    call_id: str
    leg_id: str


class MaskedDigits(TypedDict):
    """The keys pressed behind a mask."""

    mask_id: str
    call_id: str
    digits: str


class MessageView(TypedDict):
    """A text of an agent."""

    message_id: str
    by: str
    text: str
    importance: str
    """``normal`` or ``high``."""
    sent_s: float
    """How long ago it was sent."""
    told: bool
    """False while it is kept for the next sign-in."""
    reached: _list[str]
    """Where it was seen: ``desktop``, ``phone``."""


class MuteView(TypedDict):
    """Who is heard by nobody, or by all again."""

    call_id: str
    side: CallSide
    muted: bool


class NotedView(TypedDict):
    """What is noted of a recording."""

    recording_id: str
    tags: _list[str]
    rating: int | None
    held: bool


class ObjectView(TypedDict):
    """An object of the configuration, such as a queue; what is secret is hidden."""

    section: str
    name: str
    keys: _dict[str, Any]


class OneChange(TypedDict):
    """One of several."""

    section: str
    name: NotRequired[str]
    tenant: NotRequired[str]
    keys: NotRequired[_dict[str, Any]]
    remove: NotRequired[bool]


class ParkedView(TypedDict):
    """A call that is parked."""

    call_id: str
    slot: str
    by: str
    """The station that parked it; empty when no station did."""
    waits_s: float
    caller_number: str


class PartyOfRecording(TypedDict):
    """Somebody who was heard in a recording."""

    position: int
    role: str
    station: str | None
    agent: str | None
    joined_at: float
    left_at: float | None


class PartyView(TypedDict):
    """Who was added to a call."""

    party_id: str
    call_id: str
    whom: str
    """``station:<name>`` or ``number:<digits>``."""
    talks: bool
    muted: bool


class PastView(TypedDict):
    """A row of the table ``alarms``."""

    alarm_id: str
    alarm: str
    kind: str
    subject: str
    measure: str
    raised_at: str
    cleared_at: str | None
    """Null when it is not over."""
    lasted_ms: int | None
    worst: str
    value: float | None
    """When it was raised."""
    threshold: float | None
    acknowledged_at: str | None
    acknowledged_by: str | None
    reason: str | None
    """Why it is over: recovered, closed or removed."""


class PlacedView(TypedDict):
    """A call that is being made."""

    call_id: str
    contact_id: str
    whom: str
    target: str


class PlaybackView(TypedDict):
    """Something that is played for a program."""

    call_id: str
    playback_id: str
    """As call.prompt_finished tells of it."""
    to: Literal['customer', 'station', 'both']


class PromptCall(TypedDict):
    """The call by which a prompt is recorded."""

    call_id: str
    prompt: str
    station: str


class PublishedFlow(TypedDict):
    """What of a flow runs from now on."""

    flow: str
    version: int
    share: float
    """Of the callers."""
    current: int
    """The version that runs for the others."""
    calls: int
    """Those who go on as they began."""


class ServiceLevelView(TypedDict):
    """How many were answered in time."""

    within_s: float
    answered: int
    share: float | None
    """Of all whose wait is over since the threshold is configured; null when there are none."""


class QueueView(TypedDict):
    """A queue as it is now."""

    name: str
    title: str
    open: bool
    waiting: int
    longest_wait_s: float
    agents: _dict[str, int]
    """The queue's agents by state."""
    eligible: int
    """Those who would be rung at once."""
    callbacks: int
    """Those of the waiting who are to be called back."""
    calls: _dict[str, int]
    """Since the start, by what became of them."""
    estimated_wait: EstimateView | None
    """Null when somebody is free, or too little is known."""
    estimates: EstimatesView
    service_level: _list[ServiceLevelView]


class ReasonView(TypedDict):
    """A reason agents may give for being not ready."""

    code: str
    title: str
    rest: bool
    """Whether it counts as rest."""


class ReasonsView(TypedDict):
    """For the menus of a desktop."""

    agents: _list[ReasonView]
    """When it is empty agents may give any text."""
    supervisors: _list[str]


class RecordedCall(TypedDict):
    """A call and its recording."""

    call_id: str
    recording_id: str | None


class RecordingDetails(TypedDict):
    """A recording, who was heard in it and what was done with it."""

    recording_id: str
    call_id: NotRequired[str]
    contact_id: NotRequired[str | None]
    path: NotRequired[str]
    started_at: NotRequired[float]
    duration_ms: NotRequired[int | None]
    size_bytes: NotRequired[int | None]
    sha256: NotRequired[str | None]
    state: NotRequired[str]
    reason: NotRequired[str | None]
    recovered: NotRequired[bool]
    caller: NotRequired[str | None]
    called: NotRequired[str | None]
    trunk: NotRequired[str | None]
    queue: NotRequired[str | None]
    station: NotRequired[str | None]
    agent: NotRequired[str | None]
    customer_lost_ms: NotRequired[int | None]
    agent_lost_ms: NotRequired[int | None]
    tags: NotRequired[_list[str]]
    rating: NotRequired[int | None]
    moved_to: NotRequired[str | None]
    held: NotRequired[bool]
    parties: _list[PartyOfRecording]
    changes: _list[ChangeOfRecording]


class RecordingView(TypedDict):
    """A recording; moments are seconds since the Unix epoch. One that runs has a few of the keys only."""

    recording_id: str
    call_id: NotRequired[str]
    contact_id: NotRequired[str | None]
    path: NotRequired[str]
    started_at: NotRequired[float]
    duration_ms: NotRequired[int | None]
    size_bytes: NotRequired[int | None]
    sha256: NotRequired[str | None]
    state: NotRequired[str]
    reason: NotRequired[str | None]
    recovered: NotRequired[bool]
    """Whether it was mended after a crash."""
    caller: NotRequired[str | None]
    called: NotRequired[str | None]
    trunk: NotRequired[str | None]
    queue: NotRequired[str | None]
    station: NotRequired[str | None]
    """The last the customer talked to."""
    agent: NotRequired[str | None]
    customer_lost_ms: NotRequired[int | None]
    """Silence written for packets that never came."""
    agent_lost_ms: NotRequired[int | None]
    tags: NotRequired[_list[str]]
    rating: NotRequired[int | None]
    moved_to: NotRequired[str | None]
    """Where it is in the second tier."""
    held: NotRequired[bool]


class RecordingPage(TypedDict):
    """Some recordings."""

    recordings: _list[RecordingView]
    next: str | None
    """The ``after`` of the following page; null on the last."""


class RecordingPlace(TypedDict):
    """Where a recording lies."""

    recording_id: str
    path: str


class RecordingState(TypedDict):
    """What has become of a recording."""

    recording_id: str
    state: str
    path: str


class RegistrationPage(TypedDict):
    """Some of the contacts of all stations."""

    registrations: _list[ContactView]
    total: int
    """How many contacts all stations have."""
    next: str | None
    """The ``after`` of the following page; null on the last."""


class ReloadedConfiguration(TypedDict):
    """The same, counted."""

    checked_only: bool
    version: int | None
    changes: _list[ChangeView]
    restart_needed: _list[str]
    counts: _dict[str, int]
    """Of all changes, by section and kind."""
    cautions: _list[str]
    """What is no mistake, and yet seldom what was meant, with file and line; of very many the first."""


class ResyncView(TypedDict):
    """Phones that were asked."""

    station: str
    phones: int


class ServiceView(TypedDict):
    """A service that is asked over HTTP."""

    name: str
    url: str
    breaker: BreakerState
    open_s: float | None
    """How long the circuit breaker has not been closed; null when it is."""
    under_way: int
    waiting: int
    outcomes: _dict[str, int]
    """Lookups since the start, by how they ended."""
    p50_ms: int | None
    """Of the last 256 whose service was asked."""
    p95_ms: int | None
    last_failure: str | None


class ShareView(TypedDict):
    """What a tenant may use of a trunk."""

    tenant: str
    channels: int
    calls: int


class SilenceView(TypedDict):
    """Until when services are told nothing."""

    alarm: str
    subject: str
    silenced_until: str | None
    """Null when the silence has ended."""


class SnapshotView(TypedDict):
    """How everything stood when the event ``sequence`` was the last."""

    topics: _list[str]
    run: str
    sequence: int
    parts: _dict[str, Any]
    """By name, what the verb of a part answers: ``agents`` (agent.list), ``calls`` (call.list) …"""
    left_out: _list[str]
    """Parts that are not for this client."""


class SpeechRequest(TypedDict):
    """What a speech server is to do."""

    request_id: str
    call_id: str


class SpeechServerView(TypedDict):
    """A speech server."""

    server: str
    address: str
    resources: _list[str]
    priority: int
    down: bool
    """Whether it is not asked for a while."""
    rests_s: float
    """For how long."""
    failures: int
    sessions: int
    max_sessions: int


class SpeechView(TypedDict):
    """A prompt made of a text."""

    prompt: str
    length_ms: int
    engine: str
    was_kept: bool
    """Whether it was made before."""


class StatusView(TypedDict):
    """What the switch is doing; every ``open_…`` is 0 when it is idle."""

    name: str
    version: str
    state: Literal['up', 'draining']
    uptime_s: float
    open_calls: int
    open_legs: int
    open_transactions: int
    open_dialogs: int
    open_trunk_legs: int
    open_endpoints: int
    open_recordings: int
    open_forks: int
    connections: int
    """Of TCP, TLS and WebSocket."""
    registered_contacts: int
    unwritten_registrations: int
    """Contacts that the disk does not have yet."""
    bans: int
    subscriptions: int
    """Phones that watch a station or a mailbox."""
    loop_delay_ms: float
    """How long work waits just now."""
    media_late_ms: float
    """By how much the latest media thread was behind in the last second or two."""
    media_late_max_ms: float
    media_facts_lost: int
    """What the media core told while nobody had time to listen; should stay 0."""
    faults: int
    """Faults of the switch that ended a call; should stay 0."""


class StoppedView(TypedDict):
    """What was played."""

    call_id: str
    playback_ids: _list[str]


class SupervisorView(TypedDict):
    """What a supervisor does now."""

    call_id: str | None
    """Null while an agent who is followed has no call."""
    supervisor_call_id: str
    supervisor: str
    """The supervisor's station."""
    station: str
    """The agent's."""
    mode: SupervisionMode
    by: str
    follows: str | None
    """The agent who is followed."""
    listens: bool
    """Whether the supervisor's phone was answered and there is something to hear."""


class TakenDigits(TypedDict):
    """Masked keys, which are forgotten now."""

    collect_id: str
    digits: str


class TenantLimits(TypedDict):
    """How much a tenant may have."""

    calls: int
    """At a time, in and out; 0: no limit."""
    agents: int
    """0: no limit."""
    queues: int
    """0: no limit."""
    stations: int
    """0: no limit."""


class TenantUse(TypedDict):
    """How much a tenant has."""

    calls: int
    """That are up."""
    agents: int
    queues: int
    stations: int


class TenantDetails(TypedDict):
    """A tenant with its limits and their use."""

    tenant: str
    title: str
    domain: str | None
    suspended: bool
    draining: bool
    calls: int
    agents_signed_in: int
    waiting: int
    limits: TenantLimits
    use: TenantUse
    agents: _dict[str, int]
    """How many are in each state."""
    access_codes: _list[str]
    """Numbers its customers dial."""


class TenantSummary(TypedDict):
    """A tenant in a list."""

    tenant: str
    title: str
    domain: str | None
    """Where its stations register."""
    suspended: bool
    """Whether it gets no new calls."""
    draining: bool
    """Whether it is removed when its calls are over."""
    calls: int
    """That are up."""
    agents_signed_in: int
    waiting: int
    """Callers and items, in all its queues."""


class TextView(TypedDict):
    """A text on its way."""

    text_id: str
    station: str
    phones: int
    """To how many of them."""


class TopicsView(TypedDict):
    """What a client is subscribed to."""

    topics: _list[str]


class TriedView(TypedDict):
    """What a service answered."""

    service: str
    outcome: str
    """``answered``, or why there is no answer."""
    status: int | None
    answer: Any
    duration_ms: int


class TrunkDetails(TypedDict):
    """A trunk with its limits (0: none) and its registration."""

    name: str
    enabled: bool
    state: TrunkState
    registration: RegistrationState
    calls_in: int
    calls_out: int
    channels: int
    round_trip_ms: float | None
    turned_away_in: int
    turned_away_out: int
    addresses: _list[AddressView]
    shares: _list[ShareView]
    channels_in: int
    channels_out: int
    calls_per_s_in: float
    calls_per_s_out: float
    domain: str
    networks: _list[str]
    numbers: _list[str]
    codecs: _list[str]
    registration_user: str
    registration_status: int | None
    """The registrar's last answer."""
    registration_since_s: float | None
    registration_expires_s: int | None


class TrunkView(TypedDict):
    """A trunk in short."""

    name: str
    enabled: bool
    state: TrunkState
    registration: RegistrationState
    calls_in: int
    calls_out: int
    channels: int
    """How many calls at most; 0: any number."""
    round_trip_ms: float | None
    """At its fastest address."""
    turned_away_in: int
    """Calls beyond its limits since the start."""
    turned_away_out: int
    addresses: _list[AddressView]


VerbView = TypedDict("VerbView", {'name': str, 'for': _list[str], 'help': str, 'parameters': _dict[str, Any]})

class VersionView(TypedDict):
    """A version of the configuration."""

    version: int
    at: float
    """Seconds since the Unix epoch."""
    origin: str
    by: str
    why: str


class WaitView(TypedDict):
    """A caller's wait as it is now."""

    call_id: str
    state: EntryState | None
    """Null when the call waits in no queue any more."""
    priority: int | None
    places: _list[PlaceView]


class acd__messages__verbs__SentView(TypedDict):
    """Whom a text goes to."""

    message_id: str
    told: _list[str]
    """Those who are signed in."""
    with_phone: _list[str]
    """Those of them whose station's phone is registered."""
    kept: _list[str]
    """Those who get it when they sign in."""


class switch__call_media__verbs__SentView(TypedDict):
    """Keys that are being pressed."""

    call_id: str
    digits: str
    to: Literal['customer', 'station']

