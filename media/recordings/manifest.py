"""The manifest: a JSON file beside each recording that tells all that is known of it, without a database."""

import os
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from media.recordings.forms import Form
from media.recordings.wav import RecordingError

SUFFIX = ".json"
_PART = ".json.part"


class _Part(BaseModel):
    """A later version may tell more: what this one does not know is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Span(_Part):
    """A stretch of the recording."""

    from_ms: float
    to_ms: float


CHANNELS = ("customer", "agent")
"""Left and right."""

SILENCED = ("paused", "masked", "lost", "undecoded")
"""Kinds of marks where nothing, or not all, can be heard."""

AFTERWARDS = ("paused", "masked", "lost")
"""Those that silence what was placed already."""


class Mark(Span):
    """A stretch of the recording that is not what was said, or that is to be told otherwise."""

    kind: str
    """``paused`` or ``masked`` on purpose, ``lost`` when the disk did not take it, ``undecoded`` when it was
    said in a codec that is only relayed: silence. ``beep``: those
    on the channels heard that they are recorded; the recording holds what they said."""
    channels: str = "both"
    """``customer``, ``agent`` or ``both``."""


class ChannelFacts(_Part):
    """What a channel is made of."""

    packets: int | None = None
    """None when the recording failed or was recovered: what was counted went with its process."""
    lost_ms: int | None = None
    """Silence in place of packets that never came; None as ``packets``."""
    placed_ms: int | None = None
    """What packets carried to the channel, all voices added up; None as ``packets``, and where it was not
    counted yet.
    """
    silent_ms: int | None = None
    """Of that, what was as good as silent when it came; None as ``placed_ms``."""
    gaps: tuple[Span, ...] = ()


class Channels(_Part):
    """Left and right."""

    customer: ChannelFacts = ChannelFacts()
    agent: ChannelFacts = ChannelFacts()


class CodecChange(_Part):
    """From here on a channel is made of another codec."""

    channel: str
    at_ms: float
    codec: str


class ManifestLeg(_Part):
    """Somebody who was heard."""

    leg_id: str
    """Empty when it is not known."""
    channel: Literal["customer", "agent"]
    """Left or right."""
    role: str | None = None
    """``customer``, ``agent``, ``party`` (of a conference) or ``supervisor`` (who came in); None before roles
    were told."""
    party: str
    """Their station or number."""
    agent: str | None = None
    """Who sat there."""
    joined_ms: int
    left_ms: int | None = None
    """None when they stayed to the end."""


class Kept(_Part):
    """What a recording was turned into after it was over."""

    form: Form
    sealed: bool
    """Whether it lies encrypted; size and hash are of what is inside."""
    size_bytes: int
    sha256: str
    """Of the whole file."""


class Moved(_Part):
    """Where in the second tier a recording lies."""

    address: str
    """A path, or such as ``s3://bucket/2026-11-20/recording-1.wav``."""
    size_bytes: int
    sha256: str
    """Of the whole file as it lies there, encrypted or not."""


class Manifest(_Part):
    """All that is known of a recording that is over. Times in milliseconds count from its beginning.

    Those of gaps, marks and codecs are exact to the sample.
    """

    version: Literal[1] = 1
    recording_id: str
    contact_id: str
    call_ids: tuple[str, ...]
    """The calls it runs through, in order; empty when the journal of them is lost."""
    legs: tuple[ManifestLeg, ...] = ()
    agents: tuple[str, ...] = ()
    queue: str | None = None
    """The last the customer waited in."""
    caller: str | None = None
    called: str | None = None
    trunk: str | None = None
    """The trunk the customer came from; None when they came from none."""
    stations: tuple[str, ...] = ()
    """All who were heard but a customer from outside, in order."""
    started_at: datetime
    """With the zone of the machine."""
    duration_ms: int | None = None
    """None when the recording failed."""
    stopped_ms: int | None = None
    """When it was to end although its call went on; None when it was to last as long as its call."""
    format: str | None = None
    """``linear16``, ``alaw`` or ``mulaw``; None when there is no file."""
    sample_rate_hz: int | None = None
    channels: Channels = Channels()
    marks: tuple[Mark, ...] = ()
    codec_changes: tuple[CodecChange, ...] = ()
    size_bytes: int | None = None
    sha256: str | None = None
    recovered: bool = False
    """Whether it was finished after its process had ended."""
    kept: Kept | None = None
    """None while it lies as it was written, of which ``format``, ``size_bytes`` and ``sha256`` tell."""
    moved: Moved | None = None
    """None while it lies beside this."""
    state: Literal["completed", "failed"]
    reason: str | None = None
    """Why it failed."""


def manifest_path(recording: Path) -> Path:
    """Where the manifest of a recording's file is."""
    return recording.with_suffix(SUFFIX)


def read_manifest(recording: Path) -> Manifest | None:
    """The manifest beside a recording; None when there is none. Raises RecordingError, OSError."""
    path = manifest_path(recording)
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(map(str, wrong["loc"])) or "the file"
        raise RecordingError(f"{path} is no manifest: {where}: {wrong['msg']}") from error


def write_manifest(manifest: Manifest, recording: Path) -> None:
    """Write it whole or not at all, in place of one that is there; it is on the disk then. Raises OSError."""
    part = recording.with_suffix(_PART)
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        file.write(manifest.model_dump_json(indent=2).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(manifest_path(recording))
    _sync_folder(part.parent)


def _sync_folder(folder: Path) -> None:
    """Only then a power cut cannot bring the old name back."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
