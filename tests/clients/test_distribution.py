"""The client's distribution: built as a wheel, installed where there is no engine, used against a switch."""

import asyncio
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import pytest
import uvloop

from runtime.models import NoParams
from switch.application import Verb
from switch.control.config import ControlConfig
from switch.control.server import ControlServer
from switch.events import CallEnded
from switch.records.projection import JournalEntry
from switch.roles import EVERYBODY

ROOT = Path(__file__).parents[2]
README = (ROOT / "clients" / "python" / "README.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
ENGINE = ("switch", "runtime", "acd", "ivr", "media", "cli", "pydantic")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with the client's wheel and msgpack, and nothing else."""
    folder = tmp_path_factory.mktemp("client")
    sources = shutil.copytree(ROOT / "clients" / "python", folder / "sources" / "clients" / "python")
    for package in ("switch", "runtime"):
        (folder / "sources" / package).symlink_to(ROOT / package)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    offline = ["--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "wheel", *offline, "-w", folder, sources], check=True, capture_output=True)
    (wheel,) = folder.glob("ringmain_client-*.whl")
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    install = [*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    shutil.copytree(Path(msgpack.__file__).parent, site / "msgpack")
    return python


def said_by(python: Path, program: str, folder: Path) -> str:
    done = subprocess.run(
        [python, "-I", "-c", program], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_needs_nothing_of_the_engine(python: Path, tmp_path: Path) -> None:
    program = "import sys, ringmain_client; print(*sys.modules)"
    loaded = {name.partition(".")[0] for name in said_by(python, program, tmp_path).split()}
    assert not loaded & set(ENGINE)


def test_its_types_come_along(python: Path) -> None:
    (package,) = python.parents[1].glob("lib/python*/site-packages/ringmain_client")
    assert {path.name for path in package.iterdir()} >= {"py.typed", "verb_families.pyi", "answers.py"}
    text = "".join(path.read_text("utf-8") for path in package.glob("*.py*"))
    assert not re.search(r"^\s*from (switch|runtime)\.", text, re.MULTILINE)


def test_the_example_of_its_page_runs_against_a_switch(python: Path, tmp_path: Path) -> None:
    program = EXAMPLE.replace("print(event.topic, event.fields)", "return print(event.topic, event.fields)")
    agents = [{"id": "1001", "state": "AVAILABLE"}]

    async def beside_a_switch() -> str:
        def list_agents(_: NoParams) -> object:
            asyncio.get_running_loop().call_later(0.5, server.observe, ENDED)
            return agents

        verbs = [Verb("agent.list", NoParams, list_agents, "Agents.", EVERYBODY)]
        server = ControlServer(ControlConfig(socket=tmp_path / "run" / "ringmain.sock"), verbs)
        await server.open()
        try:
            return await asyncio.to_thread(said_by, python, program, tmp_path)
        finally:
            await server.close()

    assert uvloop.run(beside_a_switch()).splitlines() == [
        "1001 AVAILABLE",
        "call.ended {'call_id': 'call-1'}",
    ]


ENDED = JournalEntry(1, 0.0, CallEnded.topic, {"call_id": "call-1"})
