"""Names of flows, as a tenant's client may write them, and the folders of published versions."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cli.house.flow_publishing import FlowPublishing
from ivr.publishing.index import Index
from ivr.publishing.store import FlowStore
from runtime.clock import ManualClock
from runtime.errors import UsageError


def publishing(folder: Path) -> FlowPublishing:
    """Of a tenant ``acme`` beside whom there is another."""
    for tenant in ("acme", "other"):
        store = FlowStore(folder / tenant)
        store.add("hotline", Index(), "", at=0.0, by="", note="")
        store.put("hotline", Index())
    centre = SimpleNamespace(store=FlowStore(folder / "acme"))
    reloading = SimpleNamespace(running=SimpleNamespace(flow_centres={"acme": centre}))
    return FlowPublishing(cast(Any, reloading), cast(Any, None), ManualClock(), lambda event: None)


def history(folder: Path, flow: str) -> Any:
    verb = next(verb for verb in publishing(folder).verbs() if verb.name == "flow.history")
    return asyncio.run(cast(Any, verb.handle(cast(Any, verb.params)(flow=flow))))


def test_a_flow_of_ones_own_has_a_history(tmp_path: Path) -> None:
    assert history(tmp_path, "acme/hotline")["flow"] == "acme/hotline"


@pytest.mark.parametrize("flow", ["acme/../other/hotline", "acme/..", "acme/", "acme/\0"])
def test_a_name_leads_to_no_other_folder(tmp_path: Path, flow: str) -> None:
    with pytest.raises(UsageError, match="there is no flow"):
        history(tmp_path, flow)
