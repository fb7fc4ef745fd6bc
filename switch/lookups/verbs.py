"""The verbs about lookups: which services there are and how they do, and one request by hand."""

import asyncio
from collections.abc import Callable
from typing import Any

from pydantic import Field

from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from runtime.ids import Ids
from runtime.models import Answer, Params, TenantParams
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Command
from switch.application import Verb
from switch.lookups.answers import LookupAnswered, LookupFailed
from switch.lookups.breaker import BreakerState
from switch.lookups.commands import ForgetLookup, LookUp, Method
from switch.lookups.lookups import ANSWERED, Lookups
from switch.lookups.service import Service
from switch.roles import OPERATORS, TECHNICIANS

_MOST_PAIRS = 64


class TryParams(Params):
    """One request by hand."""

    service: str = Field(min_length=1, max_length=100, description="the service, as lookup.list names it")
    method: Method = Field(default=Method.GET, description="GET, POST, PUT, PATCH or DELETE")
    path: str = Field(default="", max_length=2048, description="what follows its address")
    query: dict[str, str] = Field(
        default_factory=dict, max_length=_MOST_PAIRS, description="a map of names and texts"
    )
    headers: dict[str, str] = Field(
        default_factory=dict, max_length=_MOST_PAIRS, description="a map of names and texts"
    )
    body: Any = Field(default=None, description="sent as JSON; absent: no body")


class ServiceView(Answer):
    """A service that is asked over HTTP."""

    name: str
    url: str
    breaker: BreakerState
    open_s: float | None
    """How long the circuit breaker has not been closed; null when it is."""
    under_way: int
    waiting: int
    outcomes: dict[str, int]
    """Lookups since the start, by how they ended."""
    p50_ms: int | None
    """Of the last 256 whose service was asked."""
    p95_ms: int | None
    last_failure: str | None


class TriedView(Answer):
    """What a service answered."""

    service: str
    outcome: str
    """``answered``, or why there is no answer."""
    status: int | None
    answer: Any
    duration_ms: int


class LookupVerbs:
    """``lookup.list``, ``lookup.try``."""

    def __init__(self, lookups: Lookups, clock: Clock, ids: Ids, submit: Callable[[Command], None]) -> None:
        self._lookups = lookups
        self._clock = clock
        self._ids = ids
        self._submit = submit
        self._awaited: dict[str, asyncio.Future[LookupAnswered | LookupFailed]] = {}

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "lookup.list",
                TenantParams,
                self._list,
                "All services that are asked over HTTP.",
                who=TECHNICIANS,
                reads=True,
            ),
            Verb(
                "lookup.try",
                TryParams,
                self._try,
                "Ask a service once, by hand, as a flow would.",
                who=OPERATORS,
                private=frozenset({"path", "query", "headers", "body"}),
            ),
        )

    def routes(self) -> dict[type, Handler]:
        return {LookupAnswered: self._over, LookupFailed: self._over}

    def _list(self, params: TenantParams) -> list[ServiceView]:
        now = self._clock.now()
        services = self._lookups.services
        return [_view(one, now) for one in services if params.means(tenant_of(one.config.name))]

    async def _try(self, params: TryParams) -> TriedView:
        self._lookups.service(params.service)
        request_id = self._ids.new(id_kind("lookup", tenant_of(params.service)))
        future = self._awaited[request_id] = asyncio.get_running_loop().create_future()
        began_at = self._clock.now()
        try:
            self._submit(_order(request_id, params))
            over = await future
        finally:
            del self._awaited[request_id]
            if not future.done() or future.cancelled():
                self._submit(ForgetLookup(request_id=request_id))
        outcome, status, answer = _result(over)
        return {
            "service": params.service,
            "outcome": outcome,
            "status": status,
            "answer": answer,
            "duration_ms": round(1000 * (self._clock.now() - began_at)),
        }

    def _over(self, over: LookupAnswered | LookupFailed, now: float) -> Outputs:
        future = self._awaited.get(over.request_id)
        if future is not None and not future.done():
            future.set_result(over)
        return ()


def _order(request_id: str, params: TryParams) -> LookUp:
    return LookUp(
        request_id=request_id,
        call_id="",
        service=params.service,
        method=params.method,
        path=params.path,
        query=tuple(params.query.items()),
        headers=tuple(params.headers.items()),
        body=params.body,
    )


def _result(over: LookupAnswered | LookupFailed) -> tuple[str, int | None, Any]:
    if isinstance(over, LookupAnswered):
        return ANSWERED, over.status, over.answer
    return over.reason, None, None


def _view(service: Service, now: float) -> ServiceView:
    config, outcomes = service.config, service.outcomes
    open_s = service.breaker.open_for_s(now)
    return {
        "name": config.name,
        "url": config.url,
        "breaker": service.breaker.state,
        "open_s": None if open_s is None else round(open_s, 1),
        "under_way": service.under_way,
        "waiting": len(service.waiting),
        "outcomes": dict(sorted(outcomes.items())),
        "p50_ms": service.percentile_ms(50),
        "p95_ms": service.percentile_ms(95),
        "last_failure": service.last_failure,
    }
