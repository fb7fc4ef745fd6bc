"""Which code decides: inputs are told again to the very same, or it is said that it is another."""

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

_BESIDE = (
    "media/spoken/*.py",
    "runtime/deadlines.py",
    "runtime/event.py",
    "runtime/models.py",
    "runtime/target.py",
    "runtime/tenancy.py",
    "runtime/vocabulary.py",
)
"""What the core's decisions and outputs go by outside its package."""


def sources() -> list[Path]:
    """The files whose contents are the code."""
    acd = Path(__file__).parent.parent
    beside = (path for pattern in _BESIDE for path in sorted(acd.parent.glob(pattern)))
    return [*sorted(acd.glob("*.py")), *beside]


def _digest() -> str:
    return sha256(b"".join(path.read_bytes() for path in sources())).hexdigest()[:16]


ABOUT_THIS_CODE = {"version": version("ringmain"), "code": _digest()}
"""What a beginning tells of it: the version's name, and a digest of the ACD's sources."""
