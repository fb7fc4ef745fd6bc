"""What a check of a request finds: how to answer it instead of serving it."""

from dataclasses import dataclass, field

from switch.sip.messages.message import Fields


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that cannot be served."""

    status: int
    extra: Fields = field(default_factory=dict)
