"""Recordings in envelopes of the age format, opened by the tool other people wrote too."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pyrage.x25519 import Identity

from media.recordings.forms import lying_here
from media.recordings.keys import read_identities, recipient
from media.recordings.opening import opened
from media.recordings.sealing import seal
from media.recordings.tiers import Access
from media.recordings.wav import RecordingError
from runtime.errors import UsageError

CONTENT = bytes(range(256)) * 1000


def written(identity: Identity, folder: Path) -> Access:
    """By way of a file with a private key."""
    path = folder / "identity.txt"
    path.write_text(f"# a key\n{identity}\n")
    return Access(identity=path)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "recording-1.wav"
    path.write_bytes(CONTENT)
    return path


def test_who_has_the_key_reads_what_was_sealed(plain: Path) -> None:
    identity = Identity.generate()
    sealed = seal(plain, [Identity.generate().to_public(), identity.to_public()])
    assert sealed.name == "recording-1.wav.age"
    assert CONTENT[:1000] not in sealed.read_bytes()
    with opened(sealed, written(identity, sealed.parent)) as path:
        assert path.read_bytes() == CONTENT
        assert path.is_relative_to("/proc")
    assert not path.exists()


def test_a_plain_file_is_read_where_it_lies(plain: Path) -> None:
    with opened(plain, Access()) as path:
        assert path == plain


def test_the_key_that_reads_back_is_another_each_time(plain: Path) -> None:
    identity = Identity.generate().to_public()
    first, second = (seal(plain, [identity]).read_bytes() for _ in range(2))
    assert first != second


def test_another_key_or_none_opens_nothing_and_says_so(plain: Path) -> None:
    sealed = seal(plain, [Identity.generate().to_public()])
    with (
        pytest.raises(UsageError, match="cannot be opened with the keys"),
        opened(sealed, written(Identity.generate(), plain.parent)),
    ):
        pass
    with (
        pytest.raises(UsageError, match=r"is encrypted; name the file of a private key"),
        opened(sealed, Access()),
    ):
        pass


@pytest.mark.parametrize("at", [-1, 100_000])
def test_an_envelope_that_was_changed_is_not_believed(plain: Path, at: int) -> None:
    identity = Identity.generate()
    sealed = seal(plain, [identity.to_public()])
    octets = bytearray(sealed.read_bytes())
    octets[at] ^= 1
    sealed.write_bytes(octets)
    with pytest.raises(RecordingError, match="is damaged"), opened(sealed, written(identity, sealed.parent)):
        pass


@pytest.mark.skipif(shutil.which("age") is None, reason="needs Debian's age")
def test_the_tool_age_opens_what_we_sealed_with_a_key_it_made(plain: Path, tmp_path: Path) -> None:
    key = tmp_path / "identity.txt"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    asked = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True)
    sealed = seal(plain, [recipient(asked.stdout)])
    told = subprocess.run(["age", "--decrypt", "-i", key, sealed], check=True, capture_output=True)
    assert told.stdout == CONTENT
    with opened(sealed, Access(identity=key)) as path:
        assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("text", ["", "age1", "age1qqqq", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="begins with age1"):
        recipient(text)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"# nothing\n", "holds no private key"), (b"secret\n", "no private key"), (b"\xff", "no private key")],
)
def test_a_file_without_a_private_key_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "identity.txt"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=problem):
        read_identities(path)
    with pytest.raises(UsageError, match="No such file"):
        read_identities(tmp_path / "missing.txt")


def test_a_recording_is_found_in_whatever_form_it_lies(tmp_path: Path) -> None:
    begun = tmp_path / "recording-1.wav"
    assert lying_here(begun) is None
    for name in ("recording-1.opus.age", "recording-1.flac.age", "recording-1.flac", "recording-1.wav"):
        (tmp_path / name).touch()
        assert lying_here(begun) == tmp_path / name
