"""What clients of each role may do."""

from pathlib import Path

import pytest

from runtime.models import NoParams
from switch.application import Verb
from switch.control.caller import Caller
from switch.control.messages import ErrorCode
from switch.control.rights import Rights
from switch.control.verbs import VerbError, VerbRegistry
from switch.roles import ADMINISTRATORS, DESK, EVERYBODY, Role, in_words
from tests.switch.control.test_verbs_page import all_verbs

NO_PARAMETER = [{"no parameter of any verb": 1}]


def rights_of(role: Role) -> Rights:
    return Rights(Caller("li", role))


def code_of(verbs: VerbRegistry, verb: str, role: Role) -> str:
    """What a client of a role is told that gives a parameter there is not, so that nothing is carried out."""
    with pytest.raises(VerbError) as error:
        verbs.call(verb, NO_PARAMETER, rights_of(role))
    return error.value.failure.code


def test_each_verb_is_refused_to_the_roles_it_is_not_for_and_to_no_other(tmp_path: Path) -> None:
    known = all_verbs(tmp_path)
    verbs = VerbRegistry(known)
    for verb in known:
        for role in Role:
            expected = ErrorCode.BAD_PARAMS if role in verb.who else ErrorCode.NOT_ALLOWED
            assert code_of(verbs, verb.name, role) == expected, (verb.name, role)


def test_an_administrator_may_do_everything_and_each_role_something(tmp_path: Path) -> None:
    known = all_verbs(tmp_path)
    assert [verb.name for verb in known if Role.ADMINISTRATOR not in verb.who] == []
    for role in Role:
        assert any(verb.who != EVERYBODY and role in verb.who for verb in known), role


def test_a_refusal_says_whom_the_verb_is_for() -> None:
    verbs = VerbRegistry([Verb("agent.ready", NoParams, lambda _: "ready", "Ready.", who=DESK)])
    with pytest.raises(VerbError, match=r"for agents, supervisors and administrators; .* is operator"):
        verbs.call("agent.ready", [], rights_of(Role.OPERATOR))
    assert verbs.call("agent.ready", [], rights_of(Role.AGENT)) == "ready"


def test_circles_are_told_in_words() -> None:
    assert in_words(EVERYBODY) == "everybody"
    assert in_words(ADMINISTRATORS) == "administrators"
    assert in_words(DESK) == "agents, supervisors and administrators"


def test_whom_a_verb_is_not_for_does_not_learn_its_parameters() -> None:
    verbs = VerbRegistry([Verb("agent.ready", NoParams, lambda _: "ready", "Ready.", who=ADMINISTRATORS)])
    with pytest.raises(VerbError) as error:
        verbs.call("agent.ready", NO_PARAMETER, rights_of(Role.AGENT))
    assert error.value.failure.data is None
