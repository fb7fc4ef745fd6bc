"""The verb by which applications answer hooks."""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from runtime.models import Answer, Params
from runtime.vocabulary import Command
from switch.application import Verb
from switch.hooks.commands import AnswerHook
from switch.hooks.hooks import Hooks
from switch.roles import INTEGRATORS


class AnswerParams(Params):
    """The answer to a hook."""

    hook_id: str = Field(min_length=1, max_length=64, description="as hook.asked named it")
    data: Any = Field(default=None, description="plain data for the flow, 16 KiB as JSON at most")


class AnsweredHook(Answer):
    """The hook that is answered."""

    hook_id: str
    call_id: str
    hook: str


class HookVerbs:
    """``hook.answer``."""

    def __init__(self, hooks: Hooks, submit: Callable[[Command], None]) -> None:
        self._hooks = hooks
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "hook.answer",
                AnswerParams,
                self._answer,
                "Answer what a flow asked by hook.asked.",
                who=INTEGRATORS,
                private=frozenset({"data"}),
            ),
        )

    def _answer(self, params: AnswerParams) -> AnsweredHook:
        asked = self._hooks.waiting(params.hook_id)
        self._submit(AnswerHook(hook_id=params.hook_id, data=params.data))
        return {"hook_id": params.hook_id, "call_id": asked.call_id, "hook": asked.hook}
