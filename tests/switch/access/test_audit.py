"""What is kept of verbs, and what of them must be kept nowhere."""

import json
from contextlib import suppress
from typing import Any

import pytest
from pydantic import Field

from runtime.models import Params
from runtime.vocabulary import Event
from switch.access.audit import LONGEST, Audit
from switch.access.events import VerbCarriedOut
from switch.application import Verb
from switch.control.caller import Caller, local
from switch.control.rights import Rights
from switch.control.verbs import VerbError, VerbRegistry
from switch.roles import EVERYBODY, Role
from tests.cli.test_tenant_clients import House, open_house

CALLER = Caller("erp", Role.INTEGRATOR, source="10.1.0.7")
CARD = "6222-0000-1111"


class TestParams(Params):
    """Of each kind one."""

    __test__ = False
    call_id: str = "c1"
    digits: str = Field(default="", pattern=r"^[0-9#*]*$")
    data: dict[str, Any] = Field(default_factory=dict)
    keys: dict[str, Any] = Field(default_factory=dict)
    text: str = ""


VERB = Verb("test.do", TestParams, lambda _: "x", "Do.", who=EVERYBODY, private=frozenset({"text"}))


def kept(*params: Any) -> VerbCarriedOut:
    """What the journal gets of one request."""
    told: list[Event] = []
    rights = Rights(CALLER, note=Audit(told.append, {"身份证"}).note)
    with suppress(VerbError):
        VerbRegistry([VERB]).call("test.do", list(params), rights)
    (note,) = told
    assert isinstance(note, VerbCarriedOut)
    return note


def test_who_did_what_is_kept() -> None:
    note = kept({"call_id": "c7", "data": {"工单": 12}})
    assert (note.name, note.role, note.source, note.outcome) == ("erp", "integrator", "10.1.0.7", "done")
    assert json.loads(note.params) == {"call_id": "c7", "data": {"工单": 12}}


@pytest.mark.parametrize(
    "given",
    [
        {"text": CARD},
        {"digits": CARD.replace("-", "")},
        {"data": {"身份证": CARD}},
        {"keys": {"headers": {"X-Api-Key": CARD}}},
        {"keys": {"password_hash": CARD, "outbound": [{"auth_password": CARD}]}},
        {"txet": CARD},
    ],
)
def test_what_is_secret_private_or_personal_is_not(given: dict[str, Any]) -> None:
    note = kept(given)
    assert "***" in note.params
    assert CARD not in str(note)
    assert CARD.replace("-", "") not in str(note)


def test_nor_is_it_when_it_is_refused_in_a_sentence_that_quotes_it() -> None:
    for given in ({"digits": CARD}, {"text": [CARD]}, {"data": CARD}):
        note = kept(given)
        assert note.outcome == "bad_params"
        assert note.message == f"cannot be used: {next(iter(given))}"
        assert CARD not in note.message
    assert CARD not in str(kept("c1", CARD))


def test_what_the_client_is_told_does_not_quote_it_either() -> None:
    for given in ({"digits": CARD}, {"text": [CARD]}):
        with pytest.raises(VerbError) as refused:
            VerbRegistry([VERB]).call("test.do", [given])
        assert CARD not in f"{refused.value.failure}"
    with pytest.raises(VerbError, match="it is 7"):  # what is no secret helps to find the mistake
        VerbRegistry([VERB]).call("test.do", [{"call_id": 7}])


def test_for_whom_something_is_is_said_under_the_own_name() -> None:
    class Listening(Params):
        who: str = ""

    def said(rights: Rights, **given: str) -> object:
        verb = Verb("test.listen", Listening, lambda params: params.who, "Listen.", who=EVERYBODY)
        return VerbRegistry([verb]).call("test.listen", [given], rights)

    assert said(Rights(CALLER)) == "erp"
    assert said(Rights(CALLER), who="erp") == "erp"
    assert said(Rights(CALLER), who="王芳") == "erp: 王芳"
    assert said(Rights(local()), who="王芳") == "王芳"


def test_long_parameters_are_cut() -> None:
    assert len(kept({"data": {"x": "长" * 9000}}).params) == LONGEST


@pytest.fixture
def house(tmp_path: Any) -> Any:
    with open_house(tmp_path, "acme") as house:
        yield house


def test_what_is_said_of_customers_is_private_in_every_verb_that_takes_it(house: House) -> None:
    private = {verb.name: verb.private for verb in house.verbs() if verb.private}
    assert private == {
        "call.say": {"text"},
        "call.speak": {"text"},
        "hook.answer": {"data"},
        "lookup.try": {"path", "query", "headers", "body"},
        "speech.make": {"text"},
    }
    for verb in house.verbs():
        assert verb.private <= verb.params.model_fields.keys(), verb.name


def test_what_is_looked_at_again_and_again_is_not_kept(house: House) -> None:
    """Screens ask every second; each verb that is kept is an entry of the journal."""
    looks = (
        "list",
        "show",
        "history",
        "diff",
        "messages",
        "get_data",
        "figures",
        "waiting",
        "explain",
        "parties",
    )
    kept = [verb.name for verb in house.verbs() if verb.name.partition(".")[2] in looks and not verb.reads]
    assert kept == []
