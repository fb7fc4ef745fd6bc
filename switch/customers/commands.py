"""What number lists can be told."""

from runtime.vocabulary import Command, plain_data
from switch.customers.number_list import Entry


@plain_data
class AddNumbers(Command):
    """Put numbers on a list, or change what is known of them. Refused as a whole when one makes no sense."""

    list: str
    """A list of the configuration, or ``tag:<tag>``."""
    entries: tuple[Entry, ...]
    """Numbers as people write them."""
    by: str


@plain_data
class RemoveNumbers(Command):
    """Take numbers off a list. Refused as a whole when one is not on it."""

    list: str
    numbers: tuple[str, ...]
    by: str
