"""Whether a recording, also a converted or encrypted one, is what its record and manifest say. Reads only."""

from hashlib import file_digest
from pathlib import Path

from media.recordings.check import TOLERANCE_MS, Expected, Fault, Finding, check_file, check_sound
from media.recordings.forms import Form, form_of, is_sealed
from media.recordings.manifest import Kept, read_manifest
from media.recordings.opening import opened
from media.recordings.tiers import Access, Lies, StoreUnreachable, lying_at, size_of
from media.recordings.wav import RecordingError
from runtime.errors import UsageError

_OPUS_TOLERANCE_MS = 100


def check_wherever(
    begun: Path, expected: Expected, access: Access, moved_to: str | None = None
) -> list[Finding]:
    """Everything that is wrong with a recording, in whatever form it lies, wherever.

    Of what this machine cannot open, what is seen outside. Raises StoreUnreachable.
    """
    try:
        lies = lying_at(begun, moved_to)
        if lies is None:
            return check_file(begun, expected)
        if form_of(lies) is Form.WAV and not is_sealed(lies):
            with opened(lies, access) as plain:
                return check_file(plain, expected)
        return _check_kept(begun, lies, expected, access)
    except StoreUnreachable:
        raise
    except FileNotFoundError as error:
        return [Finding(Fault.MISSING, str(error))]
    except (RecordingError, UsageError, OSError) as error:
        return [Finding(Fault.UNREADABLE, str(error))]


def _check_kept(begun: Path, lies: Lies, expected: Expected, access: Access) -> list[Finding]:
    manifest = read_manifest(begun)
    if manifest is None or manifest.kept is None:
        return [Finding(Fault.CHANGED, "its manifest does not tell what became of it")]
    if is_sealed(lies) and access.identity is None:
        return _check_envelope(size_of(lies, access), manifest.kept)
    with opened(lies, access) as plain:
        return _check_content(plain, manifest.kept, expected)


def _check_envelope(size_bytes: int, kept: Kept) -> list[Finding]:
    if size_bytes > kept.size_bytes:
        return []
    return [Finding(Fault.CHANGED, f"the envelope is too short to hold {kept.size_bytes} bytes")]


def _check_content(plain: Path, kept: Kept, expected: Expected) -> list[Finding]:
    with plain.open("rb") as file:
        changed = file_digest(file, "sha256").hexdigest() != kept.sha256
    findings = []
    if changed:
        findings.append(Finding(Fault.CHANGED, "the content is not what it was when it was converted"))
    tolerance_ms = _OPUS_TOLERANCE_MS if kept.form is Form.OPUS else TOLERANCE_MS
    return findings + check_sound(plain, expected, tolerance_ms)
