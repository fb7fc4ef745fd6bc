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
