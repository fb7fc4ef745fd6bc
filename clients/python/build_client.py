"""Builds the client's distribution from the switch's own modules, so that there is one of each.

A build backend (PEP 517) in front of hatchling: modules are taken as ``MODULES`` says, with their imports of
each other changed to the package they are in here.
"""

import re
from pathlib import Path
from typing import Any

from hatchling import build

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE = HERE / "build" / "source" / "ringmain_client"

MODULES = {
    f"switch.control.{name}": name
    for name in (
        "address",
        "answers",
        "client",
        "event_stream",
        "feed",
        "inbox",
        "link",
        "messages",
        "pauses",
        "protocol",
        "sync_client",
        "verb_families",
    )
} | {"switch.records.projection": "entries", "runtime.errors": "errors", "runtime.event": "event"}
"""Module of the switch → module of the package."""
_INIT = '''\
"""Steering a Ringmain telephone exchange from a program; see docs/integrating.md of Ringmain."""

from ringmain_client.client import *  # noqa: F403
from ringmain_client.client import __all__ as __all__
'''


def build_wheel(folder: str, settings: Any = None, metadata: str | None = None) -> str:
    """As PEP 517 has it."""
    take_modules()
    return build.build_wheel(folder, settings, metadata)


def build_sdist(folder: str, settings: Any = None) -> str:
    """There is none: the sources are the switch's."""
    raise NotImplementedError("ringmain-client is built as a wheel, from the sources of Ringmain")


def take_modules() -> None:
    """Put the package together."""
    PACKAGE.mkdir(parents=True, exist_ok=True)
    for module, name in MODULES.items():
        for suffix in (".py", ".pyi"):
            source = ROOT / Path(*module.split(".")).with_suffix(suffix)
            if source.exists():
                (PACKAGE / f"{name}{suffix}").write_text(own_imports(source.read_text("utf-8")), "utf-8")
    (PACKAGE / "__init__.py").write_text(_INIT, "utf-8")
    (PACKAGE / "py.typed").touch()


def own_imports(text: str) -> str:
    """A module's text, importing from this package what it imports from the switch."""
    for module, name in MODULES.items():
        text = re.sub(rf"\bfrom {re.escape(module)} import\b", f"from ringmain_client.{name} import", text)
    return text
