"""What can be spoken: the kinds of values, how each is written, and the prompts that say it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol, TypeVar

from media.spoken import chinese, english, words
from media.spoken.words import CURRENCIES, PAUSE, Money, money
from runtime.errors import UsageError

LARGEST = 10**12
"""Numbers and sums below it can be spoken."""

LONGEST = 64
"""Characters of what is spoken digit by digit."""

MOST_DECIMALS = 12

_TELEPHONE = re.compile(r"\+?[0-9][0-9 ()-]{0,31}")
_DURATION = re.compile(r"[0-9]{1,9}")


T = TypeVar("T")


class Kind(StrEnum):
    """As what a value is spoken."""

    DIGITS = "digits"
    """One by one: ``1024``; what is no digit is silent."""
    NUMBER = "number"
    """``-12.5``"""
    MONEY = "money"
    """``12.34``, yuan if no currency follows: ``12.34 USD``"""
    DATE = "date"
    """``2026-11-21``"""
    DAY = "day"
    """The same without the year."""
    TIME = "time"
    """``14:05``, the seconds are silent"""
    DURATION = "duration"
    """Whole seconds: ``7385``"""
    TELEPHONE = "telephone"
    """``13800138000`` or ``+86 10 6552 9988``"""


class Grammar(Protocol):
    """What a language must know; the prompts are told without the language's folder."""

    def number(self, value: int) -> Iterator[str]: ...
    def count(self, value: int) -> Iterator[str]: ...
    def money(self, sum_: Money) -> Iterator[str]: ...
    def day(self, value: date) -> Iterator[str]: ...
    def date_with_year(self, value: date) -> Iterator[str]: ...
    def time_of_day(self, value: time) -> Iterator[str]: ...
    def duration(self, seconds: int) -> Iterator[str]: ...
    def telephone(self, groups: tuple[str, ...]) -> Iterator[str]: ...


def grammar_of(language: str) -> Grammar:
    """English for ``en`` and its kinds; else Chinese."""
    return english if language.partition("-")[0] == "en" else chinese


def spoken(language: str, kind: Kind, value: str) -> tuple[str, ...]:
    """The prompts that say a value, such as ``zh/digits/3``. Raises UsageError for what is no such value."""
    return _in(language, _KINDS[kind](grammar_of(language), value.strip()))


def number(language: str, value: int) -> tuple[str, ...]:
    """The prompts that say a whole number from 0 up, below LARGEST."""
    return _in(language, grammar_of(language).number(value))


def count(language: str, value: int) -> tuple[str, ...]:
    """The same before what is counted: Chinese has a word of its own for two of something."""
    return _in(language, grammar_of(language).count(value))


def digits(language: str, text: str) -> tuple[str, ...]:
    """The digits of a number such as an agent's, one by one; other characters are silent."""
    return _in(language, words.digits(text))


def _in(language: str, said: Iterator[str]) -> tuple[str, ...]:
    return tuple(word if word == PAUSE else f"{language}/{word}" for word in said)


def _digits(_: Grammar, value: str) -> Iterator[str]:
    if len(value) > LONGEST:
        raise UsageError(f"{len(value)} characters are too many to be spoken one by one: expected {LONGEST}")
    return words.digits(value)


def _number(grammar: Grammar, value: str) -> Iterator[str]:
    amount = _decimal(value)
    whole, _, fraction = f"{abs(amount):f}".partition(".")
    if amount < 0:
        yield "numbers/minus"
    yield from grammar.number(int(whole))
    if fraction:
        yield "numbers/point"
        yield from words.digits(fraction)


def _money(grammar: Grammar, value: str) -> Iterator[str]:
    amount, _, currency = value.partition(" ")
    currency = currency.strip().upper() or CURRENCIES[0]
    if currency not in CURRENCIES:
        raise UsageError(f"the currency {currency!r} cannot be spoken: expected {' or '.join(CURRENCIES)}")
    return grammar.money(money(_decimal(amount), currency))


def _date(grammar: Grammar, value: str) -> Iterator[str]:
    return grammar.date_with_year(_parsed(date.fromisoformat, value, "a date such as 2026-02-28"))


def _day(grammar: Grammar, value: str) -> Iterator[str]:
    return grammar.day(_parsed(date.fromisoformat, value, "a date such as 2026-02-28"))


def _time(grammar: Grammar, value: str) -> Iterator[str]:
    return grammar.time_of_day(_parsed(time.fromisoformat, value, "a time such as 14:05"))


def _duration(grammar: Grammar, value: str) -> Iterator[str]:
    if not _DURATION.fullmatch(value):
        raise UsageError(f"{value!r} cannot be spoken: expected whole seconds, such as 7385")
    return grammar.duration(int(value))


def _telephone(grammar: Grammar, value: str) -> Iterator[str]:
    if not _TELEPHONE.fullmatch(value):
        raise UsageError(f"{value!r} cannot be spoken: expected a telephone number such as 13800138000")
    return grammar.telephone(_telephone_groups(value))


def _telephone_groups(value: str) -> tuple[str, ...]:
    """As it is written; a mobile number of China in three, four and four."""
    groups = tuple(re.findall("[0-9]+", value))
    if len(groups) == 1 and re.fullmatch("1[0-9]{10}", groups[0]):
        return groups[0][:3], groups[0][3:7], groups[0][7:]
    return groups


def _decimal(value: str) -> Decimal:
    amount = _parsed(Decimal, value, "a number such as -12.5")
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or abs(amount) >= LARGEST or exponent < -MOST_DECIMALS:
        limits = f"a number below {LARGEST} with at most {MOST_DECIMALS} decimals"
        raise UsageError(f"{value!r} cannot be spoken: expected {limits}")
    return amount


def _parsed(parse: Callable[[str], T], value: str, expected: str) -> T:
    try:
        return parse(value)
    except (ValueError, InvalidOperation):
        raise UsageError(f"{value!r} cannot be spoken: expected {expected}") from None


_KINDS: Mapping[Kind, Callable[[Grammar, str], Iterator[str]]] = {
    Kind.DIGITS: _digits,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.DAY: _day,
    Kind.TIME: _time,
    Kind.DURATION: _duration,
    Kind.TELEPHONE: _telephone,
}
