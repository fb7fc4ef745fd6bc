"""The flow document: what a person may write, key by key.

A flow is a set of named nodes. The caller enters at ``start`` and is led from node to node until one
hands the call to a queue or hangs up. These models are both the rule a document is checked against and
the value the interpreter runs; ``docs/flows.md`` explains them by example.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from runtime.problems import KeyPath

LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
DIGIT_PATTERN = r"^[0-9A-D*#]$"
FLOW_NAME_PATTERN = r"^[\w-]{1,64}$"

Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
"""A language tag such as ``zh``, ``en`` or ``zh-Hant`` (RFC 5646)."""

Digit = Annotated[str, Field(pattern=DIGIT_PATTERN)]
"""One key of a telephone (RFC 4733 §3.2)."""

Name = Annotated[str, Field(min_length=1, max_length=64)]
"""A node, a queue or a prompt, in any script."""

Prompts = Annotated[tuple[Name, ...], Field(min_length=1, max_length=32)]
"""Names in the prompt library, such as ``zh/greeting``, played one after the other."""

OptionalPrompts = Annotated[tuple[Name, ...], Field(max_length=32)]

MAX_NODES = 500


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Node(_Part):
    language: Language | None = None
    """From this node on the caller is served in this language."""

    def exits(self) -> dict[KeyPath, str]:
        """The nodes that can follow, by the keys that name them."""
        return {}

    def playlists(self) -> dict[str, tuple[str, ...]]:
        """The prompts that can be heard here, by the key that lists them."""
        return {}


class Play(_Node):
    """Play prompts, then go on."""

    type: Literal["play"]
    prompts: Prompts
    next: Name
    barge_in: bool = True
    """A key ends the prompts and counts as the answer to the menu that follows."""

    def exits(self) -> dict[KeyPath, str]:
        return {("next",): self.next}

    def playlists(self) -> dict[str, tuple[str, ...]]:
        return {"prompts": self.prompts}


class Menu(_Node):
    """Play prompts and let the caller choose by a key."""

    type: Literal["menu"]
    prompts: Prompts
    choices: Annotated[dict[Digit, Name], Field(min_length=1)]
    """The node each key leads to."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long to wait for a key, counted from the end of the prompts."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    """How often the caller is asked before the flow goes to ``next``."""
    on_invalid: OptionalPrompts = ()
    """Played before asking again when the key is no choice."""
    on_timeout: OptionalPrompts = ()
    """Played before asking again when no key came."""
    next: Name
    """Where to go when all tries are spent."""
    barge_in: bool = True
    """A key counts while the prompts still play and stops them."""

    def exits(self) -> dict[KeyPath, str]:
        chosen: dict[KeyPath, str] = {("choices", digit): node for digit, node in self.choices.items()}
        return {**chosen, ("next",): self.next}

    def playlists(self) -> dict[str, tuple[str, ...]]:
        return {"prompts": self.prompts, "on_invalid": self.on_invalid, "on_timeout": self.on_timeout}


class Queue(_Node):
    """Hand the call to a queue, or to several, with all that a target says of the wait; the flow is over."""

    type: Literal["queue"]
    queue: Annotated[str, Field(min_length=1, max_length=255)]


class Way(_Part):
    """One way out of a branch node: taken when all that is given holds."""

    go: Name
    """The node that follows."""
    tag: Name | None = None
    """The caller has this tag."""
    list: Name | None = None
    """The caller is on this number list."""
    language: Language | None = None
    """The caller is served in this language."""
    waits: bool | None = None
    """Whether the caller waits in a queue meanwhile."""
    repeats: Annotated[int, Field(ge=1)] | None = None
    """The caller talked with agents so often, or oftener, within the queue's ``repeat_period_h``."""
    wait_s: Annotated[float, Field(ge=0)] | None = None
    """The estimated wait in the queue is so long, or longer."""
    waiting: Annotated[int, Field(ge=1)] | None = None
    """So many, or more, wait in the queue."""
    open: bool | None = None
    """Whether the queue is open."""

    @property
    def asks_of_queue(self) -> bool:
        return (self.repeats, self.wait_s, self.waiting, self.open) != (None, None, None, None)


class Branch(_Node):
    """Go on by what is known of the caller, and of a queue."""

    type: Literal["branch"]
    queue: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """The queue that repeats, wait_s, waiting and open are about, named as in a queue node."""
    ways: Annotated[tuple[Way, ...], Field(min_length=1, max_length=32)]
    """The first that suits is taken."""
    next: Name
    """The node when none suits."""

    def exits(self) -> dict[KeyPath, str]:
        ways: dict[KeyPath, str] = {("ways", place, "go"): way.go for place, way in enumerate(self.ways)}
        return {**ways, ("next",): self.next}


class Back(_Node):
    """Let who came from a queue go on waiting there; the flow is over."""

    type: Literal["back"]
    next: Name | None = None
    """The node for callers who wait nowhere; without it their call is ended."""

    def exits(self) -> dict[KeyPath, str]:
        return {} if self.next is None else {("next",): self.next}


class HangUp(_Node):
    """End the call."""

    type: Literal["hang_up"]
    cause: Literal[
        "NORMAL_CLEARING",
        "USER_BUSY",
        "NO_USER_RESPONSE",
        "CALL_REJECTED",
        "NUMBER_CHANGED",
        "NORMAL_TEMPORARY_FAILURE",
    ] = "NORMAL_CLEARING"
    """What the call record says (ITU-T Q.850 names)."""


Node = Play | Menu | Queue | Branch | Back | HangUp
AnyNode = Annotated[Node, Field(discriminator="type")]


class Flow(_Part):
    """A whole document."""

    name: Annotated[str, Field(pattern=FLOW_NAME_PATTERN)]
    """What an access code's target refers to: ``flow:<name>``. Letters of any script, digits, _ and -."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """For people, in lists and reports."""
    language: Language
    """The language callers are served in until a node changes it."""
    ring_s: Annotated[float, Field(ge=0, le=60)] = 0
    """How long callers hear ring-back before the flow answers, in seconds; 0 answers at once."""
    record: bool = False
    """Whether callers are recorded from here on, if they are not already."""
    record_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of callers that is recorded so, chosen by chance."""
    start: Name
    nodes: Annotated[dict[Name, AnyNode], Field(min_length=1, max_length=MAX_NODES)]
