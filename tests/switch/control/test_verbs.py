from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import Field, field_validator

from runtime.errors import UsageError
from runtime.models import NoParams, Params
from switch.application import Verb
from switch.control.verbs import VerbError, VerbRegistry
from switch.roles import EVERYBODY


class SignIn(Params):
    agent: str
    station: str = "1001"
    tries: int = Field(default=1, ge=1, le=3)

    @field_validator("agent")
    @classmethod
    def _known(cls, agent: str) -> str:
        if agent == "nobody":
            raise ValueError("must be an agent of the configuration")
        return agent


def registry(handle: Callable[[SignIn], object] = lambda params: params.model_dump()) -> VerbRegistry:
    return VerbRegistry(
        [Verb(name="agent.sign_in", params=SignIn, handle=handle, help="Sign in.", who=EVERYBODY)]
    )


STATUS = Verb(
    name="switch.status", params=NoParams, handle=lambda _: {"calls": 3}, help="How it is.", who=EVERYBODY
)


def failure_of(verbs: VerbRegistry, name: str, params: list[Any]) -> VerbError:
    with pytest.raises(VerbError) as caught:
        verbs.call(name, params)
    return caught.value


@pytest.mark.parametrize(
    "params",
    [[{"agent": "1001", "tries": 2}], ["1001", "1001", 2]],
    ids=["named", "positional"],
)
def test_parameters_may_be_named_or_positional(params: list[Any]) -> None:
    assert registry().call("agent.sign_in", params) == {"agent": "1001", "station": "1001", "tries": 2}


def test_every_bad_parameter_is_told_at_once() -> None:
    error = failure_of(registry(), "agent.sign_in", [{"tries": 9, "colour": "red"}])
    assert error.failure.code == "bad_params"
    assert error.failure.data == {
        "fields": {
            "colour": "is not a parameter",
            "agent": "is missing",
            "tries": "must be 3 or less; it is 9",
        }
    }
    assert error.failure.message == (
        "agent.sign_in: colour is not a parameter, agent is missing, "
        "tries must be 3 or less; it is 9 (the verb takes agent, station, tries)"
    )


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ([], {"agent": "is missing"}),
        ([1, 2, 3, 4], {"params": "has 4 values, too many"}),
        ([{"agent": 7}], {"agent": "must be text; it is 7"}),
        ([{"agent": "nobody"}], {"agent": "must be an agent of the configuration; it is 'nobody'"}),
    ],
)
def test_a_bad_parameter_is_told_in_plain_english(params: list[Any], fields: dict[str, str]) -> None:
    assert failure_of(registry(), "agent.sign_in", params).failure.data == {"fields": fields}


class Why(StrEnum):
    USER_BUSY = "USER_BUSY"
    NO_ANSWER = "NO_ANSWER"


class Everything(Params):
    name: str = Field(default="x", min_length=1, max_length=5)
    code: str = Field(default="a", pattern="^[a-z]$", description="one small letter")
    mood: Literal["good", "bad"] = Field(default="good", description="how it is")
    cause: Why = Field(default=Why.USER_BUSY, description="why it is so")
    aloud: bool = Field(default=False, description="whether others hear it")
    ring_s: float = Field(default=1.0, gt=0, description="how long it rings, in seconds")
    data: dict[str, str] = Field(default={}, description="what goes with it")
    count: int = Field(default=1, ge=1, le=3)
    names: list[str] = Field(default=["x"], min_length=1, max_length=2)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("name", "", "needs 1 or more characters; it is ''"),
        ("name", "abcdef", "may have 5 characters at most; it is 'abcdef'"),
        ("name", None, "must be text; it is None"),
        ("code", "A", "does not fit; expected one small letter; it is 'A'"),
        ("mood", "so-so", "must be 'good' or 'bad'; it is 'so-so'"),
        ("cause", "BUSY", "must be 'USER_BUSY' or 'NO_ANSWER'; it is 'BUSY'"),
        ("aloud", "perhaps", "must be true or false; it is 'perhaps'"),
        ("ring_s", "long", "must be a number; it is 'long'"),
        ("ring_s", 0, "must be more than 0.0; it is 0"),
        ("data", "x=1", "must be a map; it is 'x=1'"),
        ("count", "many", "must be a whole number; it is 'many'"),
        ("count", [], "must be a whole number; it is []"),
        ("count", 0, "must be 1 or more; it is 0"),
        ("names", [], "needs 1 or more entries; it is []"),
        ("names", ["a", "b", "c"], "may have 2 entries at most; it is ['a', 'b', 'c']"),
        ("names", "a", "must be a list; it is 'a'"),
    ],
)
def test_no_word_of_the_library_that_checks_leaks(name: str, value: object, problem: str) -> None:
    verbs = VerbRegistry(
        [Verb("test.all", Everything, lambda params: None, "Take everything.", who=EVERYBODY)]
    )
    assert failure_of(verbs, "test.all", [{name: value}]).failure.data == {"fields": {name: problem}}


