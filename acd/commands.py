"""What the ACD's core is told to do, and what it wants done, in the ACD's own words."""

from acd.events import LeaveReason, OfferResult
from runtime.vocabulary import Command, plain_data

# --- to the core, from agents and supervisors (control verbs) -----------------------------------------


@plain_data
class SignIn(Command):
    """Seat an agent at a station, not ready at first."""

    agent_id: str
    station: str
    force: bool = False
    """Whether to take the seat from somebody whose session is lost, or to come from another station."""


@plain_data
class SignOut(Command):
    """End an agent's shift. Refused while a call is offered or talked on, or an item is in hand."""

    agent_id: str
    force: bool = False
    """Whether to end it in spite of these: a conversation goes on to its end first, items go back."""


@plain_data
class MakeReady(Command):
    """Let offers come. Ends wrap-up and the delay after a refusal; takes back a waiting not-ready request."""

    agent_id: str


@plain_data
class MakeNotReady(Command):
    """Let no offers come: at once, or after the present call."""

    agent_id: str
    reason: str


@plain_data
class ForceReady(Command):
    """A supervisor lets offers come, and lifts what supervisors set."""

    agent_id: str
    by: str


@plain_data
class ForceNotReady(Command):
    """A supervisor lets no offers come, at once or after the present call."""

    agent_id: str
    reason: str
    by: str


@plain_data
class ForceSignOut(Command):
    """A supervisor ends a shift. A conversation goes on to its end first, items go back to their queue."""

    agent_id: str
    by: str


@plain_data
class ReleaseAgent(Command):
    """A supervisor ends the call an agent talks on, or the ringing of the phone."""

    agent_id: str
    by: str


@plain_data
class AskLeave(Command):
    """An agent asks to go away for a while."""

    agent_id: str
    reason: str


@plain_data
class TakeBackLeave(Command):
    """The agent's request for leave is not needed any more."""

    agent_id: str


@plain_data
class ApproveLeave(Command):
    """Let an agent go, at once or after the present call."""

    agent_id: str
    by: str


@plain_data
class DenyLeave(Command):
    """Let an agent not go."""

    agent_id: str
    by: str


@plain_data
class ExtendWrapUp(Command):
    """Let after-call work take so much longer."""

    agent_id: str
    extend_s: float


@plain_data
class EndWrapUp(Command):
    """After-call work is done."""

    agent_id: str


@plain_data
class ChangeCaller(Command):
    """Give one who waits another priority, requirement or other tags; None leaves it as it is."""

    call_id: str
    priority: int | None = None
    requirement: str | None = None
    tags: tuple[str, ...] | None = None
    """In place of all there were. Without ``priority``, what rules for tags add to it changes with them."""


@plain_data
class AddQueue(Command):
    """Let one who waits do so in another queue as well."""

    call_id: str
    queue: str


@plain_data
class RemoveQueue(Command):
    """Let one who waits in several queues do so in this one no longer."""

    call_id: str
    queue: str


@plain_data
class MoveCaller(Command):
    """Let one who waits do so in this queue and in no other, without losing the turn."""

    call_id: str
    queue: str


@plain_data
class RequestCallback(Command):
    """Have a customer called back: one who waits, or one who has not called at all."""

    callback_id: str
    """A new id, for a customer without a call."""
    numbers: tuple[str, ...]
    """The best first; empty: the caller's own."""
    call_id: str | None = None
    """The call that waits; what follows ``level`` is for a customer without one."""
    level: int | None = None
    """The rights of who gives the numbers: routes up to it may be used; None: any."""
    contact_id: str = ""
    queues: tuple[str, ...] = ()
    priority: int | None = None
    requirement: str = ""
    access_code: str = ""


@plain_data
class CancelCallback(Command):
    """Call a customer back no more."""

    callback_id: str


@plain_data
class RestoreCallback(Command):
    """Go on with a callback of the run before the restart. Moments are monotonic seconds, in the past too."""

    callback_id: str
    call_id: str
    """The last one that had its place."""
    contact_id: str
    caller_number: str
    numbers: tuple[str, ...]
    queue: str
    """Its rules hold."""
    places: tuple[tuple[str, float], ...]
    """The queues it waits in, and since when."""
    asked_by: str
    joined_at: float
    asked_at: float
    expires_at: float
    attempts: int
    """How often the customer was called."""
    being_called: bool
    """Whether the customer was being called when the run ended."""
    again_at: float | None
    """No earlier than then the customer may be called again; None for when it is their turn."""
    priority: int
    requirement: str
    preferred: tuple[str, ...]
    tags: tuple[str, ...]
    language: str
    access_code: str


@plain_data
class ChangeSkills(Command):
    """Give an agent other skills and tags, at once; None leaves them as they are."""

    agent_id: str
    skills: tuple[tuple[str, int], ...] | None = None
    tags: tuple[str, ...] | None = None


