"""Documents of tests from a folder."""

from collections.abc import Mapping
from pathlib import Path

from ivr.document import Flow
from ivr.loader import TESTS_SUFFIX, read_document
from ivr.testing.reader import TestFile, read_tests
from runtime.problems import Problem


def load_tests(folder: Path, flows: Mapping[str, Flow]) -> tuple[list[TestFile], list[Problem]]:
    """Read every ``*.test.yaml`` in a folder. Never raises; what cannot be read is among the problems."""
    files: list[TestFile] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob(f"*{TESTS_SUFFIX}")):
        text = read_document(path)
        if isinstance(text, Problem):
            problems.append(text)
            continue
        tests, found = read_tests(text, str(path), flows)
        problems += found
        files += [tests] if tests is not None else []
    return files, problems
