"""Which code decides: inputs are told again to the very same, or it is said that it is another."""

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

_BESIDE = ("deadlines.py", "tenancy.py")
"""What the core stands on, and goes by."""


def _digest() -> str:
    acd = Path(__file__).parent.parent
    files = [*sorted(acd.glob("*.py")), *(acd.parent / "runtime" / name for name in _BESIDE)]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


ABOUT_THIS_CODE = {"version": version("ringmain"), "code": _digest()}
"""What a beginning tells of it: the version's name, and a digest of the ACD's sources."""
