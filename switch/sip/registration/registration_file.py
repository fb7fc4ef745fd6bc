"""The file of registered contacts: SQLite, a row each, times by the wall clock."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgpack  # type: ignore[import-untyped]

from switch.sip.hop import Hop
from switch.sip.registration.bindings import Binding, BindingKey

_VERSION = 1
"""Of what a row holds. Rows of another are dropped: phones register again."""
_PATIENCE_S = 1.0


class Dated(NamedTuple):
    """A contact as the core has it, and what turns its monotonic times into wall-clock ones."""

    binding: Binding
    wall_offset_s: float


class RegistrationFile:
    """An open file. Methods raise sqlite3.Error and OSError."""

    def __init__(self, path: Path, *, fsync: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(fsync)
        except BaseException:
            self._connection.close()
            raise
        os.chmod(path, 0o640)

    def _prepare(self, fsync: bool) -> None:
        execute = self._connection.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")  # two switches must not share it
        execute("PRAGMA journal_mode = WAL")
        execute(f"PRAGMA synchronous = {'FULL' if fsync else 'OFF'}")
        if execute("PRAGMA user_version").fetchone() != (_VERSION,):
            execute("DROP TABLE IF EXISTS bindings")
            execute(f"PRAGMA user_version = {_VERSION}")
        execute("CREATE TABLE IF NOT EXISTS bindings (key BLOB PRIMARY KEY, binding BLOB) WITHOUT ROWID")

    def read(self, wall_offset_s: float) -> Iterator[Binding]:
        """Every contact; rows that make no sense are passed over."""
        for (packed,) in self._connection.execute("SELECT binding FROM bindings"):
            try:
                yield _unpack(packed, wall_offset_s)
            except (ValueError, TypeError):
                continue

    def write(self, changes: Mapping[BindingKey, Dated | None]) -> None:
        """Write contacts down and strike out those that are gone, all or none."""
        there = [(_pack_key(key), _pack(dated)) for key, dated in changes.items() if dated is not None]
        gone = [(_pack_key(key),) for key, dated in changes.items() if dated is None]
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # commits, or rolls back what failed
            connection.executemany("INSERT OR REPLACE INTO bindings VALUES (?, ?)", there)
            connection.executemany("DELETE FROM bindings WHERE key = ?", gone)

    def close(self) -> None:
        self._connection.close()


def put_aside(path: Path) -> Path:
    """Rename a file that cannot be read, and forget what belongs to it. Raises OSError."""
    kept = path.with_name(f"{path.name}.unreadable")
    os.replace(path, kept)
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return kept


def _pack_key(key: BindingKey) -> bytes:
    return b"\0".join(_as_bytes(key))


def _as_bytes(texts: Iterable[str]) -> Iterator[bytes]:
    return (text.encode("utf-8", "surrogateescape") for text in texts)


def _pack(dated: Dated) -> bytes:
    binding, offset_s = dated
    by_wall = binding._replace(
        expires_at=binding.expires_at + offset_s, registered_at=binding.registered_at + offset_s
    )
    packed: bytes = msgpack.packb(by_wall, unicode_errors="surrogateescape")
    return packed


def _unpack(packed: bytes, wall_offset_s: float) -> Binding:
    """Raises ValueError, TypeError."""
    fields = msgpack.unpackb(packed, use_list=False, unicode_errors="surrogateescape")
    binding = Binding(*fields)
    return binding._replace(
        hop=Hop(*binding.hop),
        expires_at=binding.expires_at - wall_offset_s,
        registered_at=binding.registered_at - wall_offset_s,
    )
