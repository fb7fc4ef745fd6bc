"""Which legs are in which mix. Only verbs change that, so that what they answer is the whole story."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from media import _core, commands
from media.commands import MixRole
from media.events import MixEnded, MixFailed, MixJoined, MixLeft
from runtime.errors import UsageError
from runtime.vocabulary import Event


@dataclass(slots=True)
class _Mix:
    handle: int
    members: set[str] = field(default_factory=set)


class Mixes:
    """The mixes of one engine. A mix begins with the first leg that joins it and ends with the last."""

    def __init__(self, core: _core.Core, endpoints: Mapping[str, int]) -> None:
        """``endpoints`` are the core's handles by leg."""
        self._core = core
        self._endpoints = endpoints
        self._mixes: dict[str, _Mix] = {}
        self._mix_of: dict[str, str] = {}
        self.legs: Collection[str] = self._mix_of
        """Those that are in a mix."""

    def __len__(self) -> int:
        return len(self._mixes)

    def join(self, command: commands.JoinMix, endpoint: int) -> list[Event]:
        """Take a leg into a mix, out of the one it is in."""
        leg_id, mix_id = command.leg_id, command.mix_id
        listener = self._listener(command)
        mix = self._mixes.get(mix_id) or _Mix(self._core.open_mix())
        self._mixes[mix_id] = mix
        try:
            self._core.join_mix(mix.handle, endpoint, command.role, listener)
        except OSError as refusal:
            return [MixFailed(mix_id=mix_id, leg_id=leg_id, reason=str(refusal)), *self._end_if_empty(mix_id)]
        left = self.gone(leg_id) if self._mix_of.get(leg_id) != mix_id else []
        mix.members.add(leg_id)
        self._mix_of[leg_id] = mix_id
        return [*left, MixJoined(mix_id=mix_id, leg_id=leg_id, role=command.role)]

    def leave(self, command: commands.LeaveMix, endpoint: int) -> list[Event]:
        """Take a leg out of the mix it is in, if it is in one."""
        if command.leg_id not in self._mix_of:
            return []
        self._core.leave_mix(endpoint)
        return self.gone(command.leg_id)

    def gone(self, leg_id: str) -> list[Event]:
        """A leg was closed or bridged, or has left: the core has taken it out of its mix."""
        mix_id = self._mix_of.pop(leg_id, None)
        if mix_id is None:
            return []
        self._mixes[mix_id].members.discard(leg_id)
        return [MixLeft(mix_id=mix_id, leg_id=leg_id), *self._end_if_empty(mix_id)]

    def _end_if_empty(self, mix_id: str) -> list[Event]:
        mix = self._mixes[mix_id]
        if mix.members:
            return []
        self._core.close_mix(mix.handle)
        del self._mixes[mix_id]
        return [MixEnded(mix_id=mix_id)]

    def _listener(self, command: commands.JoinMix) -> int | None:
        """The endpoint of whom a whisper is for, who need not be in the mix yet."""
        if command.role is not MixRole.WHISPER:
            return None
        listener = self._endpoints.get(command.whisper_to or "")
        if listener is None or command.whisper_to == command.leg_id:
            raise UsageError(
                f"JoinMix for leg {command.leg_id}: whisper_to is {command.whisper_to}; "
                "expected another leg that has an endpoint"
            )
        return listener
