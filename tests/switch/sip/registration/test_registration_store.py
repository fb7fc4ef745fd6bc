import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as Signal

import pytest

from runtime.clock import ManualClock
from runtime.vocabulary import Event
from switch.sip.events import RegistrationsKeptAgain, RegistrationsNotKept, RegistrationsPutAside
from switch.sip.hop import Hop
from switch.sip.registration.binding_changes import KeepBindings
from switch.sip.registration.bindings import Binding
from switch.sip.registration.registration_store import RegistrationStore

HOP = Hop("tls", "2001:db8::7", 5061, "phones.example")
BINDING = Binding(
    station="1001",
    contact_address="sip:张伟\udcff@[2001:db8::7]:5061",
    hop=HOP,
    sip_call_id="c@phone",
    cseq=7,
    expires_at=1600.0,
    registered_at=400.0,
    q=0.5,
    path=("<sip:edge.example;lr>",),
    instance="<urn:uuid:1>",
    reg_id=2,
    user_agent="Phone 4.2",
)


class Run:
    """One run of a switch as far as the store is concerned, started at some moment."""

    def __init__(self, path: Path, now: float = 1000.0, wall: float = 1_790_000_000.0) -> None:
        self.clock = ManualClock(now, wall=wall)
        self.told: list[Event] = []
        self.spoke = Signal()
        self.store = RegistrationStore(path, self.clock, self._report, fsync=False)
        self.found = self.store.load()

    def keep(self, *bindings: Binding) -> None:
        self._change({binding.key: binding for binding in bindings})

    def forget(self, *bindings: Binding) -> None:
        self._change({binding.key: None for binding in bindings})

    def wait_told(self) -> None:
        assert self.spoke.wait(10)
        self.spoke.clear()

    def _change(self, changes: dict[tuple[str, str], Binding | None]) -> None:
        handle = self.store.routes()[KeepBindings]
        assert list(handle(KeepBindings(changes=changes), self.clock.now())) == []

    def _report(self, event: Event) -> None:
        self.told.append(event)
        self.spoke.set()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Begins a run, which ends the one before."""
    runs: list[Run] = []

    def begin(path: Path = tmp_path / "run" / "registrations.db", **times: float) -> Run:
        for earlier in runs:
            earlier.store.close()
        runs.append(Run(path, **times))
        return runs[-1]

    yield begin
    for each in runs:
        each.store.close()


def test_every_field_of_a_contact_outlives_a_restart(run: Callable[..., Run]) -> None:
    run().keep(BINDING)
    assert run().found == [BINDING]


def test_times_are_those_of_the_wall_clock(run: Callable[..., Run]) -> None:
    run(now=1000.0, wall=1_790_000_000.0).keep(BINDING)
    (found,) = run(now=20.0, wall=1_790_000_100.0).found
    assert (found.expires_at, found.registered_at) == (520.0, -680.0)


def test_a_contact_that_is_gone_stays_gone(run: Callable[..., Run]) -> None:
    other = BINDING._replace(station="1002")
    first = run()
    first.keep(BINDING, other)
    first.forget(BINDING)
    assert run().found == [other]


def test_the_last_change_of_a_contact_counts(run: Callable[..., Run]) -> None:
    first = run()
    for cseq in (1, 2, 3):
        first.keep(BINDING._replace(cseq=cseq))
    assert [found.cseq for found in run().found] == [3]


def test_nothing_is_left_unwritten_after_closing(run: Callable[..., Run]) -> None:
    first = run()
    first.keep(BINDING)
    first.store.close()
    assert first.store.unwritten == 0


def test_a_file_that_is_no_database_is_put_aside(run: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "junk.db"
    path.write_bytes(b"this is no database, and it is long enough to be looked into" * 100)
    first = run(path)
    moved_to = str(path) + ".unreadable"
    assert first.told == [RegistrationsPutAside(path=str(path), moved_to=moved_to)]
    first.keep(BINDING)
    assert run(path).found == [BINDING]


def test_rows_that_make_no_sense_are_passed_over(run: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    run(path).keep(BINDING)
    run(tmp_path / "other.db")  # closes the first
    with sqlite3.connect(path) as connection:
        for key, packed in ((b"a", b""), (b"b", b"\x93\x01\x02\x03"), (b"c", b"\xc1"), (b"d", b"\xc0")):
            connection.execute("INSERT INTO bindings VALUES (?, ?)", (key, packed))
    connection.close()
    assert run(path).found == [BINDING]


def test_rows_of_another_version_are_dropped(run: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bindings (something)")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    first = run(path)
    assert (first.found, first.told) == ([], [])
    first.keep(BINDING)
    assert run(path).found == [BINDING]


def test_a_second_switch_cannot_have_the_file_and_goes_on_without(tmp_path: Path) -> None:
    path = tmp_path / "registrations.db"
    first = Run(path)
    first.keep(BINDING)
    second = Run(path)
    (told,) = second.told
    assert (type(told), second.found) == (RegistrationsNotKept, [])
    first.store.close()
    second.spoke.clear()
    second.keep(BINDING._replace(station="1002"))
    second.wait_told()
    assert second.told[1:] == [RegistrationsKeptAgain(path=str(path))]
    second.store.close()
    assert [found.station for found in Run(path).found] == ["1001", "1002"]


def test_a_place_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = Run(tmp_path / "file" / "registrations.db")
    run.keep(BINDING)
    run.store.close()
    (told,) = run.told
    assert isinstance(told, RegistrationsNotKept)
    assert run.store.unwritten == 1
