"""Lengths of time as people read them."""


def format_duration(seconds: float) -> str:
    """``0:07``, ``12:30`` or ``1:02:33``; parts of a second are left out."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
