"""The examples of docs/lookups.md run."""

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import pytest

from cli.configuration.loading import read_configuration
from switch.application import Verb
from switch.control.client import NotConnected
from switch.control.config import ControlConfig
from switch.control.server import ControlServer, Neighbours
from switch.hooks.events import HookAsked
from switch.hooks.verbs import AnswerParams
from switch.roles import EVERYBODY
from tests.cli.small_installation import write_installation
from tests.helpers.lookup_service import run

PAGE = (Path(__file__).parents[3] / "docs" / "lookups.md").read_text("utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_service_of_the_example_can_be_configured_so(tmp_path: Path) -> None:
    path = write_installation(tmp_path)
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "billing.token").write_text("se-cret")
    (service,) = examples("toml")
    path.write_text(f"{path.read_text('utf-8')}\n{service}", "utf-8")
    reading = read_configuration(path)
    assert reading.problems == []
    assert [one.timeout_s for one in reading.configuration.lookups] == [3]


def test_the_application_of_the_example_answers_the_hook_it_knows(tmp_path: Path) -> None:
    (program,) = examples("python")
    answers: list[dict[str, Any]] = []

    async def main() -> None:
        answered = asyncio.Event()

        def answer(params: AnswerParams) -> dict[str, Any]:
            answers.append(params.model_dump())
            answered.set()
            return {}

        verb = Verb("hook.answer", AnswerParams, answer, "Answer.", who=EVERYBODY)
        subscribed = asyncio.Event()
        config = ControlConfig(socket=tmp_path / "run" / "ringmain.sock")
        server = ControlServer(config, [verb], Neighbours(audience_changed=subscribed.set))
        await server.open()
        running = asyncio.create_task(
            asyncio.to_thread(exec, compile(program, "docs/lookups.md", "exec"), {})
        )
        while not server.is_heard(HookAsked.topic):
            subscribed.clear()
            await subscribed.wait()
        for hook_id, hook in (("hook-1", "weather"), ("hook-2", "fault.report")):
            server.tell(
                HookAsked(hook_id=hook_id, call_id="call-1", hook=hook, data=None, answer_within_s=5), 0.0
            )
        await answered.wait()
        await server.close()
        with pytest.raises(NotConnected):
            await running

    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        run(main)
    finally:
        os.chdir(here)
    assert answers == [{"hook_id": "hook-2", "data": {"ticket": "20261122-7"}}]
