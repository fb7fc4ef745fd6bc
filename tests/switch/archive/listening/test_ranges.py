"""Ranges of a file as RFC 9110 §14 has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.archive.listening.ranges import OctetRange, UnsatisfiableRange, requested_range, whole

SIZE = 10_000


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-499", 0, 499),  # the examples of §14.1.2
        ("bytes=500-999", 500, 999),
        ("bytes=-500", 9500, 9999),
        ("bytes=9500-", 9500, 9999),
        ("bytes=0-0", 0, 0),
        ("bytes=-1", 9999, 9999),
        ("BYTES=0-", 0, 9999),
        ("bytes=9999-20000", 9999, 9999),
        ("bytes=-20000", 0, 9999),
    ],
)
def test_one_range_is_cut_to_the_file(header: str, first: int, last: int) -> None:
    assert requested_range(header, None, None, SIZE) == OctetRange(first, last)


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_had(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        requested_range(header, None, None, SIZE)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=0-0,-1",
        "lines=0-1",
        "bytes=1-²",
    ],
)
def test_anything_else_is_answered_with_the_whole_file(header: str | None) -> None:
    assert requested_range(header, None, None, SIZE) is None


@pytest.mark.parametrize(
    ("if_range", "etag", "expected"),
    [
        ('"a"', '"a"', OctetRange(0, 1)),
        ('"a"', '"b"', None),
        ('W/"a"', '"a"', None),
        ('"a"', None, None),
        ("Sat, 21 Nov 2026 09:00:00 GMT", '"a"', None),
    ],
)
def test_a_client_with_a_part_of_another_file_gets_the_whole(
    if_range: str, etag: str | None, expected: OctetRange | None
) -> None:
    assert requested_range("bytes=0-1", if_range, etag, SIZE) == expected


def test_an_empty_file_has_no_range() -> None:
    assert whole(0).length == 0
    for header in ("bytes=0-", "bytes=-1"):
        with pytest.raises(UnsatisfiableRange):
            requested_range(header, None, None, 0)


@given(st.text(alphabet="bytes=0123456789-, ", max_size=50), st.integers(0, 2**40))
def test_whatever_is_asked_for_lies_within_the_file(header: str, size: int) -> None:
    try:
        found = requested_range(header, None, None, size)
    except UnsatisfiableRange:
        return
    assert found is None or 0 <= found.first <= found.last < size
