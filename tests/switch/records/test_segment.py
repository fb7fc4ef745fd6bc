from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.causes import Cause
from switch.events import CallEnded, DigitReceived
from switch.records.projection import Entry, JournalEntry
from switch.records.segment import (
    SegmentWriter,
    Tail,
    as_decoded,
    decode_line,
    encode_line,
    encode_lines,
    list_segments,
    mend_tail,
)

WALL = 1_790_000_000.25  # 2026-09-21


def entry(sequence: int) -> JournalEntry:
    return JournalEntry(sequence, WALL, "call.answered", {"call_id": f"call-{sequence}"})


def write(folder: Path, *sequences: int) -> Path:
    segment = SegmentWriter(folder, sequences[0], WALL)
    segment.append(b"".join(encode_line(*entry(sequence)) for sequence in sequences))
    segment.close()
    return segment.path


def test_an_entry_is_one_line_that_people_can_read() -> None:
    line = encode_line(7, WALL, "agent.signed_in", {"name": "张伟", "queues": ("a", "b")})
    assert line.decode() == (
        '{"sequence":7,"time":1790000000.25,"topic":"agent.signed_in",'
        '"fields":{"name":"张伟","queues":["a","b"]}}\n'
    )


plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)  # no event holds a wider number
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters())
)


@given(
    st.integers(1, 2**53),
    st.floats(0, 4e9),
    st.text(min_size=1, max_size=10),
    st.dictionaries(st.text(st.characters(), max_size=5), plain, max_size=5),
)
def test_any_entry_is_one_line_and_comes_back(
    sequence: int, time: float, topic: str, fields: dict[str, object]
) -> None:
    written = JournalEntry(sequence, time, topic, fields)
    line = encode_line(*written)
    assert line.count(b"\n") == 1
    assert decode_line(line) == written


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_no_entry(data: bytes) -> None:
    assert decode_line(data) is None


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"\0" * 100,
        b'{"sequence":1}\n',
        b'{"sequence":"1","time":1.0,"topic":"a.b","fields":{}}\n',
        b'{"sequence":1,"time":1.0,"topic":"a.b","fields":[]}\n',
        b"[" * 100_000,
    ],
)
def test_a_line_without_an_entry_is_none(line: bytes) -> None:
    assert decode_line(line) is None


def test_segments_are_named_by_their_first_entry_and_day_and_listed_in_order(tmp_path: Path) -> None:
    write(tmp_path, 1000)
    write(tmp_path, 1, 2)
    (tmp_path / "notes_.jsonl").write_text("not ours")
    names = [segment.path.name for segment in list_segments(tmp_path)]
    assert names == ["000000000001_2026-09-21.jsonl", "000000001000_2026-09-21.jsonl"]


def test_a_whole_journal_is_left_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, 1, 2)
    path = write(tmp_path, 3, 4)
    before = path.read_bytes()
    assert mend_tail(list_segments(tmp_path)) == Tail(4, None, 0)
    assert path.read_bytes() == before


def test_an_empty_folder_has_no_last_entry(tmp_path: Path) -> None:
    assert mend_tail(list_segments(tmp_path)) == Tail(0, None, 0)


@pytest.mark.parametrize("cut", range(1, len(encode_line(*entry(2)))))
def test_a_last_line_torn_anywhere_is_removed(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path, 1, 2)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    kept = encode_line(*entry(1))
    assert mend_tail(list_segments(tmp_path)) == Tail(1, path, len(whole) - cut - len(kept))
    assert path.read_bytes() == kept


def test_zeros_that_a_power_cut_left_are_removed(tmp_path: Path) -> None:
    path = write(tmp_path, 1)
    with path.open("ab") as file:
        file.write(b"\0" * 5000 + b"\n" + b"\0" * 100)
    assert mend_tail(list_segments(tmp_path)) == Tail(1, path, 5101)


def test_a_last_segment_without_entries_is_removed_and_the_one_before_counts(tmp_path: Path) -> None:
    write(tmp_path, 1, 2)
    (tmp_path / "000000000003_2026-09-21.jsonl").write_bytes(b'{"sequ')
    assert mend_tail(list_segments(tmp_path)).last_sequence == 2
    assert len(list_segments(tmp_path)) == 1


def test_a_second_attempt_begins_on_a_line_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, 1)
    path.write_bytes(path.read_bytes()[:-10])
    assert write(tmp_path, 1) == path
    assert [decode_line(line) for line in path.read_bytes().splitlines(keepends=True)] == [None, entry(1)]


ENTRIES: list[Entry] = [
    (7, WALL, "agent.signed_in", {"name": "张伟", "queues": ("a", "b")}),
    (8, WALL + 1, "call.answered", {}),
    (9, WALL + 2, "test.said", {"text": '"},{"sequence":1,"time":2}', "line": "one\ntwo\r\u2028three"}),
]


@pytest.mark.parametrize(
    "odd",
    [
        (10, WALL, "test.nested", {"those": [{"sequence": 1}, {"sequence": 2}]}),
        (10, WALL, "test.from_sip", {"name": "not UTF-8: \udcff"}),
        (10, WALL, "test.of_another_kind", {"path": Path("/recordings")}),
        DigitReceived(call_id="call-1", digit="#", duration_ms=90),
    ],
    ids=["looks like two", "a lone surrogate", "written as text", "an event"],
)
def test_lines_made_together_are_those_made_one_by_one(odd: Entry | DigitReceived) -> None:
    entry = (10, WALL, odd.topic, odd) if isinstance(odd, DigitReceived) else odd
    for entries in (ENTRIES, [entry], [*ENTRIES, entry], [entry, *ENTRIES]):
        lines = encode_lines(entries).splitlines(keepends=True)
        assert lines == [encode_line(*each) for each in entries]
        assert as_decoded(entries) == [_with_tuples(decode_line(line)) for line in lines]


def _with_tuples(entry: JournalEntry | None) -> JournalEntry | None:
    """The entry as it was before JSON made lists of tuples."""
    if entry is None or "queues" not in entry.fields:
        return entry
    return entry._replace(fields={**entry.fields, "queues": tuple(entry.fields["queues"])})


@given(
    st.integers(1, 2**53),
    st.floats(0, 4e9),
    st.dictionaries(st.text(st.characters(), max_size=5), plain, max_size=5),
)
def test_an_entry_that_was_never_a_line_is_the_one_that_is_read(
    sequence: int, time: float, fields: dict[str, object]
) -> None:
    entry = (sequence, time, "test.said", fields)
    assert as_decoded([entry]) == [decode_line(encode_line(*entry))]


def test_an_entry_that_only_a_line_can_tell_keeps_none_from_those_beside_it() -> None:
    odd: Entry = (11, WALL, "test.said", {"by_key": {None: "nobody", (1, 2): "two"}})
    entries = [*ENTRIES[:1], odd]
    assert as_decoded(entries) == [decode_line(encode_line(*each)) for each in entries]


def test_an_event_that_was_never_a_line_has_the_plain_fields_of_the_one_that_is_read() -> None:
    ended = CallEnded(call_id="call-1", contact_id="contact-1", cause=Cause.NORMAL_CLEARING, by_caller=True)
    (entry,) = as_decoded([(10, WALL, ended.topic, ended)])
    assert entry == decode_line(encode_line(10, WALL, ended.topic, ended))
    assert type(entry.fields["cause"]) is str
