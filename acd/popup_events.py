"""What an agent's desktop is told of a call that comes to the agent: the screen-pop (弹屏)."""

from dataclasses import field
from enum import StrEnum
from typing import ClassVar

from runtime.contact_data import Data
from runtime.vocabulary import Event, plain_data


class PopUpPhase(StrEnum):
    """How far the call has come."""

    OFFERED = "offered"
    """The agent's phone is about to ring, or rings."""
    ANSWERED = "answered"
    """Agent and caller talk."""


@plain_data
class AgentPopUp(Event):
    """All that a desktop shows of a call for its agent: when the phone rings, and again when they talk."""

    topic: ClassVar[str] = "agent.popup"
    agent: str
    station: str
    """Where the agent sits."""
    phase: PopUpPhase
    """``offered`` or ``answered``."""
    call_id: str
    contact_id: str
    offer_id: str
    """The same in both phases."""
    queue: str
    """Empty for a call from no queue: dialled, transferred, or for a consultation."""
    waited_ms: int
    """Since the caller joined the first queue; 0 for a call from no queue."""
    callback: bool
    """Whether the customer was called back."""
    caller_number: str
    """Empty when the caller wants it hidden."""
    caller_name: str
    area: str
    """Where the caller is, by the landing code (落地码)."""
    called_number: str
    """What the caller dialled, as it came in."""
    access_code: str
    language: str
    """In which the caller was served last; empty when nobody has told."""
    business_type: str
    """Of the call data ``business_type``, the queue or the access code, the first that has one."""
    flow: str
    """The last flow the caller came through; empty when none."""
    flow_path: tuple[str, ...]
    """The last nodes of all its flows, in order."""
    flow_keys: str
    """The last menu keys the caller pressed."""
    lists: tuple[str, ...]
    """Number lists the caller is on."""
    tags: tuple[str, ...]
    """What is known of the customer."""
    repeats: int
    """How often the caller talked with agents lately, within the queue's ``repeat_period_h``."""
    last_agent: str
    """Whom the caller talked with last; empty when that is not known."""
    last_talk_at: float | None
    """When that ended, in seconds since the epoch; null when that is not known."""
    recording_id: str | None
    """The recording that runs; null when none does."""
    data: Data = field(hash=False)
    """The contact's call data (随路数据), personal values as ``***``."""
