"""Which folder a prompt of a name lies in: the house's library, or a tenant's."""

from collections.abc import Mapping
from pathlib import Path

from runtime.errors import UsageError
from runtime.tenancy import SEPARATOR


class Libraries:
    """All that the configuration names."""

    def __init__(self, house: Path, tenants: Mapping[str, Path | None]) -> None:
        """``tenants``: by their names; None for one without a library of its own."""
        self._house = house
        self.configure(tenants)

    def configure(self, tenants: Mapping[str, Path | None]) -> None:
        """Know these, and no others."""
        self._tenants = dict(tenants)

    def place_of(self, prompt: str) -> tuple[Path, str]:
        """The folder, and what it is called there. Raises UsageError."""
        first, _, rest = prompt.partition(SEPARATOR)
        if first not in self._tenants:
            return self._house, prompt
        folder = self._tenants[first]
        if folder is None:
            raise UsageError(f"tenant {first} has no prompts of its own: set prompts in [tenant] of its file")
        return folder, rest
