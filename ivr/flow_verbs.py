"""What the control socket tells of flows that run."""

from pydantic import Field

from ivr.editions import Editions
from ivr.interpreter import FlowInterpreter
from runtime.errors import UsageError
from runtime.models import Answer, Params, TenantParams
from runtime.tenancy import tenant_of
from switch.application import Verb
from switch.roles import BUSINESS


class FlowNodesParams(Params):
    """Names a flow."""

    flow: str = Field(min_length=1, max_length=128, description="the flow")


class FlowView(Answer):
    """A flow, and what of it runs."""

    name: str
    title: str
    nodes: int
    version: int
    """The published version that runs; 0: the document in the folder."""
    canary: int | None
    """The version that is tried on a share of the callers."""
    share: float
    edited: bool
    """Whether the document in the folder says something else."""
    calls: int


class FlowNodes(Answer):
    """Callers by node of a flow."""

    flow: str
    callers: dict[str, int]


class FlowVerbs:
    """``flow.list`` and ``flow.nodes``."""

    def __init__(self, interpreter: FlowInterpreter) -> None:
        self._interpreter = interpreter

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "flow.list",
                TenantParams,
                self._list,
                "The flows, what runs of them, and how many calls are in each.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "flow.nodes",
                FlowNodesParams,
                self._nodes,
                "How many callers are at each node of a flow now.",
                who=BUSINESS,
                reads=True,
            ),
        )

    def _list(self, params: TenantParams) -> list[FlowView]:
        return [
            _view(name, editions, self._interpreter.calls_in(name))
            for name, editions in self._interpreter.flows.editions.items()
            if params.means(tenant_of(name))
        ]

    def _nodes(self, params: FlowNodesParams) -> FlowNodes:
        flows = self._interpreter.flows.editions
        if params.flow not in flows:
            raise UsageError(f"there is no flow {params.flow!r}; flow.list names them")
        nodes = dict.fromkeys(flows[params.flow].current.flow.nodes, 0)
        return {"flow": params.flow, "callers": nodes | self._interpreter.callers_at(params.flow)}


def _view(name: str, editions: Editions, calls: int) -> FlowView:
    return {
        "name": name,
        "title": editions.current.flow.title,
        "nodes": len(editions.current.flow.nodes),
        "version": editions.current.version,
        "canary": editions.canary.version if editions.canary else None,
        "share": editions.share,
        "edited": editions.draft is not None,
        "calls": calls,
    }
