"""The DNS shell: dnspython's resolver on the event loop. Asks what it is told to, decides nothing."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA
from dns.rdtypes.IN.NAPTR import NAPTR
from dns.rdtypes.IN.SRV import SRV

from runtime.driver import Driver, Handler, Outputs
from switch.sip.locating.records import Answer, AskDns, DnsAnswered, Naptr, Question, Record, RecordType, Srv

_AT_ONCE = 16
"""Queries on their way at a time; others wait for their turn."""
_NOTHING_FOR_S = 60.0
"""How long it holds that there is nothing, when DNS does not say (RFC 2308)."""


class DnsResolver:
    """Between the driver and the name servers."""

    def __init__(self, driver: Driver, servers: Sequence[tuple[str, int]], timeout_s: float) -> None:
        """``servers`` are addresses and ports; empty: those of the machine."""
        self._driver = driver
        self._servers = tuple(servers)
        self._timeout_s = timeout_s
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._queries: set[asyncio.Task[None]] = set()
        self._resolver: dns.asyncresolver.Resolver | None = None

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {AskDns: self._ask}

    def close(self) -> None:
        """Forget all questions; their answers are not told any more."""
        for query in self._queries:
            query.cancel()

    def _ask(self, command: AskDns, now: float) -> Outputs:
        question = Question(command.name, command.type)
        query = asyncio.get_running_loop().create_task(self._query(question))
        self._queries.add(query)
        query.add_done_callback(self._queries.discard)
        return ()

    async def _query(self, question: Question) -> None:
        async with self._turn:
            answer = await self._resolve(question)
        answered = DnsAnswered(question, answer)
        self._driver.run_step(lambda now: [answered])

    async def _resolve(self, question: Question) -> Answer:
        try:
            found = await self._opened().resolve(
                question.name, question.type.value, lifetime=self._timeout_s, search=False
            )
        except dns.resolver.NXDOMAIN as nothing:
            return Answer((), _negative_ttl(nothing))
        except dns.resolver.NoAnswer as nothing:
            return Answer((), _negative_ttl(nothing))
        except (dns.exception.DNSException, OSError) as error:
            return Answer((), 0.0, f"{question.type} {question.name}: {error}")
        ttl_s = float(found.rrset.ttl) if found.rrset is not None else _NOTHING_FOR_S
        return Answer(tuple(_READERS[question.type](record) for record in found), ttl_s)

    def _opened(self) -> dns.asyncresolver.Resolver:
        """Made when first asked: a machine without name servers may have no names to look up either."""
        if self._resolver is None:
            self._resolver = dns.asyncresolver.Resolver(configure=not self._servers)
            if self._servers:
                self._resolver.nameservers = [
                    dns.nameserver.Do53Nameserver(host, port) for host, port in self._servers
                ]
        return self._resolver


def _negative_ttl(nothing: dns.resolver.NXDOMAIN | dns.resolver.NoAnswer) -> float:
    """As the zone's SOA says (RFC 2308 §5), where it came along."""
    responses = nothing.kwargs.get("responses", {}).values()
    response = next(iter(responses), None) or nothing.kwargs.get("response")
    for rrset in response.authority if response is not None else ():
        if rrset.rdtype == dns.rdatatype.SOA:
            return float(min(rrset.ttl, rrset[0].minimum))
    return _NOTHING_FOR_S


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower() if name != dns.name.root else ""


def _naptr(record: NAPTR) -> Record:
    flags, service = record.flags.decode("ascii", "replace"), record.service.decode("ascii", "replace")
    return Naptr(record.order, record.preference, flags, service, _name(record.replacement))


def _srv(record: SRV) -> Record:
    return Srv(record.priority, record.weight, record.port, _name(record.target))


def _address(record: A | AAAA) -> Record:
    return str(record.address)


_READERS: dict[RecordType, Callable[[Any], Record]] = {
    RecordType.NAPTR: _naptr,
    RecordType.SRV: _srv,
    RecordType.A: _address,
    RecordType.AAAA: _address,
}
