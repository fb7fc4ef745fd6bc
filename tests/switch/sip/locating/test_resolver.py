"""The DNS shell against a name server on loopback."""

import asyncio

from media._core import Ways
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Driver, Outputs
from switch.sip.locating.records import Answer, AskDns, DnsAnswered, Naptr, Question, RecordType, Srv
from switch.sip.locating.resolver import DnsResolver
from tests.helpers.dns_server import DnsServer

NAPTR, SRV, A, AAAA = RecordType.NAPTR, RecordType.SRV, RecordType.A, RecordType.AAAA


def ask(port: int, *questions: Question, timeout_s: float = 5.0) -> dict[Question, Answer]:
    """Ask all at once; returns when each has its answer."""
    return asyncio.run(_ask(port, questions, timeout_s))


async def _ask(port: int, questions: tuple[Question, ...], timeout_s: float) -> dict[Question, Answer]:
    loop = asyncio.get_running_loop()
    answers: dict[Question, Answer] = {}
    everything = asyncio.Event()

    def take(item: DnsAnswered, now: float) -> Outputs:
        answers[item.question] = item.answer
        if len(answers) == len(questions):
            everything.set()
        return ()

    driver = Driver(LoopClock(loop.time), LoopAlarm(loop), _fail, Ways())
    resolver = DnsResolver(driver, [("127.0.0.1", port)], timeout_s)
    driver.add_routes(resolver.routes())
    driver.add_routes({DnsAnswered: take})
    for question in questions:
        driver.submit(AskDns(name=question.name, type=question.type))
    await asyncio.wait_for(everything.wait(), 20)
    resolver.close()
    return answers


def _fail(item: object, error: Exception) -> Outputs:
    raise AssertionError(f"{item} raised {error!r}") from error


def test_every_kind_of_record_is_read() -> None:
    with DnsServer() as dns:
        dns.add("carrier.test", "NAPTR", '10 20 "S" "SIP+D2U" "" _sip._udp.Carrier.test.', ttl_s=77)
        dns.add("_sip._udp.carrier.test", "SRV", "1 2 5060 One.Carrier.test.", "3 4 5062 .")
        dns.add("one.carrier.test", "A", "192.0.2.1", "192.0.2.2")
        dns.add("one.carrier.test", "AAAA", "2001:db8::1")
        service, host = "_sip._udp.carrier.test", "one.carrier.test"
        questions = (
            Question("carrier.test", NAPTR),
            Question(service, SRV),
            Question(host, A),
            Question(host, AAAA),
        )
        found = ask(dns.port, *questions)
    assert found[questions[0]] == Answer((Naptr(10, 20, "S", "SIP+D2U", service),), 77.0)
    assert set(found[questions[1]].records) == {Srv(1, 2, 5060, host), Srv(3, 4, 5062, "")}
    assert set(found[questions[2]].records) == {"192.0.2.1", "192.0.2.2"}
    assert found[questions[3]].records == ("2001:db8::1",)


def test_that_there_is_nothing_holds_as_long_as_the_zone_says() -> None:
    with DnsServer() as dns:
        dns.add("here.test", "A", "192.0.2.1")
        nobody, no_srv = Question("nobody.test", A), Question("here.test", SRV)
        found = ask(dns.port, nobody, no_srv)
    assert found[nobody] == found[no_srv] == Answer((), 7.0)


def test_silence_is_a_failure() -> None:
    with DnsServer() as dns:
        dns.silent = True
        question = Question("slow.test", A)
        found = ask(dns.port, question, timeout_s=0.3)
    assert found[question].records == ()
    assert "slow.test" in found[question].failure


def test_more_questions_than_go_at_a_time_wait_for_their_turn() -> None:
    names = [f"host{number}.test" for number in range(60)]
    with DnsServer() as dns:
        for name in names:
            dns.add(name, "A", "192.0.2.1")
        found = ask(dns.port, *(Question(name, A) for name in names))
    assert all(answer.records == ("192.0.2.1",) for answer in found.values())
