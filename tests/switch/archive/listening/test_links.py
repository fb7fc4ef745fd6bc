"""Links open one recording, for a while, and cannot be made up."""

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import UsageError
from switch.archive.listening.links import Link, LinkRefused, LinkSigner, is_recording_id, read_key

SIGNER = LinkSigner(b"k" * 32)
LINK = Link("recording-1", 1_800_000_000, "张伟 & co")


def query(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def test_a_link_opens_its_recording_until_its_moment() -> None:
    assert SIGNER.check("recording-1", query(SIGNER.query(LINK)), LINK.until - 0.1) == LINK
    with pytest.raises(LinkRefused, match="expired"):
        SIGNER.check("recording-1", query(SIGNER.query(LINK)), LINK.until)


def test_a_signature_is_the_one_that_any_hmac_tool_makes() -> None:
    # printf "/recordings/recording-1\n1800000000\nbob" | openssl dgst -sha256 -hmac kkkk… -binary | basenc …
    signature = query(SIGNER.query(Link("recording-1", 1_800_000_000, "bob")))["signature"]
    assert signature == "sUu58Z3Q0ZTKmpGDUOE-0lQvODElbGSwEsheKeq0rFA"


@pytest.mark.parametrize(
    "changed",
    [
        {"until": "1900000000"},
        {"who": "somebody else"},
        {"signature": "A" * 43},
        {"signature": "é"},
        {"until": "١٨٠٠٠٠٠٠٠٠"},
        {"until": "9" * 4000},
        {"until": ""},
    ],
)
def test_a_link_that_was_changed_opens_nothing(changed: dict[str, str]) -> None:
    with pytest.raises(LinkRefused, match="damaged"):
        SIGNER.check("recording-1", query(SIGNER.query(LINK)) | changed, 0)


def test_a_link_opens_no_other_recording_and_fits_no_other_key() -> None:
    for signer, recording_id in ((SIGNER, "recording-2"), (LinkSigner(b"j" * 32), "recording-1")):
        with pytest.raises(LinkRefused, match="another key or for another recording"):
            signer.check(recording_id, query(SIGNER.query(LINK)), 0)


def test_an_address_without_a_signature_says_how_to_get_one() -> None:
    with pytest.raises(LinkRefused, match="ringmain recordings link"):
        SIGNER.check("recording-1", {}, 0)


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_two_names_share_a_signature(one: str, other: str) -> None:
    signatures = [query(SIGNER.query(Link("r", 1, who)))["signature"] for who in (one, other)]
    assert (signatures[0] == signatures[1]) == (one == other)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", ".hidden", "a/b", "a" * 65, "a\n", "a b"])
def test_what_could_be_a_path_is_no_recording(name: str) -> None:
    assert not is_recording_id(name)


def test_a_key_is_read_without_the_line_end_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "link.key"
    path.write_text("0" * 64 + "\n")
    assert read_key(path) == b"0" * 64


def test_a_key_that_is_missing_or_short_is_told_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "link.key"
    with pytest.raises(UsageError, match=r"link\.key cannot be read: No such file"):
        read_key(path)
    path.write_text("short\n")
    with pytest.raises(UsageError, match="holds 5 bytes; expected 32 or more; `openssl rand"):
        read_key(path)
