import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import UsageError
from runtime.models import NoParams, Params
from switch.application import Verb
from switch.control.caller import Caller
from switch.control.carrying_out import Answers, CarryingOut
from switch.control.envelope import BARE, Envelope, open_envelope
from switch.control.kept_answers import KeptAnswers, KeyReused
from switch.control.messages import Failure
from switch.control.rights import Rights
from switch.control.verbs import VerbError, VerbRegistry
from switch.roles import ADMINISTRATORS, Role

AGENT = {"agent": "1001"}


class AgentParams(Params):
    agent: str


class Desk:
    """Verbs that count how often they are carried out, on a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.begun: list[str] = []
        self.let_go = asyncio.Event()
        self.cancelled = 0
        self.role = Role.ADMINISTRATOR
        verbs = VerbRegistry(
            [
                Verb("agent.ready", AgentParams, self._ready, "Be ready.", ADMINISTRATORS),
                Verb("agent.refuse", NoParams, self._refuse, "Say no.", ADMINISTRATORS),
                Verb("agent.wait", NoParams, self._wait, "Take time.", ADMINISTRATORS),
            ]
        )
        answers: Answers = KeptAnswers(600)
        self.carrying_out = CarryingOut(
            lambda verb, params: verbs.call(verb, params, Rights(Caller("li", self.role))),
            answers,
            lambda: self.now,
        )

    def ask(self, verb: str, *params: Any, owner: str = "") -> Any:
        return self.carrying_out.begin(owner, verb, list(params), self.now)

    def _ready(self, params: AgentParams) -> object:
        self.begun.append(params.agent)
        return {"agent": params.agent, "times": len(self.begun)}

    def _refuse(self, _: NoParams) -> object:
        self.begun.append("refuse")
        raise UsageError(f"no, for the {len(self.begun)}. time")

    async def _wait(self, _: NoParams) -> object:
        self.begun.append("wait")
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return len(self.begun)


def with_desk(steps: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        await steps(Desk())

    asyncio.run(asyncio.wait_for(run(), timeout=20))


def failure_of(ask: Callable[[], object]) -> Failure:
    with pytest.raises(VerbError) as caught:
        ask()
    return caught.value.failure


async def later_failure_of(answer: Awaitable[object]) -> Failure:
    with pytest.raises(VerbError) as caught:
        await answer
    return caught.value.failure


def keyed(key: str = "k1", **beside: object) -> dict[str, object]:
    return {"idempotency_key": key, **beside}


def test_without_a_key_each_request_is_carried_out() -> None:
    async def steps(desk: Desk) -> None:
        assert [desk.ask("agent.ready", AGENT)["times"] for _ in range(2)] == [1, 2]

    with_desk(steps)


def test_the_same_key_and_request_get_the_first_answer_again() -> None:
    async def steps(desk: Desk) -> None:
        answers = [desk.ask("agent.ready", AGENT, keyed()) for _ in range(3)]
        assert answers == [{"agent": "1001", "times": 1}] * 3
        assert desk.ask("agent.ready", AGENT, keyed("k2"))["times"] == 2

    with_desk(steps)


def test_a_key_is_its_owners() -> None:
    async def steps(desk: Desk) -> None:
        assert desk.ask("agent.ready", AGENT, keyed(), owner="crm")["times"] == 1
        assert desk.ask("agent.ready", {"agent": "1002"}, keyed(), owner="wallboard")["times"] == 2

    with_desk(steps)


@pytest.mark.parametrize(("verb", "params"), [("agent.ready", {"agent": "1002"}), ("agent.wait", {})])
def test_a_key_with_another_request_is_refused_and_nothing_done(verb: str, params: dict[str, str]) -> None:
    async def steps(desk: Desk) -> None:
        desk.ask("agent.ready", AGENT, keyed())
        failure = failure_of(lambda: desk.ask(verb, params, keyed()))
        assert (failure.code, desk.begun) == ("key_reused", ["1001"])

    with_desk(steps)


def test_a_key_is_forgotten_in_time() -> None:
    async def steps(desk: Desk) -> None:
        desk.ask("agent.ready", AGENT, keyed())
        desk.now += 599
        assert desk.ask("agent.ready", AGENT, keyed())["times"] == 1
        desk.now += 1
        assert desk.ask("agent.ready", AGENT, keyed())["times"] == 2

    with_desk(steps)


def test_a_refusal_is_an_answer_too() -> None:
    async def steps(desk: Desk) -> None:
        for _ in range(2):
            assert failure_of(lambda: desk.ask("agent.refuse", {}, keyed())).message == "no, for the 1. time"

    with_desk(steps)


def test_after_a_mistake_the_key_is_free_for_what_was_meant() -> None:
    async def steps(desk: Desk) -> None:
        assert failure_of(lambda: desk.ask("agent.ready", {}, keyed())).code == "bad_params"
        desk.role = Role.AGENT
        assert failure_of(lambda: desk.ask("agent.ready", AGENT, keyed())).code == "not_allowed"
        desk.role = Role.ADMINISTRATOR
        assert desk.ask("agent.ready", AGENT, keyed())["times"] == 1

    with_desk(steps)


def test_who_asks_again_while_the_first_is_under_way_waits_for_its_answer() -> None:
    async def steps(desk: Desk) -> None:
        waiting = [asyncio.ensure_future(desk.ask("agent.wait", {}, keyed())) for _ in range(2)]
        await asyncio.sleep(0)
        desk.let_go.set()
        assert await asyncio.gather(*waiting) == [1, 1]
        assert desk.ask("agent.wait", {}, keyed()) == 1
        assert desk.begun == ["wait"]

    with_desk(steps)


def test_who_is_cut_off_may_come_back_for_the_answer() -> None:
    async def steps(desk: Desk) -> None:
        first = asyncio.ensure_future(desk.ask("agent.wait", {}, keyed()))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        assert desk.cancelled == 0
        desk.let_go.set()
        assert await desk.ask("agent.wait", {}, keyed()) == 1
        assert desk.begun == ["wait"]

    with_desk(steps)


def test_what_comes_after_its_deadline_is_not_begun() -> None:
    async def steps(desk: Desk) -> None:
        arrived_at = desk.now
        desk.now += 0.6
        for beside in ({"deadline_ms": 500}, keyed(deadline_ms=500)):
            begin = partial(desk.carrying_out.begin, "", "agent.ready", [AGENT, beside], arrived_at)
            failure = failure_of(begin)
            assert (failure.code, failure.data) == ("deadline_passed", {"begun": False})
        assert desk.begun == []
        in_time = [AGENT, keyed(deadline_ms=700)]
        answer = desk.carrying_out.begin("", "agent.ready", in_time, arrived_at)
        assert answer == {"agent": "1001", "times": 1}

    with_desk(steps)


@pytest.mark.parametrize("beside", [{}, {"idempotency_key": "k1"}], ids=["bare", "with a key"])
def test_what_is_under_way_at_its_deadline_is_cancelled(beside: dict[str, object]) -> None:
    async def steps(desk: Desk) -> None:
        desk.now = asyncio.get_running_loop().time()
        failure = await later_failure_of(desk.ask("agent.wait", {}, {**beside, "deadline_ms": 1}))
        assert (failure.code, failure.data) == ("deadline_passed", {"begun": True})
        assert (desk.begun, desk.cancelled) == (["wait"], 1)

    with_desk(steps)


def test_what_was_cancelled_at_its_deadline_is_not_done_again_under_its_key() -> None:
    async def steps(desk: Desk) -> None:
        desk.now = asyncio.get_running_loop().time()
        await later_failure_of(desk.ask("agent.wait", {}, keyed(deadline_ms=1)))
        assert failure_of(lambda: desk.ask("agent.wait", {}, keyed())).code == "deadline_passed"
        assert desk.begun == ["wait"]

    with_desk(steps)


@pytest.mark.parametrize(
    ("beside", "wrong"),
    [
        ({"key": "k"}, "key"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": 5}, "idempotency_key"),
        ({"idempotency_key": "k" * 129}, "idempotency_key"),
        ({"deadline_ms": -1}, "deadline_ms"),
        ({"deadline_ms": True}, "deadline_ms"),
        ({"deadline_ms": float("nan")}, "deadline_ms"),
    ],
)
def test_an_envelope_that_is_none_is_told(beside: dict[str, object], wrong: str) -> None:
    with pytest.raises(VerbError) as caught:
        open_envelope("agent.ready", [AGENT, beside])
    assert caught.value.failure.code == "bad_params"
    assert caught.value.failure.data is not None
    assert list(caught.value.failure.data["fields"]) == [wrong]


def test_parameters_without_an_envelope_stay_as_they_are() -> None:
    for params in ([], [AGENT], ["1001", {"a": 1}], [AGENT, "x"]):
        assert open_envelope("agent.ready", params) == (params, BARE)
    assert open_envelope("agent.ready", [AGENT, {}]) == ([AGENT], Envelope())


REQUESTS = st.tuples(
    st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from([b"1", b"2"]), st.integers(0, 9)
)


@given(st.lists(REQUESTS, max_size=60))
def test_a_kept_answer_is_the_first_one_given_within_its_time(
    requests: list[tuple[str, str, bytes, int]],
) -> None:
    kept: KeptAnswers[int] = KeptAnswers(20)
    first: dict[tuple[str, str], tuple[bytes, int, float]] = {}
    now = 0.0
    for number, (owner, key, request, pause) in enumerate(requests):
        now += pause
        known = first.get((owner, key))
        if known is not None and known[2] > now and known[0] != request:
            with pytest.raises(KeyReused):
                kept.find(owner, key, request, now=now)
        elif known is not None and known[2] > now:
            assert kept.find(owner, key, request, now=now) == known[1]
        else:
            assert kept.find(owner, key, request, now=now) is None
            kept.keep(owner, key, request, number, 1, now=now)
            first[owner, key] = (request, number, now + 20)


def test_the_oldest_answers_go_when_all_together_are_too_large() -> None:
    kept: KeptAnswers[str] = KeptAnswers(600)
    for name in "abc":
        kept.keep("", name, b"", name, 30_000_000, now=0)
    assert [kept.find("", name, b"", now=1) for name in "abc"] == [None, "b", "c"]
