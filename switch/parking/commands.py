"""What parking can be told."""

from runtime.vocabulary import Command, plain_data


@plain_data
class ParkCall(Command):
    """Let whom a station talks to wait in a slot, and release the station. CallParked follows."""

    call_id: str
    leg_id: str
    """Of the station; empty when it is out of the call already."""
    slot: str
    by: str
    """The station, to which the call comes back."""
    return_after_s: float
    way_out: str = ""
    """Who gets it when that station does not take it back; empty: it waits in the slot again."""
