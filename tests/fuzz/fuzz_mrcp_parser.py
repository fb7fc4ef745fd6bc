"""Coverage-guided fuzzing of what speech servers say: messages and results.

Run from the repository's root; new inputs are kept in the first corpus folder given:

    .venv/bin/python tests/fuzz/fuzz_mrcp_parser.py -max_total_time=60 <folder> tests/fuzz/corpus/mrcp
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["switch.mrcp"]):
    from tests.fuzz.properties import check_mrcp_bytes


def fuzz_one(data: bytes) -> None:
    check_mrcp_bytes(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
