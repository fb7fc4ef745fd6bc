"""Who comes in by a token or a password, and who does not."""

import datetime as dt
from typing import Any

import pytest

from runtime.vocabulary import Event
from switch.access.config import TokenConfig
from switch.access.door import Credentials, Door, DoorRules, Shut
from switch.access.events import AgentLocked, ClientAuthenticated, ClientRefused
from switch.access.secrets import PasswordHash, token_hash
from switch.control.caller import UNIX, Caller
from switch.roles import Role

SECRET = "ringmain_secret"
PASSWORD = PasswordHash.of("Strom-95598", bytes(16))
SOURCE = "192.0.2.7"
WALL = 1_790_000_000.0


def token(**more: Any) -> TokenConfig:
    return TokenConfig.model_validate(
        {"name": "wallboard", "role": "supervisor", "sha256": token_hash(SECRET)} | more
    )


def door(*tokens: TokenConfig, **passwords: str) -> Door:
    known = {"1001": str(PASSWORD), "acme/81": str(PASSWORD)} | passwords
    return Door(DoorRules(source_failures=4, agent_failures=3), Credentials(tokens or (token(),), known))


def shut(at: Door, secret: str = SECRET, source: str = SOURCE, now: float = 0.0) -> tuple[str, list[Event]]:
    with pytest.raises(Shut) as caught:
        at.enter(secret, source, now=now, wall=WALL)
    return str(caught.value), list(caught.value.events)


def try_password(at: Door, agent: str, *, right: bool, now: float = 0.0, source: str = SOURCE) -> Any:
    password = at.password_of(agent, source, now=now)
    return at.judge(agent, source, password if right else None, now=now)


def test_who_shows_a_tokens_secret_is_who_the_token_says() -> None:
    entered = door().enter(SECRET, SOURCE, now=0.0, wall=WALL)
    assert entered.caller == Caller("wallboard", Role.SUPERVISOR, "", "", SOURCE, token_hash(SECRET))
    assert entered.events == (
        ClientAuthenticated(tenant="", name="wallboard", role="supervisor", number="", source=SOURCE),
    )


def test_a_tenants_token_is_the_tenants() -> None:
    own = token(name="desk", role="agent", agent="81")
    at = door(own.model_copy(update={"name": "acme/desk", "agent": "acme/81"}))
    caller = at.enter(SECRET, SOURCE, now=0.0, wall=WALL).caller
    assert (caller.name, caller.role, caller.tenant, caller.agent) == ("desk", Role.AGENT, "acme", "81")


@pytest.mark.parametrize("secret", ["", "ringmain_", "ringmain_other", token_hash(SECRET), "\ud800"])
def test_nothing_else_is_a_token(secret: str) -> None:
    text, events = shut(door(), secret)
    assert text == "there is no such token"
    assert events == [ClientRefused(tenant="", name="", source=SOURCE, reason="unknown_token")]


@pytest.mark.parametrize(
    ("expires", "is_good"),
    [
        (dt.datetime.fromtimestamp(WALL + 1, dt.UTC), True),
        (dt.datetime.fromtimestamp(WALL, dt.UTC), False),
        (dt.date(2099, 1, 1), True),
        (dt.date(2020, 1, 1), False),
    ],
)
def test_a_token_is_good_until_it_expires(expires: dt.date, is_good: bool) -> None:
    at = door(token(expires=expires))
    if is_good:
        assert at.enter(SECRET, SOURCE, now=0.0, wall=WALL).caller.expires_at is not None
    else:
        assert shut(at)[0] == "the token wallboard has expired"


@pytest.mark.parametrize(
    ("source", "is_good"),
    [("192.0.2.7", True), ("::ffff:192.0.2.7", True), ("192.0.3.7", False), (UNIX, True), ("odd", False)],
)
def test_a_token_is_good_where_it_may_come_from(source: str, is_good: bool) -> None:
    at = door(token(networks=["192.0.2.0/24"]))
    if is_good:
        assert at.enter(SECRET, source, now=0.0, wall=WALL).caller.source == source
    else:
        assert "may not be used from" in shut(at, source=source)[0]


def test_a_source_that_fails_too_often_is_not_listened_to_and_told_of_once() -> None:
    at = door()
    reasons = [event.reason for _ in range(6) for event in shut(at, "wrong")[1] if hasattr(event, "reason")]
    assert reasons == ["unknown_token"] * 4 + ["locked"]
    assert "nothing more is tried for 900 s" in shut(at)[0]
    assert at.enter(SECRET, "192.0.2.8", now=0.0, wall=WALL)
    assert at.enter(SECRET, SOURCE, now=900.0, wall=WALL)


def test_local_failures_lock_nobody_else_out() -> None:
    at = door()
    for _ in range(10):
        shut(at, "wrong", UNIX)
    assert at.enter(SECRET, UNIX, now=0.0, wall=WALL)


def test_an_agent_comes_in_by_number_and_password() -> None:
    caller = try_password(door(), "acme/81", right=True).caller
    assert (caller.name, caller.role, caller.tenant, caller.agent) == ("81", Role.AGENT, "acme", "81")


def test_unknown_agents_are_told_what_wrong_passwords_are() -> None:
    told = []
    for agent, right in (("1001", False), ("nobody", True)):
        with pytest.raises(Shut) as caught:
            try_password(door(), agent, right=right)
        told.append(str(caught.value))
    assert told == ["number or password is wrong"] * 2


@pytest.mark.parametrize("agent", ["1001", "nobody"])
def test_an_agent_is_locked_after_so_many_wrong_passwords_from_anywhere(agent: str) -> None:
    at, events = door(), []
    for host in range(3):
        with pytest.raises(Shut) as caught:
            try_password(at, agent, right=False, source=f"192.0.2.{host}")
        events += [event for event in caught.value.events if isinstance(event, AgentLocked)]
    assert events == [AgentLocked(agent=agent, source="192.0.2.2", lasts_s=900)]
    with pytest.raises(Shut, match="nothing more is tried for 899 s"):
        try_password(at, agent, right=True, now=1.0, source="198.51.100.1")
    if agent == "1001":
        assert try_password(at, agent, right=True, now=900.0)


def test_a_password_that_was_being_tried_when_the_agent_was_locked_does_not_open() -> None:
    at = door()
    password = at.password_of("1001", SOURCE, now=0.0)
    for _ in range(3):
        with pytest.raises(Shut):
            try_password(at, "1001", right=False)
    with pytest.raises(Shut):
        at.judge("1001", SOURCE, password, now=0.0)


def test_what_was_taken_out_of_the_configuration_is_good_no_more() -> None:
    at = door()
    by_token = at.enter(SECRET, SOURCE, now=0.0, wall=WALL).caller
    by_password = try_password(at, "1001", right=True).caller
    local = Caller("", Role.ADMINISTRATOR)
    assert [at.is_good(each) for each in (by_token, by_password, local)] == [True] * 3
    at.configure(Credentials([token(role="operator")], {"1001": str(PasswordHash.of("x", bytes(16)))}))
    assert [at.is_good(each) for each in (by_token, by_password, local)] == [False, False, True]
    at.configure(Credentials([], {}))
    assert not at.is_good(by_token)


@pytest.mark.parametrize(
    "more",
    [{"role": "agent"}, {"agent": "1001"}, {"sha256": "x"}, {"networks": ["office"]}, {"role": "chief"}],
)
def test_a_token_that_makes_no_sense_is_a_mistake(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which key is wrong is told by the loader
        token(**more)
