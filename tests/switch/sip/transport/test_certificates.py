"""What is said of a certificate by the days it is good from and to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from switch.sip.transport.certificates import untimely

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LONG_AGO = timedelta(days=-400)


def write(path: Path, *lives: tuple[timedelta, timedelta]) -> Path:
    """A file of certificates, each good from and to so long after NOW."""
    authority = trustme.CA()
    issued = [
        authority.issue_cert(
            "pbx.example.com", common_name="pbx", not_before=NOW + begin, not_after=NOW + end
        )
        for begin, end in lives
    ]
    path.write_bytes(b"".join(pem.bytes() for one in issued for pem in one.cert_chain_pems))
    return path


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (LONG_AGO, timedelta(0), "ended on 2026-11-22 08:30 UTC"),
        (LONG_AGO, timedelta(days=-3), "ended on 2026-11-19 08:30 UTC"),
        (LONG_AGO, timedelta(days=14), "ends on 2026-12-06 08:30 UTC"),
        (timedelta(days=1), timedelta(days=300), "is not good before 2026-11-23 08:30 UTC"),
        (timedelta(days=-5), timedelta(days=1), "ends on 2026-11-23 08:30 UTC"),
    ],
)
def test_a_certificate_at_the_wrong_time_is_told_with_whose_it_is_and_the_day(
    tmp_path: Path, begins: timedelta, ends: timedelta, said: str
) -> None:
    (told,) = untimely(write(tmp_path / "switch.pem", (begins, ends)), NOW)
    assert told.startswith("the certificate of CN=pbx,")
    assert told.endswith(f" {said}")


@pytest.mark.parametrize(
    ("begins", "ends"), [(LONG_AGO, timedelta(days=14, seconds=1)), (timedelta(days=-1), timedelta(days=5))]
)
def test_one_that_is_good_for_long_enough_is_no_matter(
    tmp_path: Path, begins: timedelta, ends: timedelta
) -> None:
    assert [*untimely(write(tmp_path / "switch.pem", (begins, ends)), NOW)] == []


def test_the_chain_is_looked_at_too(tmp_path: Path) -> None:
    path = write(tmp_path / "switch.pem", (LONG_AGO, timedelta(days=90)), (LONG_AGO, timedelta(days=-1)))
    (told,) = untimely(path, NOW)
    assert told.endswith("ended on 2026-11-21 08:30 UTC")


@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_nothing_is_said_of_what_holds_no_certificate(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "switch.pem"
    if content is not None:
        path.write_bytes(content)
    assert [*untimely(path, NOW)] == []
