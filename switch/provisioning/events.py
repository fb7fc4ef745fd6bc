"""What is told of phones and their files."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class StationFileFetched(Event):
    """A phone fetched a file of its settings, in which its password is."""

    topic: ClassVar[str] = "station.file_fetched"
    station: str
    """Whose phone it is."""
    make: str
    """What the file is for."""
    file: str
    """Its name."""
    source: str
    """Address the request came from: the phone's, or that of a proxy in between."""
    by: str
    """What opened it: ``token``, or ``mac``, the phone's hardware address."""
    encrypted: bool
    """Whether it went by TLS of the switch's own."""
