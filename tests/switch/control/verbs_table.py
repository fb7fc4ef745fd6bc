"""The table of verbs in docs/verbs.md, as ``verb.list`` tells them.

Write it anew with ``python -m tests.switch.control.verbs_table``.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import uvloop

from switch.roles import EVERYBODY, Role

HEAD = "| verb | parameters | for | what it does |\n|---|---|---|---|\n"


def with_table(page: str, verbs: Iterable[dict[str, Any]]) -> str:
    """The page with these verbs, as ``verb.list`` tells them, in its table."""
    before, rest = page.split(HEAD)
    after = rest[rest.index("\n\n") :]
    return before + HEAD + "\n".join(map(_line, verbs)) + after


def _line(verb: dict[str, Any]) -> str:
    parameters = ", ".join(f"`{name}`" for name in verb["parameters"]["properties"])
    return f"| `{verb['name']}` | {parameters} | {_for(verb)} | {verb['help']} |".replace("|  |", "| |")


def _for(verb: dict[str, Any]) -> str:
    """Without administrators, who may do everything, where others may too."""
    roles = verb["for"]
    if set(roles) == set(EVERYBODY):
        return "everybody"
    others = [f"{role}s" for role in roles if role != Role.ADMINISTRATOR]
    return ", ".join(others) or f"{Role.ADMINISTRATOR}s"


def main() -> None:
    """Write the page's table anew."""
    from tests.switch.control.test_verbs_page import ask  # the verbs of a made-up house

    page = Path(__file__).parents[3] / "docs" / "verbs.md"
    with tempfile.TemporaryDirectory() as folder:
        (verbs,) = uvloop.run(ask(Path(folder), ("verb.list", {})))
    page.write_text(with_table(page.read_text(), verbs))


if __name__ == "__main__":
    main()
