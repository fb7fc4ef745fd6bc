"""What a supervisor does at a call of others."""

from enum import StrEnum


class SupervisionMode(StrEnum):
    """Who hears a supervisor, who always hears both who talk."""

    MONITOR = "monitor"
    """Nobody (监听)."""
    WHISPER = "whisper"
    """The agent alone (耳语)."""
    BARGE = "barge"
    """Both (插入)."""
    INTERCEPT = "intercept"
    """The customer, with whom the supervisor goes on in the agent's place (拦截)."""
