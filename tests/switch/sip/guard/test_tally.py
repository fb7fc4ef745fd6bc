from switch.sip.guard.events import RefusalKind, SourceRefused
from switch.sip.guard.tally import Refused, Tally
from switch.sip.hop import Hop

JUNK = RefusalKind.MALFORMED


def refused(host: str = "192.0.2.1", kind: RefusalKind = JUNK, detail: str = "") -> Refused:
    return Refused(kind, host, Hop("udp", host, 5060), detail)


def told(events: list[SourceRefused]) -> list[tuple[str, int]]:
    return [(event.source, event.count) for event in events]


def test_a_few_are_told_one_by_one_and_the_rest_of_their_second_together() -> None:
    tally = Tally(3)
    events = [event for n in range(10) for event in tally.note(refused(f"192.0.2.{n}"), 100.0 + n / 100)]
    assert told(events) == [("192.0.2.0", 1), ("192.0.2.1", 1), ("192.0.2.2", 1)]
    assert tally.next_deadline() == 101.0
    assert tally.wake(now=100.5) == []
    assert told(tally.wake(now=101.0)) == [("192.0.2.9", 7)]
    assert tally.next_deadline() is None
    assert tally.counts == {JUNK: 10}


def test_each_kind_has_a_second_of_its_own() -> None:
    tally = Tally(1)
    for kind in (JUNK, RefusalKind.SCANNER):
        assert told(tally.note(refused(kind=kind), 100.0)) == [("192.0.2.1", 1)]
    tally.note(refused(kind=RefusalKind.SCANNER), 100.2)
    tally.note(refused(kind=JUNK), 100.3)
    kinds = {event.kind for _ in range(2) for event in tally.wake(now=101.0)}
    assert kinds == {JUNK, RefusalKind.SCANNER}


def test_a_flood_that_goes_on_is_told_every_second() -> None:
    tally, events = Tally(2), []
    for n in range(5000):
        now = 100.0 + n / 1000
        if (due := tally.next_deadline()) is not None and due <= now:
            events += tally.wake(now=now)
        events += tally.note(refused(), now)
    assert len(events) <= 5 * 3
    assert sum(event.count for event in events) + tally._windows[JUNK].untold == 5000


def test_what_is_dropped_unread_is_told_at_once_and_then_once_a_minute() -> None:
    tally = Tally(5)
    tally.note_unread(RefusalKind.BANNED, "192.0.2.1")
    assert told(tally.wake(now=100.0)) == [("192.0.2.1", 1)]
    for _ in range(50_000):
        tally.note_unread(RefusalKind.BANNED, "192.0.2.1")
    assert tally.next_deadline() == 160.0
    (event,) = tally.wake(now=160.0)
    assert (event.count, event.peer, event.status) == (50_000, "", None)


def test_what_is_told_is_printable() -> None:
    (event,) = Tally(1).note(refused(detail="\x1b[2J" + "x" * 5000), 1.0)
    assert event.detail.startswith("�[2J")
    assert len(event.detail) < 300
