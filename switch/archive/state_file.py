"""A few numbers that a thread keeps over restarts: a small JSON file, written whole or not at all."""

import json
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class StateFile:
    """Beside the journal, so that it is gone when the journal is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        """What was kept last; nothing when there is no such file, or it cannot be read."""
        try:
            kept = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("kept state cannot be read; beginning anew", path=str(self._path), reason=str(error))
            return {}
        return kept if isinstance(kept, dict) else {}

    def keep(self, state: dict[str, Any]) -> None:
        """Replace it. A power cut may bring back what was kept before. Raises OSError."""
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(state) + "\n", "utf-8")
        part.replace(self._path)
