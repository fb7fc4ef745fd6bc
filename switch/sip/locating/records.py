"""What DNS is asked and what it answers, as far as SIP needs it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from runtime.vocabulary import Command, plain_data


class RecordType(StrEnum):
    """A kind of question."""

    NAPTR = "NAPTR"
    SRV = "SRV"
    A = "A"
    AAAA = "AAAA"


class Question(NamedTuple):
    """One name, one kind of record."""

    name: str
    """Lower case, without the dot at the end."""
    type: RecordType


class Naptr(NamedTuple):
    """RFC 3403 §4.1, without the regular expression, which SIP does not use."""

    order: int
    preference: int
    flags: str
    service: str
    replacement: str


class Srv(NamedTuple):
    """RFC 2782."""

    priority: int
    weight: int
    port: int
    target: str
    """Empty when the service is decidedly not offered."""


Record = Naptr | Srv | str
"""An address record is the address as text."""


class Answer(NamedTuple):
    """What a question brought."""

    records: tuple[Record, ...]
    """Empty when there are none of this type."""
    ttl_s: float
    """How long this holds; of a failure: nothing."""
    failure: str = ""
    """Why nothing was learned; empty when DNS answered, be it that there is nothing."""


@plain_data
class AskDns(Command):
    """What the locator tells its shell: ask this. DnsAnswered follows."""

    name: str
    type: RecordType


class DnsAnswered(NamedTuple):
    """What the shell brings."""

    question: Question
    answer: Answer


def address_families(listeners_are_ipv6: Iterable[bool]) -> tuple[RecordType, ...]:
    """The address records of use to a switch with such listeners; those of IPv4 come first."""
    found = set(listeners_are_ipv6)
    families = ((RecordType.A, False), (RecordType.AAAA, True))
    return tuple(family for family, is_ipv6 in families if is_ipv6 in found)
