"""What befalls the ACD's inputs on their way to the disk."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class AcdInputsLost(Event):
    """The disk was slower than the ACD's inputs for so long that these were not kept; decisions go on.

    Until its state is written anew, its decisions can be explained from events only.
    """

    topic: ClassVar[str] = "acd.inputs_lost"
    count: int


@plain_data
class AcdInputsFailed(Event):
    """The ACD's inputs cannot be written; it is tried again until they can. Once for each outage."""

    topic: ClassVar[str] = "acd.inputs_failed"
    path: str
    reason: str


@plain_data
class AcdInputsRecovered(Event):
    """The ACD's inputs are written again."""

    topic: ClassVar[str] = "acd.inputs_recovered"
    path: str


@plain_data
class AcdInputsCut(Event):
    """The last run was cut off while it wrote its ACD's inputs; what it had not finished was removed."""

    topic: ClassVar[str] = "acd.inputs_cut"
    path: str
    size_bytes: int
    """Of what was removed."""
