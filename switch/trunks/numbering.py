"""The numbering plan: one number in the forms that carriers and people write it in (ITU-T E.164).

A number that belongs to no public plan (a short code such as 95598, a station's name) keeps its form.
"""

from collections.abc import Sequence
from enum import StrEnum

from switch.trunks.patterns import Pattern

_TRUNK_PREFIX = "0"
_INTERNATIONAL_PREFIX = "00"


class NumberForm(StrEnum):
    """How a trunk writes numbers."""

    AS_IS = "as_is"
    """Whatever comes."""
    E164 = "e164"
    """+867722812345"""
    E164_DIGITS = "e164_digits"
    """867722812345"""
    NATIONAL = "national"
    """07722812345; a mobile number without the 0; other countries with 00."""


class NumberingPlan:
    """The country and area the switch stands in."""

    def __init__(
        self, country_code: str, area_code: str, mobile: Sequence[Pattern], local: Sequence[Pattern]
    ) -> None:
        """``area_code`` without the leading 0, empty when local numbers are not dialled alone.

        ``mobile`` describes national numbers that take no 0, ``local`` numbers within the area.
        """
        self._country = f"+{country_code}"
        self._area_code = area_code
        self._mobile = tuple(mobile)
        self._local = tuple(local) if area_code else ()

    def write(self, number: str, form: NumberForm) -> str:
        """The number in this form."""
        if form is NumberForm.AS_IS:
            return number
        global_number = self.to_e164(number)
        if global_number is None:
            return number
        if form is NumberForm.E164:
            return global_number
        return global_number[1:] if form is NumberForm.E164_DIGITS else self._national(global_number)

    def read(self, number: str, form: NumberForm) -> str:
        """A number that a trunk writes in ``form``, in the national form of the house."""
        if form is NumberForm.AS_IS:
            return number
        if form is NumberForm.E164_DIGITS and _is_digits(number) and number.startswith(self._country[1:]):
            number = f"+{number}"
        return self.write(number, NumberForm.NATIONAL)

    def to_e164(self, number: str) -> str | None:
        """The number with + and country code; None when it belongs to no public plan."""
        if number.startswith("+"):
            return number if _is_digits(number[1:]) else None
        if not _is_digits(number):
            return None
        if number.startswith(_INTERNATIONAL_PREFIX):
            return f"+{number[2:]}" if len(number) > 2 else None
        if number.startswith(_TRUNK_PREFIX):
            return f"{self._country}{number[1:]}" if len(number) > 1 else None
        if _fits(number, self._mobile):
            return f"{self._country}{number}"
        if _fits(number, self._local):
            return f"{self._country}{self._area_code}{number}"
        return None

    def _national(self, global_number: str) -> str:
        if not global_number.startswith(self._country):
            return f"{_INTERNATIONAL_PREFIX}{global_number[1:]}"
        number = global_number[len(self._country) :]
        return number if _fits(number, self._mobile) else f"{_TRUNK_PREFIX}{number}"


def _fits(number: str, patterns: Sequence[Pattern]) -> bool:
    return any(pattern.fits(number) for pattern in patterns)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
