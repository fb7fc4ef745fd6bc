"""Which versions are kept, and which one an undo brings back."""

from pathlib import Path

import pytest

from cli.configuration.changing.history import Scope, before_last_change, history, numbered
from cli.configuration.changing.versions import Origin, Version, VersionStore, digest, next_version
from runtime.errors import UsageError

TENANTS = {"acme.toml": "acme", "globex.toml": "globex"}


def versions(*steps: tuple[Origin, dict[str, str]]) -> list[Version]:
    kept: list[Version] = []
    for origin, files in steps:
        newest = kept[-1] if kept else None
        acting = "acme" if newest and files.get("acme.toml") != newest.files.get("acme.toml") else ""
        version = next_version(
            newest, files, TENANTS, at=0.0, origin=origin, by="李娜", why="x", acting=acting
        )
        if version is not None:
            kept.append(version)
    return kept


def main(*contents: str, undone: tuple[str, ...] = ()) -> list[Version]:
    steps = [(Origin.CHANGE, {"main": content}) for content in contents]
    return versions(*steps, *((Origin.UNDO, {"main": content}) for content in undone))


def test_what_is_as_it_was_makes_no_version() -> None:
    assert [version.number for version in main("a", "a", "b")] == [1, 2]


def test_one_undo_after_the_other_goes_further_back() -> None:
    assert before_last_change(history(main("a", "b", "c"), Scope())).number == 2
    assert before_last_change(history(main("a", "b", "c", undone=("b",)), Scope())).number == 1
    with pytest.raises(UsageError, match="no earlier version"):
        before_last_change(history(main("a", "b", "c", undone=("b", "a")), Scope()))


def test_an_undo_goes_to_what_was_before_the_last_time_a_content_was_made() -> None:
    assert before_last_change(history(main("a", "b", "a", "c", undone=("a",)), Scope())).files == {
        "main": "b"
    }


def test_a_tenants_client_sees_its_own_versions_with_numbers_of_their_own() -> None:
    kept = versions(
        (Origin.START, {"main": "a", "acme.toml": "1", "globex.toml": "1"}),
        (Origin.CHANGE, {"main": "b", "acme.toml": "1", "globex.toml": "1"}),
        (Origin.CHANGE, {"main": "b", "acme.toml": "1", "globex.toml": "2"}),
        (Origin.CHANGE, {"main": "b", "acme.toml": "2", "globex.toml": "2"}),
    )
    entries = history(kept, Scope("acme.toml", "acme"))
    assert [(each.number, each.by, dict(each.files)) for each in entries] == [
        (1, "", {"acme.toml": "1"}),
        (2, "李娜", {"acme.toml": "2"}),
    ]
    assert [each.number for each in history(kept, Scope("acme.toml"))] == [1, 4]
    assert numbered(entries, 2).files == {"acme.toml": "2"}
    with pytest.raises(UsageError, match="kept are 1 to 2"):
        numbered(entries, 3)


def test_only_so_many_are_kept_and_no_content_longer_than_it_is_named(tmp_path: Path) -> None:
    store = VersionStore(tmp_path / "versions", kept=2)
    for number, text in enumerate(["a", "b", "c", "b"], 1):
        store.keep([text.encode()])
        store.add(Version(number, 0.0, Origin.CHANGE, {"main": digest(text.encode())}))
    assert [version.number for version in store.versions()] == [3, 4]
    assert store.content(digest(b"b")) == b"b"
    assert {path.name for path in (tmp_path / "versions" / "files").iterdir()} == {digest(b"b"), digest(b"c")}
    assert (tmp_path / "versions" / "files" / digest(b"b")).stat().st_mode & 0o077 == 0
