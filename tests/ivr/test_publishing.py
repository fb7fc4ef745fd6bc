"""Versions of flows on disk: what runs, what is kept, and what a kill leaves."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.check import Surroundings
from ivr.editions import FOLDER
from ivr.loader import LoadedFlows, load_flows
from ivr.parts import PromptName, found_in
from ivr.publishing.index import BadIndex, Index, Version, index_from_data, index_to_data
from ivr.publishing.store import FlowStore
from runtime.errors import UsageError

KNOWN = Surroundings(prompts={"old", "new"}, knows_queue=lambda name: True)


def document(prompt: str) -> str:
    return (
        "name: hotline\ntitle: 热线\nlanguage: zh\nstart: say\nnodes:\n"
        f"  say: {{type: play, prompts: [{prompt}], next: bye}}\n  bye: {{type: hang_up}}\n"
    )


class Site:
    """A folder of one document, and its store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "flows"
        self.folder.mkdir()
        self.store = FlowStore(folder / "published")

    def writes(self, text: str) -> "Site":
        (self.folder / "hotline.yaml").write_text(text, encoding="utf-8")
        return self

    def publishes(self, share: float = 1.0) -> "Site":
        text = (self.folder / "hotline.yaml").read_text(encoding="utf-8")
        index = self.store.index("hotline")
        version = self.store.add("hotline", index, text, at=5.0, by="li", note="n")
        self.store.put("hotline", index.with_version(version, share))
        return self

    def rolls_back(self, to: int | None = None) -> "Site":
        self.store.put("hotline", self.store.index("hotline").rolled_back(to))
        return self

    def loaded(self) -> LoadedFlows:
        return load_flows(self.folder, KNOWN, self.store)

    @property
    def running(self) -> tuple[str, int]:
        """The prompt that is heard, and the version."""
        found = self.loaded()
        assert found.problems == []
        edition = found.flows["hotline"].current
        (prompt,) = (name for _, name in found_in(edition.flow, PromptName))
        return prompt, edition.version


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path).writes(document("old"))


def test_a_flow_that_was_never_published_runs_as_it_is_written(site: Site) -> None:
    assert site.running == ("old", FOLDER)
    assert site.writes(document("new")).running == ("new", FOLDER)


def test_a_published_flow_runs_whatever_becomes_of_its_document(site: Site) -> None:
    site.publishes().writes(document("new"))
    assert site.running == ("old", 1)
    assert site.loaded().flows["hotline"].draft is not None
    (site.folder / "hotline.yaml").unlink()
    assert site.running == ("old", 1)


def test_a_mistake_in_the_document_of_a_published_flow_is_a_caution(site: Site) -> None:
    found = site.publishes().writes(document("nwe")).loaded()
    assert [problem.value for problem in found.cautions] == ["nwe"]
    assert (found.problems, found.faulty) == ([], ())
    assert site.running == ("old", 1)


def test_a_mistake_in_what_is_published_is_told_where_it_stands(site: Site) -> None:
    site.publishes()
    site.store.file("hotline", 1).write_text(document("gone"), encoding="utf-8")
    (problem,) = site.loaded().problems
    assert (problem.file, problem.line) == (str(site.store.file("hotline", 1)), 6)


def test_versions_are_counted_and_rolled_back(site: Site) -> None:
    site.publishes().writes(document("new")).publishes()
    assert site.running == ("new", 2)
    assert site.rolls_back().running == ("old", 1)
    assert site.rolls_back(2).running == ("new", 2)
    assert site.rolls_back(FOLDER).running == ("new", FOLDER)
    assert site.publishes().running == ("new", 3)


def test_a_trial_runs_beside_what_ran_before(site: Site) -> None:
    editions = site.publishes().writes(document("new")).publishes(0.25).loaded().flows["hotline"]
    assert editions.canary is not None
    assert (editions.current.version, editions.canary.version, editions.share) == (1, 2, 0.25)
    site.store.put("hotline", site.store.index("hotline").with_share(1))
    assert site.running == ("new", 2)


def test_a_trial_is_ended_by_rolling_back(site: Site) -> None:
    assert site.publishes().writes(document("new")).publishes(0.5).rolls_back().running == ("old", 1)
    assert site.loaded().flows["hotline"].canary is None


def test_what_cannot_be_is_refused(site: Site) -> None:
    with pytest.raises(UsageError, match="publish for all first"):
        site.publishes(0.5)
    with pytest.raises(UsageError, match="no version is tried"):
        site.publishes().store.index("hotline").with_share(0.5)
    with pytest.raises(UsageError, match="version 1 runs already and says the same"):
        site.publishes()
    with pytest.raises(UsageError, match="version 2 is tried on 50% of the callers; end that first"):
        site.writes(document("new")).publishes(0.5).publishes()
    with pytest.raises(UsageError, match="there is no version 9"):
        site.rolls_back(9)


@pytest.mark.parametrize("place", range(6))
def test_a_switch_killed_while_it_publishes_runs_what_ran_or_what_runs_now(
    site: Site, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publishes().writes(document("new"))
    steps = iter(range(100))

    def killed_at(name: str) -> None:
        real = getattr(os, name)

        def step(*given: object) -> object:
            if next(steps) == place:
                raise KeyboardInterrupt
            return real(*given)

        monkeypatch.setattr(os, name, step)

    killed_at("fsync")
    killed_at("open")
    try:
        site.publishes()
    except KeyboardInterrupt:
        monkeypatch.undo()
        assert site.running in (("old", 1), ("new", 2))
        assert site.running[0] == "new" or site.publishes().running == ("new", 2)
    else:
        monkeypatch.undo()
        assert site.running == ("new", 2)


VERSIONS = st.integers(0, 5).map(
    lambda count: tuple(Version(n, float(n), "li", "好", "d" * 64) for n in range(1, count + 1))
)


@given(VERSIONS, st.data())
def test_an_index_is_read_as_it_was_written(versions: tuple[Version, ...], data: st.DataObject) -> None:
    numbers = st.integers(0, len(versions))
    index = Index(versions, data.draw(numbers), data.draw(st.none() | st.integers(1, max(len(versions), 1))))
    if index.canary is not None and index.canary > len(versions):
        return
    assert index_from_data(json.loads(json.dumps(index_to_data(index)))) == index


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda i: st.lists(i) | st.dictionaries(st.text(), i))
)
def test_anything_else_is_told(data: object) -> None:
    with pytest.raises(BadIndex):
        index_from_data(data)


def test_a_file_that_is_no_index_is_told_where_it_stands(site: Site) -> None:
    site.publishes().store.index_file("hotline").write_text("{", encoding="utf-8")
    (problem,) = site.loaded().problems
    assert problem.file == str(site.store.index_file("hotline"))
