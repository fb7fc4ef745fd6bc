"""Whether a recording, also a converted or encrypted one, is what its record and manifest say. Reads only."""

from hashlib import file_digest
from pathlib import Path

from media.recordings.check import TOLERANCE_MS, Expected, Fault, Finding, check_file, check_sound
from media.recordings.forms import Form, is_sealed, lying_at
from media.recordings.manifest import Kept, read_manifest
from media.recordings.sealing import opened
from media.recordings.wav import RecordingError
from runtime.errors import UsageError

_OPUS_TOLERANCE_MS = 100


def check_wherever(begun: Path, expected: Expected, identity: Path | None) -> list[Finding]:
    """Everything that is wrong with a recording, in whatever form it lies.

    ``identity``: file with the private key. Of what this machine cannot open, what is seen outside.
    """
    lies = lying_at(begun)
    if lies is None or lies == begun:
        return check_file(begun, expected)
    return _check_kept(begun, lies, expected, identity)


def _check_kept(begun: Path, lies: Path, expected: Expected, identity: Path | None) -> list[Finding]:
    try:
        manifest = read_manifest(begun)
        if manifest is None or manifest.kept is None:
            return [Finding(Fault.CHANGED, "its manifest does not tell what became of it")]
        if is_sealed(lies) and identity is None:
            return _check_envelope(lies, manifest.kept)
        with opened(lies, identity) as plain:
            return _check_content(plain, manifest.kept, expected)
    except (RecordingError, UsageError, OSError) as error:
        return [Finding(Fault.UNREADABLE, str(error))]


def _check_envelope(sealed: Path, kept: Kept) -> list[Finding]:
    if sealed.stat().st_size > kept.size_bytes:
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
