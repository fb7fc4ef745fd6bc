"""Keys that nobody but their collector may know: a card number, a PIN.

Every event is kept and shown: in the journal, the log, records, to subscribers. So a masked key is told as an
event with ``MASKED`` in its place, and the key itself goes as a command, which only its one handler sees.
"""

from dataclasses import field

from media.events import KeySource
from runtime.vocabulary import Command, plain_data

MASKED = "x"
"""Stands for a masked key; no key of a telephone is called so."""


@plain_data
class TakeMaskedDigit(Command):
    """A key of a masked leg, for whoever put the mask on. Its text does not tell the key."""

    leg_id: str
    digit: str = field(repr=False)
    duration_ms: int
    source: KeySource
