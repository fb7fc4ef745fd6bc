"""Who hears whom beside a call: the recogniser hears the caller and nothing else, the caller the synthesizer.

All are in one mix, in which a recogniser is a monitor and a synthesizer whispers to the caller. So no
recogniser hears what a synthesizer, or a prompt, says; and prompts play on over it.
"""

from dataclasses import dataclass, field

from media.commands import JoinMix, LeaveMix, MixRole
from runtime.vocabulary import Output
from switch.mrcp.resource import Resource


@dataclass(slots=True)
class _Mix:
    caller_leg_id: str
    sessions: set[str] = field(default_factory=set)


class SpeechAudio:
    """The mixes of calls that a speech server serves."""

    def __init__(self) -> None:
        self._mixes: dict[str, _Mix] = {}

    def join(self, call_id: str, leg_id: str, session_id: str, resource: Resource) -> list[Output]:
        """A session has its audio: ``leg_id`` is the caller's."""
        mix = self._mixes.get(call_id)
        outputs: list[Output] = []
        mix_id = f"speech-{call_id}"
        if mix is None or mix.caller_leg_id != leg_id:
            mix = self._mixes[call_id] = _Mix(leg_id)
            outputs.append(JoinMix(mix_id=mix_id, leg_id=leg_id, role=MixRole.SPEAKER))
        mix.sessions.add(session_id)
        if resource is Resource.RECOGNIZER:
            return [*outputs, JoinMix(mix_id=mix_id, leg_id=session_id, role=MixRole.MONITOR)]
        whispers = JoinMix(mix_id=mix_id, leg_id=session_id, role=MixRole.WHISPER, whisper_to=leg_id)
        return [*outputs, whispers]

    def leave(self, call_id: str, session_id: str) -> list[Output]:
        """A session is not heard any more; with the last the caller leaves the mix, too."""
        mix = self._mixes.get(call_id)
        if mix is None or session_id not in mix.sessions:
            return []
        mix.sessions.discard(session_id)
        if mix.sessions:
            return []
        del self._mixes[call_id]
        return [LeaveMix(leg_id=mix.caller_leg_id)]

    def forget(self, call_id: str) -> None:
        """The call is over, or its caller sits elsewhere: whoever has the leg now says whom it hears."""
        self._mixes.pop(call_id, None)
