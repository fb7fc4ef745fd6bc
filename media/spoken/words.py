"""What the grammars share: digits, and the ways a sum of money and a length of time fall into units."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

PAUSE = "pause"
"""A breath between words; a prompt of all languages."""


def digit(value: int | str) -> str:
    """The word for one digit."""
    return f"digits/{value}"


def digits(text: str) -> Iterator[str]:
    """The digits of a text one by one; other characters are silent."""
    return (digit(character) for character in text if character in "0123456789")


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: whole units and hundredths, both zero or more."""

    major: int
    minor: int
    currency: str
    """A code of ISO 4217."""
    is_negative: bool = False


CURRENCIES = ("CNY", "USD")
"""Those that every grammar knows."""


def money(amount: Decimal, currency: str) -> Money:
    """The sum in hundredths, halves going up, as bills are written."""
    hundredths = int(abs(amount).scaleb(2).quantize(Decimal(1), "ROUND_HALF_UP"))
    return Money(*divmod(hundredths, 100), currency, amount < 0 < hundredths)


def clock_parts(seconds: int) -> tuple[int, int, int]:
    """Hours, minutes and seconds of a length of time."""
    minutes, seconds = divmod(seconds, 60)
    return *divmod(minutes, 60), seconds
