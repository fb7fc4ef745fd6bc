"""Coverage-guided fuzzing of reading and checking flow documents.

Run from the repository's root; new inputs are kept in the first corpus folder given:

    .venv/bin/python tests/fuzz/fuzz_flow_reader.py -max_total_time=60 <folder> tests/fuzz/corpus/flow
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["ivr"]):
    from tests.fuzz.flow_property import check_flow_text


def fuzz_one(data: bytes) -> None:
    check_flow_text(data.decode("utf-8", "replace"))


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
