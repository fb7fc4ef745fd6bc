"""What the verbs of recordings answer."""

from typing import NotRequired

from runtime.models import Answer


class RecordingState(Answer):
    """What has become of a recording."""

    recording_id: str
    state: str
    path: str


class RecordingPlace(Answer):
    """Where a recording lies."""

    recording_id: str
    path: str


class NotedView(Answer):
    """What is noted of a recording."""

    recording_id: str
    tags: list[str]
    rating: int | None
    held: bool


class RecordingView(Answer):
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
    tags: NotRequired[list[str]]
    rating: NotRequired[int | None]
    moved_to: NotRequired[str | None]
    """Where it is in the second tier."""
    held: NotRequired[bool]


class RecordingPage(Answer):
    """Some recordings."""

    recordings: list[RecordingView]
    next: str | None
    """The ``after`` of the following page; null on the last."""


class PartyOfRecording(Answer):
    """Somebody who was heard in a recording."""

    position: int
    role: str
    station: str | None
    agent: str | None
    joined_at: float
    left_at: float | None


class ChangeOfRecording(Answer):
    """Something that was done with a recording."""

    change: int
    changed_at: float
    kind: str
    value: str | None
    changed_by: str


class RecordingDetails(RecordingView):
    """A recording, who was heard in it and what was done with it."""

    parties: list[PartyOfRecording]
    changes: list[ChangeOfRecording]
