"""What recording at the counter can be told."""

from runtime.vocabulary import Command, plain_data


@plain_data
class RecordStation(Command):
    """Call a station, and record what is said there as soon as it answers."""

    call_id: str
    contact_id: str
    station: str
    by: str
    """Who orders it, for the journal."""
    ring_s: float