@pytest.mark.parametrize("value", ["长" * 5000, ["x" * 500] * 50, {"k" * 500: {"v" * 500: ["w" * 500]}}])
def test_at_most_60_characters_of_a_bad_value_are_repeated(value: object) -> None:
    verbs = VerbRegistry(
        [Verb("test.all", Everything, lambda params: None, "Take everything.", who=EVERYBODY)]
    )
    data = failure_of(verbs, "test.all", [{"count": value}]).failure.data
    assert data is not None
    assert len(data["fields"]["count"].partition("; it is ")[2]) <= 60
    data = failure_of(verbs, "test.all", [{"n" * 5000: 1}]).failure.data
    assert data is not None
    assert [len(name) for name in data["fields"]] == [60]


def test_a_bad_parameter_never_reaches_the_verb() -> None:
    reached: list[SignIn] = []
    failure_of(registry(reached.append), "agent.sign_in", [{"agent": []}])
    assert reached == []


def test_an_unknown_verb_is_told_with_the_nearest_one() -> None:
    error = failure_of(registry(), "agent.signin", [])
    assert error.failure.code == "unknown_verb"
    assert error.failure.message == "there is no verb 'agent.signin'; did you mean agent.sign_in?"


def test_a_usage_error_of_the_verb_is_a_refusal_with_its_sentence() -> None:
    def refuse(params: SignIn) -> object:
        raise UsageError(f"agent {params.agent} talks")

    error = failure_of(registry(refuse), "agent.sign_in", ["1001"])
    assert (error.failure.code, error.failure.message) == ("refused", "agent 1001 talks")


def test_a_fault_of_the_verb_is_internal_and_tells_no_details() -> None:
    def fail(_: SignIn) -> object:
        raise KeyError("secret")

    error = failure_of(registry(fail), "agent.sign_in", ["1001"])
    assert error.failure.code == "internal"
    assert "secret" not in error.failure.message


def test_two_verbs_of_one_name_are_our_own_mistake() -> None:
    with pytest.raises(UsageError, match=r"switch\.status"):
        VerbRegistry([STATUS, STATUS])


def test_verb_list_describes_every_verb_of_the_client_and_of_all() -> None:
    own = VerbRegistry([STATUS], base=registry())
    listed = own.call("verb.list", [])
    assert isinstance(listed, list)
    assert [verb["name"] for verb in listed] == ["agent.sign_in", "switch.status", "verb.list"]
    assert listed[0]["help"] == "Sign in."
    assert listed[0]["parameters"]["required"] == ["agent"]
    assert own.call("switch.status", []) == {"calls": 3}


def test_a_clients_own_verbs_are_not_seen_by_others() -> None:
    base = registry()
    VerbRegistry([STATUS], base=base)
    assert failure_of(base, "switch.status", []).failure.code == "unknown_verb"


def test_a_refusal_may_tell_its_reason_to_programs() -> None:
    def refuse(params: SignIn) -> object:
        raise UsageError("no call call-1 is up", reason="no_such_call")

    error = failure_of(registry(refuse), "agent.sign_in", [{"agent": "1001"}])
    assert error.failure.data == {"reason": "no_such_call"}
