"""The flow document: what a person may write, key by key.

A flow is a set of named nodes. The caller enters at ``start`` and is led from node to node until one
hands the call on or hangs up. These models, and those of the nodes in ``ivr/nodes``, are both the rule a
document is checked against and the value the interpreter runs; ``docs/flows.md`` explains them by example.
"""

from typing import Annotated

from pydantic import Field

from ivr.nodes.asking import Hook, Lookup
from ivr.nodes.branch import Branch
from ivr.nodes.collect import Collect
from ivr.nodes.hang_up import HangUp
from ivr.nodes.inner import Back, Goto, Return, SubFlow
from ivr.nodes.menu import Menu
from ivr.nodes.play import Play, Say
from ivr.nodes.queue import Agent, Callback, Queue
from ivr.nodes.recognise import Recognise
from ivr.nodes.survey import Survey
from ivr.nodes.transfer import Dial, Transfer, VoiceMessage
from ivr.nodes.values import Data, Record, Set, Tag, TextMessage
from ivr.parts import FLOW_NAME_PATTERN, Language, Name, NodeRef, Part, Values

MAX_NODES = 500

Node = (
    Play
    | Say
    | Menu
    | Collect
    | Recognise
    | Branch
    | Set
    | Data
    | Tag
    | Record
    | Queue
    | Agent
    | Callback
    | Transfer
    | Dial
    | VoiceMessage
    | Survey
    | Lookup
    | Hook
    | TextMessage
    | SubFlow
    | Return
    | Goto
    | Back
    | HangUp
)
AnyNode = Annotated[Node, Field(discriminator="type")]


class Flow(Part):
    """A whole document."""

    name: Annotated[str, Field(pattern=FLOW_NAME_PATTERN)]
    """What an access code's target refers to: ``flow:<name>``. Letters of any script, digits, _ and -."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """For people, in lists and reports."""
    language: Language
    """The language callers are served in until a node changes it."""
    languages: Annotated[tuple[Language, ...], Field(max_length=16)] = ()
    """All it serves callers in: prompts named by ``{language}`` have to be there in each of them."""
    ring_s: Annotated[float, Field(ge=0, le=60)] = 0
    """How long callers hear ring-back before the flow answers, in seconds; 0 answers at once."""
    record: bool = False
    """Whether callers are recorded from here on, if they are not already."""
    record_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of callers that is recorded so, chosen by chance."""
    variables: Values = Field(default_factory=dict)
    """Variables with the values they begin with; a flow around this one may give others."""
    on_error: NodeRef | None = None
    """The node to go to when one cannot do what it should and says nothing of its own."""
    start: NodeRef
    nodes: Annotated[dict[Name, AnyNode], Field(min_length=1, max_length=MAX_NODES)]
