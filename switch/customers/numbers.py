"""Numbers as people write them into lists, brought into the one form in which they are looked up.

139 0013 9000     +86 139-0013-9000     8613900139000      all 13900139000
(0772) 2822345    07722822345
1390013*                                                   every number that begins so
"""

import re
import unicodedata

from switch.trunks.numbering import NumberForm, NumberingPlan

PREFIX_MARK = "*"
LONGEST_NUMBER = 40

_PUNCTUATED = re.compile(r"[+0-9()\s-]+\*?")
_PUNCTUATION = re.compile(r"[()\s-]")
_NUMBER = re.compile(r"[+0-9A-Za-z._#-]{1,40}\*?")


def read_number(text: str) -> str:
    """A number, or the beginning of numbers with a ``*`` behind it, freed of how people punctuate it.

    Raises ValueError saying what was expected.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if _PUNCTUATED.fullmatch(written):
        written = _PUNCTUATION.sub("", written)
    if not _NUMBER.fullmatch(written):
        raise ValueError("a number such as 13900139000 or 07722822345, or a beginning such as 1390013*")
    if written.startswith("+") and written.endswith(PREFIX_MARK):
        raise ValueError("a beginning as numbers are written at home, such as 1390013*, 0772* or 0044*")
    return written


def entry_number(text: str, plan: NumberingPlan) -> str:
    """What an entry is kept under. Raises ValueError saying what was expected."""
    written = read_number(text)
    return written if written.endswith(PREFIX_MARK) else house_number(written, plan)


def house_number(number: str, plan: NumberingPlan) -> str:
    """A caller's number as the house writes it, also where a trunk hands numbers on as they are."""
    with_country = plan.read(number, NumberForm.E164_DIGITS)
    if not with_country.startswith("0"):  # a mobile number, or none of the public plan
        return with_country
    return plan.write(number, NumberForm.NATIONAL)
