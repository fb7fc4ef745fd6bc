"""A tenant's client gets exactly the answers it would get if there were no other tenant, whatever it asks."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from cli import switchboard
from cli.house.tenants import VERBS
from runtime.ids import RandomIds
from switch.application import Verb
from switch.control.messages import ErrorCode
from switch.control.verbs import VerbError
from tests.cli.test_tenant_clients import CODES, House, everything_of_globex, open_house

SEEDS = 6
REQUESTS = 250
REFUSALS = [[code.value] for code in ErrorCode]
_ID = re.compile(r"[a-z_]+-(?:[a-z0-9_]+-)?[0-9a-f]{16}")
_OF_THE_DISK = ("recording.", "lookup.try")
"""Verbs whose answers depend on how far a file, a database or a service is, and on nobody else."""


class CountingIds(RandomIds):
    """Each kind counts for itself, so that what one tenant does changes no id of another's."""

    def __init__(self) -> None:
        super().__init__()
        self._made: Counter[str] = Counter()

    def new(self, prefix: str) -> str:
        self._made[prefix] += 1
        return f"{prefix}-{self._made[prefix]:016x}"


def pools(house: House) -> dict[str, list[str]]:
    """Names and ids that a client may have or guess: its own, globex's, and nobody's."""
    call = house.calls["acme"]
    ids = [call["call_id"], call["contact_id"], call["recording_id"] or "recording-acme-0000000000000001"]
    return {
        "ids": [each for own in ids for each in (own, own.replace("acme", "globex"), own[:-6] + "ffffff")],
        "names": [
            *("81", "service", "office", "vip", "billing", "chat-1", "only-acme", "only-globex", "nobody"),
            *("globex/81", "globex/service", "acme/81", "globex", "acme", "", "/", "../globex"),
        ],
        "targets": ["queue:service", "queue:globex/service", "station:81", "flow:hotline", "number:139", "x"],
    }


def value(rng: random.Random, key: str, annotation: Any, known: Mapping[str, list[str]]) -> Any:
    """Something that may be given for a parameter."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)] or [annotation]
    kind = kinds[0]
    if key == "changes":
        return [
            {"section": "agents", "name": rng.choice(known["names"]), "tenant": rng.choice(["", "globex"])}
        ]
    if get_origin(annotation) in (list, tuple):
        return [value(rng, key, str, known)]
    if get_origin(annotation) is dict or get_origin(kind) is dict:
        return {rng.choice(known["names"]): 1}
    if isinstance(kind, type) and issubclass(kind, bool):
        return rng.random() < 0.5
    if isinstance(kind, type) and issubclass(kind, int | float):
        return rng.randrange(1, 4)
    if key.endswith("_id"):
        return rng.choice(known["ids"])
    if key in ("target", "whom"):
        return rng.choice(known["targets"])
    if key == "section":
        return rng.choice(["agents", "queues", "tenant", "access_codes", "stations", "lookups", "trunks"])
    return rng.choice([*known["names"], *known["ids"], "chat", "138", "open", "both", "customer"])


def request(
    rng: random.Random, verbs: list[Verb], known: Mapping[str, list[str]]
) -> tuple[str, dict[str, Any]]:
    verb = rng.choice(verbs)
    fields = verb.params.model_fields
    wanted = [key for key, info in fields.items() if info.is_required() or rng.random() < 0.3]
    return verb.name, {key: value(rng, key, fields[key].annotation, known) for key in wanted}


def outcome(house: House, verb: str, params: dict[str, Any]) -> object:
    """What the client is told; of moments, folders and the switch's own ids only that there are some."""
    try:
        told: object = house.call("acme", verb, **params)
    except VerbError as error:
        told = [error.failure.code, error.failure.message]
    return plain(told, str(house.folder), {})


def _is_measured(key: str) -> bool:
    """Durations, and what a leg's packets tell: nothing before the media core's first report."""
    return key.endswith("_ms") or key == "media"


def plain(told: Any, folder: str, seen: dict[str, str]) -> Any:
    if isinstance(told, Mapping):
        return {key: plain(inner, folder, seen) for key, inner in told.items() if not _is_measured(key)}
    if isinstance(told, list | tuple):
        return [plain(inner, folder, seen) for inner in told]
    if isinstance(told, float):
        return "a number"
    if not isinstance(told, str):
        return told
    text = re.sub(r"\d+\.\d+", "a number", told.replace(folder, "here"))
    return _ID.sub(lambda found: seen.setdefault(found[0], f"id {len(seen)}"), text)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_answers_are_those_of_a_switch_without_others(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switchboard, "RandomIds", CountingIds)
    rng = random.Random(seed)
    with ExitStack() as stack:
        for name in ("alone", "beside"):
            (tmp_path / name).mkdir()
        alone = stack.enter_context(open_house(tmp_path / "alone", "acme"))
        beside = stack.enter_context(open_house(tmp_path / "beside", *CODES))
        before = everything_of_globex(beside)
        verbs = [
            verb for verb in alone.verbs() if verb.name in VERBS and not verb.name.startswith(_OF_THE_DISK)
        ]
        known, done = pools(beside), Counter[bool]()
        for _ in range(REQUESTS):
            verb, params = request(rng, verbs, known)
            first, second = outcome(alone, verb, params), outcome(beside, verb, params)
            assert first == second, (verb, params)
            assert ErrorCode.INTERNAL not in str(first), (verb, params, first)
            done[isinstance(first, list) and first[:1] in REFUSALS] += 1
        assert min(done[True], done[False]) > REQUESTS / 20
        assert everything_of_globex(beside) == before
