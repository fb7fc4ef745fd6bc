"""A tenant's view of the switch: its own objects by its own names, and nothing else.

What a client of a tenant gives is put into the names of the switch, and what it is told back into its own. So
whatever it names is the tenant's, and what it guesses of others' is an object that there is not.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from inspect import isawaitable
from typing import Any

from runtime.errors import UsageError
from runtime.models import Params
from runtime.tenancy import SEPARATOR, qualify, tenant_of_id
from switch.application import Verb
from switch.control.verbs import NotAllowed


class Naming(Enum):
    """What a parameter of a verb names."""

    NAME = auto()
    """One object, or nothing when it is empty."""
    NAMES = auto()
    ID = auto()
    """A call, a contact, a recording …, whose id tells whose it is."""
    TARGET = auto()
    PLACE = auto()
    """An object by its name, from which a list goes on; empty: the first."""
    TENANT = auto()
    """Whose objects are meant: always the client's own."""


class TenantView:
    """Translates for the clients of one tenant."""

    def __init__(self, tenant: str, qualified_target: Callable[[str, str], str]) -> None:
        """``qualified_target`` puts a target of a tenant into the names of the switch."""
        self.tenant = tenant
        self._qualified_target = qualified_target
        self._own = re.compile(rf"(?<![\w/.-]){re.escape(tenant)}{SEPARATOR}")

    def told(self, value: Any) -> Any:
        """Plain data as the tenant is told it: names without the tenant."""
        if isinstance(value, str):
            return self._own.sub("", value) if SEPARATOR in value else value
        if isinstance(value, Mapping):
            return {self.told(key): self.told(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.told(inner) for inner in value]
        return value

    def given(self, params: Params, namings: Mapping[str, Naming]) -> Params:
        """A verb's parameters in the names of the switch."""
        update = {
            key: self._named(getattr(params, key), naming)
            for key, naming in namings.items()
            if key in type(params).model_fields
        }
        return params.model_copy(update=update)

    def verb(self, verb: Verb, namings: Mapping[str, Naming] | None) -> Verb:
        """The same verb for the tenant's clients; without ``namings`` it is not for them."""

        def handle(params: Params) -> object:
            if namings is None:
                raise NotAllowed(
                    f"{verb.name} is about the whole switch, which is not for a tenant's clients"
                )
            try:
                answer = verb.handle(self.given(params, namings))
            except UsageError as error:
                raise self._refusal(error) from error
            return self._later(answer) if isawaitable(answer) else self.told(answer)

        return replace(verb, handle=handle)

    async def _later(self, answer: Awaitable[object]) -> object:
        try:
            return self.told(await answer)
        except UsageError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: UsageError) -> UsageError:
        return UsageError(self.told(str(error)), reason=error.reason)

    def _named(self, value: Any, naming: Naming) -> Any:
        if naming is Naming.TENANT:
            return self.tenant
        if naming is Naming.PLACE:
            return qualify(self.tenant, value or "")
        if not value:
            return value
        if naming is Naming.NAMES:
            return [qualify(self.tenant, name) for name in value]
        if naming is Naming.TARGET:
            return self._qualified_target(self.tenant, value)
        if naming is Naming.ID and tenant_of_id(value) == self.tenant:
            return value
        return qualify(self.tenant, value)
