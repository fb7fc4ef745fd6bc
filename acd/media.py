"""The media of work. Voice and video take an agent whole; others run side by side."""

from collections.abc import Mapping

VOICE = "voice"
VIDEO = "video"
EXCLUSIVE = frozenset((VOICE, VIDEO))
"""Of these an agent has one at a time; the agent's state tells of it (``acd/agent.py``)."""
USUAL_CAPACITY: Mapping[str, int] = {VOICE: 1}
"""Of agents for whom none is configured."""
