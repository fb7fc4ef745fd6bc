"""Coverage-guided fuzzing of the SDP parser, writer and offer/answer.

Run from the repository's root; new inputs are kept in the first corpus folder given:

    .venv/bin/python tests/fuzz/fuzz_sdp_parser.py -max_total_time=60 <folder> tests/fuzz/corpus/sdp
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["switch.sdp"]):
    from tests.fuzz.properties import check_sdp_text


def fuzz_one(data: bytes) -> None:
    check_sdp_text(data.decode("utf-8", "replace"))


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
