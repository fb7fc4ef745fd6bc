"""Coverage-guided fuzzing of the SIP parser, writer and header values.

Run from the repository's root; new inputs are kept in the first corpus folder given:

    .venv/bin/python tests/fuzz/fuzz_sip_parser.py -max_total_time=60 <folder> tests/fuzz/corpus/sip
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["switch.sip"]):
    from tests.fuzz.properties import check_sip_bytes


def fuzz_one(data: bytes) -> None:
    check_sip_bytes(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
