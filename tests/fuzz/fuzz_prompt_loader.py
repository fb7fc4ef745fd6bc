"""Coverage-guided fuzzing of reading prompts, which libsndfile decodes.

Run from the repository's root; new inputs are kept in the first corpus folder given:

    .venv/bin/python tests/fuzz/fuzz_prompt_loader.py -max_total_time=60 <folder> tests/fuzz/corpus/prompt
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["media.prompts", "soundfile"]):
    from tests.fuzz.properties import check_prompt_bytes

MEMORY = Path("/dev/shm")


def main() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        atheris.Setup(sys.argv, lambda data: check_prompt_bytes(data, Path(folder)) and None)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
