"""Whether somebody comes in, by a token or by an agent's password. Pure: time is handed in.

Who fails too often is not listened to for a while: a *source* by all its failures, an agent's number by
those with its password, wherever they come from. Unknown agents count too, so that nobody learns which there
are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runtime.tenancy import HOUSE, bare, qualify, tenant_of
from runtime.vocabulary import Event
from switch.access.config import TokenConfig
from switch.access.events import AgentLocked, ClientAuthenticated, ClientRefused
from switch.access.lockout import Lockout
from switch.access.secrets import PasswordHash, same, token_hash
from switch.control.caller import UNIX, Caller
from switch.control.verbs import NotAuthenticated
from switch.roles import Role
from switch.sip.guard.networks import networks_of, read_address, source_of


@dataclass(frozen=True, slots=True)
class DoorRules:
    """How much is borne."""

    source_failures: int = 20
    agent_failures: int = 5
    lock_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may come in, in the names of the switch."""

    tokens: Iterable[TokenConfig] = ()
    passwords: Mapping[str, str] | None = None
    """Agents' password hashes by their numbers."""


class Shut(NotAuthenticated):
    """Somebody does not come in; the sentence is for them. ``events`` are what is told of it."""

    def __init__(self, message: str, events: tuple[Event, ...] = ()) -> None:
        super().__init__(message)
        self.events = events


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody comes in."""

    caller: Caller
    events: tuple[Event, ...]


class Door:
    """Knows all tokens and passwords, and who has failed."""

    def __init__(self, rules: DoorRules, credentials: Credentials) -> None:
        self._sources = Lockout(rules.source_failures, rules.lock_s)
        self._agents = Lockout(rules.agent_failures, rules.lock_s)
        self._lock_s = rules.lock_s
        self.configure(credentials)

    def configure(self, credentials: Credentials) -> None:
        """Have other tokens and passwords from now on; failures stay counted."""
        self._tokens = {token.sha256: token for token in credentials.tokens}
        self._passwords = {agent: text for agent, text in (credentials.passwords or {}).items() if text}

    def is_good(self, caller: Caller) -> bool:
        """Whether what a caller came in with still is in the configuration, unchanged."""
        if not caller.credential:
            return True
        token = self._tokens.get(caller.credential)
        if token is not None:
            return caller == _caller_of(token, caller.source)
        return self._passwords.get(qualify(caller.tenant, caller.agent)) == caller.credential

    def enter(self, secret: str, source: str, *, now: float, wall: float) -> Entered:
        """By the secret of a token. Raises Shut."""
        self._check_source(source, now)
        shown = token_hash(secret)
        token = self._tokens.get(shown)
        if token is None or not same(token.sha256, shown):
            raise self._fail("", source, "unknown_token", "there is no such token", now)
        if token.expires_at is not None and token.expires_at <= wall:
            raise self._fail(token.name, source, "expired", f"the token {bare(token.name)} has expired", now)
        if not _may_come_from(token, source):
            text = f"the token {bare(token.name)} may not be used from {source}"
            raise self._fail(token.name, source, "wrong_network", text, now)
        return self._entered(_caller_of(token, source))

    def password_of(self, agent: str, source: str, *, now: float) -> PasswordHash | None:
        """What a password must fit; None for an agent without. Raises Shut for who is locked."""
        self._check_source(source, now)
        self._check_lock(self._agents, agent, now)
        text = self._passwords.get(agent)
        return None if text is None else PasswordHash.read(text)

    def judge(self, agent: str, source: str, password: PasswordHash | None, *, now: float) -> Entered:
        """After a password was tried: ``password`` is the hash that it fits, None when it does not.

        Raises Shut, also when the agent was locked meanwhile.
        """
        self._check_lock(self._agents, agent, now)
        if password is None or self._passwords.get(agent) != str(password):
            locked = self._agents.fail(agent, now)
            shut = self._fail(agent, source, "wrong_password", "number or password is wrong", now)
            if locked:
                shut.events += (AgentLocked(agent=agent, source=source, lasts_s=self._lock_s),)
            raise shut
        self._agents.forgive(agent)
        caller = Caller(bare(agent), Role.AGENT, tenant_of(agent), bare(agent), source, str(password))
        return self._entered(caller)

    def _entered(self, caller: Caller) -> Entered:
        self._sources.forgive(source_of(caller.source))
        told = ClientAuthenticated(
            tenant=caller.tenant,
            name=caller.name,
            role=caller.role.value,
            number=caller.agent,
            source=caller.source,
        )
        return Entered(caller, (told,))

    def _fail(self, name: str, source: str, reason: str, text: str, now: float) -> Shut:
        locked = source != UNIX and self._sources.fail(source_of(source), now)
        told = ClientRefused(tenant=tenant_of(name), name=bare(name), source=source, reason=reason)
        events: tuple[Event, ...] = (told,)
        if locked:
            events += (ClientRefused(tenant=HOUSE, name="", source=source, reason="locked"),)
        return Shut(text, events)

    def _check_source(self, source: str, now: float) -> None:
        """At the Unix socket all come from one source, and one of them must not lock out the others."""
        if source != UNIX:
            self._check_lock(self._sources, source_of(source), now)

    def _check_lock(self, lockout: Lockout, key: str, now: float) -> None:
        left_s = lockout.left_s(key, now)
        if left_s > 0:
            raise Shut(f"too many failed; nothing more is tried for {left_s:.0f} s")


def _caller_of(token: TokenConfig, source: str) -> Caller:
    tenant = tenant_of(token.name)
    return Caller(
        bare(token.name), token.role, tenant, bare(token.agent), source, token.sha256, token.expires_at
    )


def _may_come_from(token: TokenConfig, source: str) -> bool:
    address = read_address(source)
    if not token.networks or source == UNIX:
        return True
    return address is not None and networks_of(token.networks).covers(address)
