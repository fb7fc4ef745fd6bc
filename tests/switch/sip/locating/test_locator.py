"""Names are known ahead of the calls, asked for again in time, and never forgotten because DNS is dead."""

from typing import Any

from switch.sip.locating.events import NameLocated, NameLost
from switch.sip.locating.locator import Locator
from switch.sip.locating.records import Answer, AskDns, DnsAnswered, Question, Record, RecordType
from switch.sip.locating.search import Wanted

A, AAAA = RecordType.A, RecordType.AAAA
GATEWAY = Wanted("gateway.example", 5060)


class Rig:
    """A locator whose questions the test answers."""

    def __init__(self) -> None:
        self.now = 0.0
        self.locator = Locator(families=(A,))
        self.asked: list[Question] = []
        self.events: list[Any] = []

    def watch(self, wanted: Wanted) -> None:
        self._collect(self.locator.watch(wanted, self.now))

    def answer(
        self, *records: Record, name: str = "gateway.example", ttl_s: float = 300, failure: str = ""
    ) -> None:
        answered = DnsAnswered(Question(name, A), Answer(records, ttl_s, failure))
        self._collect(self.locator.take(answered, self.now))

    def pass_time(self, seconds: float) -> int:
        """Returns how many questions were asked meanwhile."""
        before, end = len(self.asked), self.now + seconds
        while (at := self.locator.next_deadline()) is not None and at <= end:
            self.now = max(at, self.now)
            self._collect(self.locator.wake(now=self.now))
        self.now = end
        return len(self.asked) - before

    def hosts(self, wanted: Wanted = GATEWAY) -> list[str]:
        return [place.hop.host for place in self.locator.places(wanted)]

    def _collect(self, outputs: list[Any]) -> None:
        for output in outputs:
            if isinstance(output, AskDns):
                self.asked.append(Question(output.name, output.type))
            else:
                self.events.append(output)


def located() -> Rig:
    rig = Rig()
    rig.watch(GATEWAY)
    rig.answer("192.0.2.1")
    return rig


def test_a_name_is_asked_for_at_once_and_its_places_are_told() -> None:
    rig = located()
    assert rig.asked == [Question("gateway.example", A)]
    assert rig.hosts() == ["192.0.2.1"]
    assert rig.events == [NameLocated(name="gateway.example", addresses=("udp:192.0.2.1:5060",))]


def test_it_is_asked_for_again_when_its_time_to_live_is_over() -> None:
    rig = located()
    assert rig.pass_time(299) == 0
    assert rig.pass_time(1) == 1
    rig.answer("192.0.2.1")
    assert len(rig.events) == 1
    rig.pass_time(300)
    rig.answer("192.0.2.2", ttl_s=300)
    assert rig.hosts() == ["192.0.2.2"]
    assert rig.events[-1].addresses == ("udp:192.0.2.2:5060",)


def test_no_time_to_live_makes_it_ask_all_the_time_or_hardly_ever() -> None:
    rig = Rig()
    rig.watch(GATEWAY)
    rig.answer("192.0.2.1", ttl_s=0)
    assert rig.pass_time(29) == 0
    assert rig.pass_time(1) == 1
    rig.answer("192.0.2.1", ttl_s=1_000_000)
    assert rig.pass_time(3600) == 1


def test_a_dead_dns_leaves_the_last_known_places_in_use_and_is_told_once() -> None:
    rig = located()
    rig.pass_time(300)
    rig.answer(failure="timed out")
    assert rig.hosts() == ["192.0.2.1"]
    assert rig.events[-1] == NameLost(name="gateway.example", reason="timed out", kept=1)
    told = len(rig.events)
    assert rig.pass_time(30) == 1
    rig.answer(failure="timed out")
    assert len(rig.events) == told
    rig.pass_time(30)
    rig.answer("192.0.2.1")
    assert isinstance(rig.events[-1], NameLocated)
    assert rig.pass_time(299) == 0


def test_a_name_that_was_never_found_is_asked_for_until_it_is() -> None:
    rig = Rig()
    rig.watch(GATEWAY)
    rig.answer()
    assert rig.events == [NameLost(name="gateway.example", reason="gateway.example has no address", kept=0)]
    rig.pass_time(30)
    rig.answer("192.0.2.9")
    assert rig.hosts() == ["192.0.2.9"]


def test_no_question_is_on_its_way_twice() -> None:
    rig = Rig()
    other = Wanted("gateway.example", 5080)
    rig.watch(GATEWAY)
    rig.watch(other)
    rig.watch(GATEWAY)
    assert len(rig.asked) == 1
    rig.answer("192.0.2.1")
    assert rig.hosts() == rig.hosts(other) == ["192.0.2.1"]


def test_an_answer_nobody_waits_for_is_passed_over() -> None:
    rig = located()
    rig.answer("192.0.2.66")
    assert rig.hosts() == ["192.0.2.1"]


def test_an_ip_address_is_known_without_asking() -> None:
    rig = Rig()
    rig.watch(Wanted("192.0.2.5"))
    assert rig.hosts(Wanted("192.0.2.5")) == ["192.0.2.5"]
    assert rig.asked == []
    assert rig.locator.next_deadline() is None
