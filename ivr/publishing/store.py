"""Published versions on disk: a folder a flow, a file a version, and an index that says which of them run.

    <store>/<flow>/0001.yaml 0002.yaml … index.json

A version's file is written first and never changed; the index is replaced as a whole after it: whoever reads
finds what ran before or what runs now, whenever the power goes. A shell; its methods block.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from ivr.publishing.index import BadIndex, Index, Version, index_from_data, index_to_data
from runtime.errors import UsageError

_INDEX = "index.json"


class FlowStore:
    """What is published of the flows of one call centre."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def published(self) -> list[str]:
        """The flows of which something was published, by name."""
        if not self.folder.is_dir():
            return []
        return sorted(path.parent.name for path in self.folder.glob(f"*/{_INDEX}"))

    def index(self, flow: str) -> Index:
        """Empty for a flow that was never published. Raises BadIndex when it cannot be read."""
        try:
            return index_from_data(json.loads(self.index_file(flow).read_text("utf-8")))
        except FileNotFoundError:
            return Index()
        except (OSError, ValueError) as fault:
            raise BadIndex(f"a readable list of published versions; {fault}") from fault

    def index_file(self, flow: str) -> Path:
        return self.folder / flow / _INDEX

    def file(self, flow: str, number: int) -> Path:
        """The document of a version."""
        return self.folder / flow / f"{number:04}.yaml"

    def add(self, flow: str, index: Index, text: str, *, at: float, by: str, note: str) -> Version:
        """Keep a document as the next version; it runs when ``put`` says so.

        Raises UsageError when the disk does not take it.
        """
        version = Version(index.next_number, at, by, note, sha256(text.encode()).hexdigest())
        try:
            self.file(flow, version.number).parent.mkdir(parents=True, exist_ok=True)
            _write(self.file(flow, version.number), text)
        except OSError as fault:
            raise UsageError(f"{flow} cannot be published: {self.folder}: {fault.strerror}") from fault
        return version

    def put(self, flow: str, index: Index) -> None:
        """From now on these versions run. Raises UsageError when the disk does not take it."""
        try:
            _write(self.index_file(flow), json.dumps(index_to_data(index), ensure_ascii=False, indent=1))
        except OSError as fault:
            raise UsageError(f"{flow} stays as it is: {self.folder}: {fault.strerror}") from fault


def _write(path: Path, text: str) -> None:
    """As a whole, and on the disk when this returns."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
