"""The prompts that programs name."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from runtime.errors import UsageError

OwnPrompt = Callable[[str, str], str]
"""Takes a tenant and a prompt's name; the tenant's own if there is one, else the house's."""


class PromptNames(NamedTuple):
    """What is meant by them, and whether there are such."""

    own: OwnPrompt
    is_known: Callable[[str], bool]

    def meant(self, tenant: str, names: Iterable[str]) -> tuple[str, ...]:
        """As the media core knows them. Raises UsageError (``no_such_prompt``) where it does not."""
        meant = []
        for name in names:
            own = self.own(tenant, name)
            if not self.is_known(own):
                raise UsageError(
                    f"there is no prompt {name}; expected such as zh/greeting, as `ringmain prompts` lists",
                    reason="no_such_prompt",
                )
            meant.append(own)
        return tuple(meant)
