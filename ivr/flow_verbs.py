"""What the control socket tells of flows that run."""

from typing import Any

from pydantic import Field

from ivr.editions import Editions
from ivr.interpreter import FlowInterpreter
from runtime.errors import UsageError
from runtime.models import Params, TenantParams
from runtime.tenancy import tenant_of
from switch.application import Verb
from switch.roles import BUSINESS


class FlowNodesParams(Params):
    """Names a flow."""

    flow: str = Field(min_length=1, max_length=128, description="the flow")


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
            ),
            Verb(
                "flow.nodes",
                FlowNodesParams,
                self._nodes,
                "How many callers are at each node of a flow now.",
                who=BUSINESS,
            ),
        )

    def _list(self, params: TenantParams) -> list[dict[str, Any]]:
        return [
            _view(name, editions, self._interpreter.calls_in(name))
            for name, editions in self._interpreter.flows.editions.items()
            if params.means(tenant_of(name))
        ]

    def _nodes(self, params: FlowNodesParams) -> dict[str, Any]:
        flows = self._interpreter.flows.editions
        if params.flow not in flows:
            raise UsageError(f"there is no flow {params.flow!r}; flow.list names them")
        nodes = dict.fromkeys(flows[params.flow].current.flow.nodes, 0)
        return {"flow": params.flow, "callers": nodes | self._interpreter.callers_at(params.flow)}


def _view(name: str, editions: Editions, calls: int) -> dict[str, Any]:
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