@plain_data
class SetAutoAnswer(Command):
    """Have the agent's phone asked to answer by itself from the next call on, or no longer."""

    agent_id: str
    on: bool


@plain_data
class ChangeQueues(Command):
    """Let an agent serve these queues from now on, at once."""

    agent_id: str
    queues: tuple[str, ...]


@plain_data
class SubmitItem(Command):
    """Let work that is no call wait for an agent."""

    item: str
    """Its id, given by whoever brings it."""
    medium: str
    contact_id: str
    queues: tuple[str, ...]
    customer: str = ""
    """A number or name."""
    priority: int | None = None
    requirement: str = ""
    preferred: tuple[str, ...] = ()
    preferred_wait_s: float = 0.0
    tags: tuple[str, ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    """For the agent's desktop."""


@plain_data
class RestoreItem(Command):
    """Go on with an item of the run before the restart."""

    item: str
    medium: str
    contact_id: str
    customer: str
    queues: tuple[str, ...]
    """Where it waited, or of the one that had given it to an agent."""
    waiting_since: float
    """Monotonic seconds, in the past too."""
    agent_id: str
    """Who had it in hand; empty when nobody had."""
    priority: int
    requirement: str
    preferred: tuple[str, ...]
    tags: tuple[str, ...]
    data: tuple[tuple[str, str], ...]


@plain_data
class AcceptItem(Command):
    """An agent takes an item that is offered."""

    item: str
    agent_id: str


@plain_data
class RejectItem(Command):
    """An agent does not take an item that is offered."""

    item: str
    agent_id: str


@plain_data
class FinishItem(Command):
    """An agent is done with an item."""

    item: str
    agent_id: str


@plain_data
class WithdrawItem(Command):
    """Nobody needs to care for an item any more."""

    item: str


# --- from the core, to the exchange -------------------------------------------------------------------


@plain_data
class PlayMusic(Command):
    """Play a prompt to the caller again and again."""

    call_id: str
    prompt: str


@plain_data
class PlayAnnouncement(Command):
    """Tell the caller something, in place of the music; PlaybackOver follows."""

    call_id: str
    playback_id: str
    prompts: tuple[str, ...]


@plain_data
class StopAnnouncement(Command):
    """Let the caller hear nothing any more."""

    call_id: str


@plain_data
class GreetAgent(Command):
    """Tell the agent of an accepted offer who comes; PlaybackOver follows."""

    call_id: str
    offer_id: str
    playback_id: str
    prompts: tuple[str, ...]


@plain_data
class PlayConfirmation(Command):
    """Tell the caller once that the place is kept."""

    call_id: str
    prompt: str


@plain_data
class AskForKey(Command):
    """Tell a customer who was called back, again and again, which key to press."""

    call_id: str
    prompt: str


@plain_data
class DialCustomer(Command):
    """Call a customer back. The call comes to the queue when it is answered."""

    call_id: str
    contact_id: str
    number: str
    queue: str
    ring_s: float
    shown_number: str
    access_code: str


@plain_data
class RingStation(Command):
    """Ring the agent's phone for the caller."""

    call_id: str
    offer_id: str
    station: str
    auto_answer: bool = False
    """Whether the phone is asked to answer by itself."""


@plain_data
class ReleaseStation(Command):
    """Stop ringing the agent's phone, or hang it up."""

    call_id: str
    offer_id: str
    result: OfferResult


@plain_data
class ConnectCaller(Command):
    """Let caller and agent hear each other."""

    call_id: str
    offer_id: str
    record_share: float = 0.0
    """The share of contacts of which what they say is to be recorded, if it is not already."""
    greeting: tuple[str, ...] = ()
    """Prompts the caller hears first."""


@plain_data
class ReleaseCaller(Command):
    """End the call. CONNECTED means that the conversation is over."""

    call_id: str
    reason: LeaveReason


@plain_data
class LendCaller(Command):
    """Let another application have the call for a while; the caller waits on."""

    call_id: str
    target: str
    """``<scheme>:<name>``."""
    back: str
    """The target that gives it back."""
    language: str
    """In which the caller was told things so far."""


@plain_data
class RecallCaller(Command):
    """Take back a call that was lent."""

    call_id: str
    target: str
    """What the call is given back to: ``LendCaller.back``."""


@plain_data
class AwaitPhone(Command):
    """A phone gave no sign when it was rung: its next one is to be told, a refreshed registration too."""

    station: str


@plain_data
class PassOnCaller(Command):
    """Give the call to another application or queue."""

    call_id: str
    target: str
    """``<scheme>:<name>``."""
    outcome: str = ""
    """How it went, for who lent the call; empty when nobody did."""
