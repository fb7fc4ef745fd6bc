"""Coverage-guided fuzzing of reading and mending recordings.

Run from the repository's root; new inputs are kept in the first corpus folder given:

    .venv/bin/python tests/fuzz/fuzz_wav_parser.py -max_total_time=60 <folder> tests/fuzz/corpus/wav
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["media.recordings.wav_file"]):
    from tests.fuzz.properties import check_wav_bytes

MEMORY = Path("/dev/shm")
"""Mending forces a file to the disk, which a disk in memory does at once."""


def main() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "fuzzed.wav"
        atheris.Setup(sys.argv, lambda data: check_wav_bytes(data, path) and None)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
