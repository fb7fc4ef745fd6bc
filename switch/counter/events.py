"""What is told of recordings at the counter."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class StationRecorded(Event):
    """What is said at a station is recorded, without a caller. The call's other events tell the rest."""

    topic: ClassVar[str] = "station.recorded"
    call_id: str
    station: str
    agent: str | None
    """Who is signed in there (工号); None when nobody is."""
    by: str
    """Who ordered it, as they said; empty when the station dialled by itself."""
