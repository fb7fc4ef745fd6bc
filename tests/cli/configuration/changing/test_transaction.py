"""Files changed whole or not at all: the power goes at every step, and during the recovery too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.configuration.changing.disk import Disk
from cli.configuration.changing.transaction import (
    FileChange,
    Recovery,
    Transaction,
    carry_out,
    journal_of,
    recover,
)
from cli.configuration.changing.versions import Origin, Version, VersionStore, digest

BEFORE = {"ringmain.toml": b"old main", "acme.toml": b"old acme", "gone.toml": b"going"}
AFTER = {"ringmain.toml": b"new main", "acme.toml": "新".encode(), "born.toml": b"born"}


class PowerGone(Exception):
    """Nothing is done from here on."""


class FailingDisk(Disk):
    """Loses power before its ``steps``-th step; a write is then half done."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def write(self, path: Path, content: bytes) -> None:
        if not self.left:
            super().write(path, content[: len(content) // 2])
        self._step()
        super().write(path, content)

    def replace(self, beside: Path, path: Path) -> None:
        self._step()
        super().replace(beside, path)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)

    def _step(self) -> None:
        if not self.left:
            raise PowerGone
        self.left -= 1


def set_up(folder: Path) -> None:
    folder.mkdir()
    for name, content in BEFORE.items():
        (folder / name).write_bytes(content)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}


def change(folder: Path, disk: Disk) -> None:
    store = VersionStore(folder / "versions", disk=disk)
    store.keep(AFTER.values())
    changes = tuple(
        FileChange(folder / name, _digest(BEFORE.get(name)), _digest(AFTER.get(name)))
        for name in sorted(BEFORE.keys() | AFTER.keys())
    )
    files = {name: digest(content) for name, content in AFTER.items()}
    version = Version(1, 0.0, Origin.CHANGE, files, by="李娜")
    carry_out(Transaction(changes, version), folder / "ringmain.toml", store, disk)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else digest(content)


def steps_of_a_change(folder: Path) -> int:
    set_up(folder)
    disk = FailingDisk(10_000)
    change(folder, disk)
    assert files_in(folder) == AFTER
    return 10_000 - disk.left


def cut_off(folder: Path) -> Iterator[tuple[int, Path]]:
    for step in range(steps_of_a_change(folder / "whole")):
        place = folder / str(step)
        set_up(place)
        with pytest.raises(PowerGone):
            change(place, FailingDisk(step))
        yield step, place


def test_a_change_that_is_cut_off_anywhere_is_then_done_wholly_or_not_at_all(tmp_path: Path) -> None:
    seen = set()
    for step, folder in cut_off(tmp_path):
        main = folder / "ringmain.toml"
        began = journal_of(main).exists()
        assert recover(main) is (Recovery.FINISHED if began else Recovery.NOTHING)
        assert files_in(folder) == (AFTER if began else BEFORE), step
        newest = VersionStore(folder / "versions").newest()
        assert (newest is not None) == began
        assert recover(main) is Recovery.NOTHING
        seen.add(began)
    assert seen == {True, False}


def test_a_recovery_that_is_cut_off_anywhere_is_done_by_the_next(tmp_path: Path) -> None:
    for _, folder in cut_off(tmp_path):
        main = folder / "ringmain.toml"
        began = journal_of(main).exists()
        for steps in range(40):
            try:
                recover(main, FailingDisk(steps))
                break
            except PowerGone:
                continue
        assert files_in(folder) == (AFTER if began else BEFORE)
        assert not journal_of(main).exists()


def test_what_somebody_changed_since_is_not_overwritten(tmp_path: Path) -> None:
    for _, folder in cut_off(tmp_path):
        main = folder / "ringmain.toml"
        if journal_of(main).exists():
            (folder / "acme.toml").write_bytes(b"by hand")
            assert recover(main) is Recovery.LEFT
            assert (folder / "acme.toml").read_bytes() == b"by hand"
            assert recover(main) is Recovery.NOTHING
            return
    pytest.fail("no change had begun")


def test_files_keep_their_rights_and_links(tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    set_up(folder)
    (folder / "acme.toml").chmod(0o640)
    real = tmp_path / "elsewhere.toml"
    (folder / "ringmain.toml").rename(real)
    (folder / "ringmain.toml").symlink_to(real)
    change(folder, Disk())
    assert (folder / "acme.toml").stat().st_mode & 0o777 == 0o640
    assert (folder / "born.toml").stat().st_mode & 0o777 == 0o600
    assert (folder / "ringmain.toml").is_symlink()
    assert real.read_bytes() == AFTER["ringmain.toml"]
