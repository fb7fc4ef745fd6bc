"""What is done to a recording's file once it is over."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyrage.x25519 import Identity

from media.recordings import treatment
from media.recordings.forms import Form, lying_here
from media.recordings.manifest import Manifest, read_manifest, write_manifest
from media.recordings.opening import opened
from media.recordings.tiers import Access
from media.recordings.treatment import NoManifestYet, Step, treat
from media.recordings.wav import RecordingError

IDENTITY = Identity.generate()
RECIPIENTS = [IDENTITY.to_public()]
FRAMES = np.random.default_rng(3).integers(-9000, 9000, (12_000, 2)).astype(np.int16)


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    path = tmp_path / "recording-1.wav"
    soundfile.write(path, FRAMES, 8000, subtype="PCM_16")
    manifest = Manifest(
        recording_id="recording-1",
        contact_id="contact-1",
        call_ids=("call-1",),
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
        state="completed",
    )
    write_manifest(manifest, path)
    return path


@pytest.fixture
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the private key."""
    path = tmp_path_factory.mktemp("key") / "identity.txt"
    path.write_text(str(IDENTITY))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_converted_then_encrypted_and_nothing_else_is_left(begun: Path, key: Path) -> None:
    taken = treat(begun, Form.FLAC, RECIPIENTS)
    assert [(one.step, one.path.name) for one in taken] == [
        (Step.CONVERTED, "recording-1.flac"),
        (Step.ENCRYPTED, "recording-1.flac.age"),
    ]
    assert names(begun.parent) == ["recording-1.flac.age", "recording-1.json"]
    with opened(taken[-1].path, Access(identity=key)) as plain:
        assert np.array_equal(soundfile.read(plain, dtype="int16")[0], FRAMES)


def test_the_manifest_tells_what_it_is_now(begun: Path) -> None:
    treat(begun, Form.FLAC, ())
    manifest = read_manifest(begun)
    assert manifest is not None
    assert manifest.kept is not None
    assert (manifest.kept.form, manifest.kept.sealed) == (Form.FLAC, False)
    assert manifest.kept.size_bytes == begun.with_suffix(".flac").stat().st_size
    treat(begun, Form.FLAC, RECIPIENTS)
    sealed = read_manifest(begun)
    assert sealed is not None
    assert sealed.kept == manifest.kept.model_copy(update={"sealed": True})


def test_a_second_time_nothing_is_left_to_do(begun: Path) -> None:
    treat(begun, Form.OPUS, RECIPIENTS)
    before = names(begun.parent)
    assert treat(begun, Form.OPUS, RECIPIENTS) == []
    assert names(begun.parent) == before


def test_a_wav_file_may_be_encrypted_as_it_is(begun: Path, key: Path) -> None:
    octets = begun.read_bytes()
    (taken,) = treat(begun, None, RECIPIENTS)
    with opened(taken.path, Access(identity=key)) as plain:
        assert plain.read_bytes() == octets


@pytest.mark.parametrize("cut", ["convert", "check_converted", "seal", "write_manifest", "sync_folder"])
def test_what_was_cut_off_is_done_the_next_time(
    begun: Path, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., object] = getattr(treatment, cut)
    for before in (True, False):

        def killed(*arguments: object, before: bool = before) -> None:
            if not before:
                real(*arguments)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(treatment, cut, killed)
            with pytest.raises(KeyboardInterrupt):
                treat(begun, Form.FLAC, RECIPIENTS)
        assert lying_here(begun) is not None
    treat(begun, Form.FLAC, RECIPIENTS)
    assert names(begun.parent) == ["recording-1.flac.age", "recording-1.json"]


def test_the_wav_file_stays_when_its_conversion_is_not_true(
    begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def differs(*arguments: object) -> None:
        raise RecordingError("it differs")

    monkeypatch.setattr(treatment, "check_converted", differs)
    with pytest.raises(RecordingError, match="it differs"):
        treat(begun, Form.FLAC, RECIPIENTS)
    assert names(begun.parent) == ["recording-1.json", "recording-1.wav"]


def test_nothing_is_done_before_the_manifest_is_there_nor_without_a_file(begun: Path) -> None:
    begun.with_suffix(".json").unlink()
    with pytest.raises(NoManifestYet):
        treat(begun, Form.FLAC, ())
    begun.unlink()
    with pytest.raises(RecordingError, match="is gone"):
        treat(begun, Form.FLAC, ())


def test_what_holds_no_sound_is_encrypted_as_it_is(begun: Path) -> None:
    soundfile.write(begun, FRAMES[:0], 8000, subtype="PCM_16")
    (taken,) = treat(begun, Form.FLAC, RECIPIENTS)
    assert taken.path.name == "recording-1.wav.age"


def test_whoever_might_not_read_the_file_may_not_read_what_it_became(begun: Path) -> None:
    begun.chmod(0o600)
    for taken in treat(begun, Form.FLAC, RECIPIENTS):
        assert not taken.path.exists() or taken.path.stat().st_mode & 0o777 == 0o600
