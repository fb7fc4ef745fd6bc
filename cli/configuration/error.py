"""What is wrong with a configuration, in a file of its own: whoever tells it need not know how it is read."""

from collections.abc import Sequence

from runtime.errors import PeerError
from runtime.problems import Problem


class ConfigurationError(PeerError):
    """The configuration cannot be used; ``problems`` are its mistakes, in the order of their lines."""

    def __init__(self, problems: Sequence[Problem], *, complete: bool = True) -> None:
        """``complete``: these are all; otherwise some can only be found once these are mended."""
        self.problems = sorted(problems)
        self.complete = complete
        super().__init__("\n".join(str(problem) for problem in self.problems))
