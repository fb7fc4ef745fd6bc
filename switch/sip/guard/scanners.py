"""Tools that look for switches to break into, known by what they cannot help sending."""

from collections.abc import Iterable

from switch.sip.messages.message import Request

_CALLERS = ('"sipvicious"', "<sip:nm@nm>", "@1.1.1.1>")
"""What stands in From of SIPVicious, and of the probe with which nmap asks a port whether it is SIP."""
_NAMES_REMEMBERED = 1024


class Scanners:
    """Tells scanners from phones. What a User-Agent is worth is worked out once a name."""

    def __init__(self, names: Iterable[str]) -> None:
        """``names`` are parts of a User-Agent, compared without regard to case."""
        self._names = tuple(name.lower() for name in names)
        self._known: dict[str, bool] = {}

    def sent(self, request: Request) -> str:
        """What gave the scanner away that sent this; empty when none did."""
        headers = request.headers
        agent = headers.get("user-agent")
        if agent and self._is_scanner(agent):
            return agent
        caller = headers.get("from") or ""
        for mark in _CALLERS:
            if mark in caller:
                return caller
        return ""

    def _is_scanner(self, agent: str) -> bool:
        known = self._known.get(agent)
        if known is None:
            if len(self._known) >= _NAMES_REMEMBERED:
                self._known.clear()
            lower = agent.lower()
            known = self._known[agent] = any(name in lower for name in self._names)
        return known
