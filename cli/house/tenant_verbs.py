"""Tenants by verb: ``tenant.list``, ``tenant.create``, ``tenant.suspend`` …: changes of the configuration."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from cli.configuration.changing.answers import ChangedConfiguration
from cli.configuration.changing.edits import Edit, edited
from cli.configuration.changing.versions import Origin
from cli.configuration.sections import CENTRE_SECTIONS, TenantFile
from cli.configuration.tenants import TENANT_SUFFIX
from cli.house.administration import Administration, Changing, OneChange
from cli.house.draining_tenants import DrainingTenants
from cli.house.reloading import Reloading
from runtime.errors import UsageError
from runtime.models import NoParams, Params
from runtime.tenancy import TENANT_PATTERN, bare, tenant_of
from switch.application import Verb
from switch.roles import ADMINISTRATORS, OPERATORS, SUPERVISORS
from switch.tenants.answers import TenantDetails, TenantLimits, TenantSummary, TenantUse
from switch.tenants.config import TenantConfig

Listed = Callable[[str], list[dict[str, Any]]]
"""Takes a tenant; what the tenant's own client is told in a list."""
_SIGNED_OUT = "LOGGED_OUT"


class TenantNamed(Params):
    """Names a tenant."""

    tenant: str = Field(min_length=1, max_length=24, description="the tenant")


class TenantMade(Params):
    """A new tenant."""

    tenant: str = Field(pattern=TENANT_PATTERN, description="its name: 1 to 24 of a-z, 0-9 and _")
    domain: str = Field(default="", max_length=253, description="where its stations register")
    title: str = Field(default="", max_length=200, description="its name for people")
    template: str = Field(
        default="", max_length=100, description="a file of tenants.templates, by its name; empty: none"
    )
    keys: dict[str, Any] = Field(default_factory=dict, description="further keys of [tenant], such as calls")
    changes: list[OneChange] = Field(
        default_factory=list,
        max_length=1000,
        description="what it has: access codes, stations, queues, agents …, as in configuration.change",
    )


class CreateParams(Changing, TenantMade):
    """A new tenant, and who wants it."""


class TenantKeys(TenantNamed):
    """A tenant and keys of it."""

    keys: dict[str, Any] = Field(description="of [tenant]; null takes a key out; others stay")


class ChangeTenantParams(Changing, TenantKeys):
    """Other keys."""


class TenantParams(Changing, TenantNamed):
    """A tenant, and who wants it."""


class RemoveTenantParams(TenantParams):
    """And whether its calls are waited for."""

    drain: bool = Field(
        default=False,
        description="whether to wait for its calls: it gets no new ones, and is removed when they are over",
    )


class TenantVerbs:
    """What there is of each tenant, and what becomes of it."""

    def __init__(
        self,
        administration: Administration,
        reloading: Reloading,
        calls_of: Callable[[str], int],
        draining: DrainingTenants,
        agents_of: Listed,
        queues_of: Listed,
    ) -> None:
        """``calls_of`` a tenant are up."""
        self._administration = administration
        self._reloading = reloading
        self._calls_of = calls_of
        self._draining = draining
        self._agents_of = agents_of
        self._queues_of = queues_of

    def verbs(self) -> tuple[Verb, ...]:
        changed: tuple[tuple[str, type[Params], Callable[[Any], object], str], ...] = (
            ("create", CreateParams, self._create, "Make a tenant, with all it has, at once."),
            ("change", ChangeTenantParams, self._change, "Give a tenant another title, other limits …."),
            ("suspend", TenantParams, self._suspend, "Let a tenant have no new calls; those up go on."),
            ("resume", TenantParams, self._resume, "Let a suspended tenant have calls again."),
            ("remove", RemoveTenantParams, self._remove, "Take a tenant out; recordings are kept."),
        )
        seen = OPERATORS | SUPERVISORS
        return (
            Verb(
                "tenant.list",
                NoParams,
                self._list,
                "The tenants, and how busy each is.",
                who=seen,
                reads=True,
            ),
            Verb(
                "tenant.show",
                TenantNamed,
                self._show,
                "A tenant, its limits and their use.",
                who=seen,
                reads=True,
            ),
            *(
                Verb(f"tenant.{word}", params, handle, text, who=ADMINISTRATORS)
                for word, params, handle, text in changed
            ),
        )

    def _list(self, _: NoParams) -> list[TenantSummary]:
        return [self._summary(name, tenant) for name, tenant in self._tenants.items()]

    def _summary(self, name: str, tenant: TenantConfig) -> TenantSummary:
        states = self._states(name)
        return {
            "tenant": name,
            "title": tenant.title,
            "domain": tenant.domain,
            "suspended": tenant.suspended,
            "draining": name in self._draining,
            "calls": self._calls_of(name),
            "agents_signed_in": states.total() - states[_SIGNED_OUT],
            "waiting": sum(queue["waiting"] for queue in self._queues_of(name)),
        }

    def _show(self, params: TenantNamed) -> TenantDetails:
        tenant, configuration = self._named(params.tenant), self._reloading.running.configuration
        there = Counter(
            section
            for section in CENTRE_SECTIONS
            for entry in getattr(configuration, section)
            if tenant_of(_name_of(entry)) == params.tenant
        )
        limits: TenantLimits = {
            "calls": tenant.calls,
            "agents": tenant.agents,
            "queues": tenant.queues,
            "stations": tenant.stations,
        }
        use: TenantUse = {
            "calls": self._calls_of(params.tenant),
            "agents": there["agents"],
            "queues": there["queues"],
            "stations": there["stations"],
        }
        codes = (code.number for code in configuration.access_codes)
        return {
            **self._summary(params.tenant, tenant),
            "limits": limits,
            "use": use,
            "agents": dict(self._states(params.tenant)),
            "access_codes": [bare(number) for number in codes if tenant_of(number) == params.tenant],
        }

    async def _create(self, params: CreateParams) -> ChangedConfiguration:
        path = self._path(params.tenant)
        if path in self._reloading.running.texts.files:
            raise UsageError(f"there is a tenant {params.tenant} already")

        def make(known: Mapping[Path, bytes]) -> dict[Path, bytes | None]:
            if path.exists():
                raise UsageError(f"{path.name} is there already, and the switch has not read it yet")
            return {path: self._new_file(params).encode()}

        return await self._administration.order(make, params, "", Origin.CHANGE)

    def _new_file(self, params: CreateParams) -> str:
        text = self._template(params)
        own = {key: value for key in ("domain", "title") if (value := getattr(params, key))}
        text = edited(text, Edit("tenant", keys=own | params.keys), TenantFile)
        for change in params.changes:
            text = edited(text, change.edit(), TenantFile)
        return text

    def _template(self, params: CreateParams) -> str:
        if not params.template:
            return ""
        folder = self._reloading.running.configuration.tenants.templates
        known = {path.stem: path for path in folder.glob(f"*{TENANT_SUFFIX}")} if folder else {}
        if params.template not in known:
            names = ", ".join(sorted(known)) or "none, or tenants.templates names no folder"
            raise UsageError(f"there is no template {params.template!r}; there are {names}")
        text = known[params.template].read_text("utf-8-sig")
        for word in ("tenant", "domain", "title"):
            text = text.replace(f"{{{word}}}", json.dumps(getattr(params, word), ensure_ascii=False)[1:-1])
        return text

    async def _change(self, params: ChangeTenantParams) -> ChangedConfiguration:
        return await self._set(params, params.tenant, params.keys)

    async def _suspend(self, params: TenantParams) -> ChangedConfiguration:
        return await self._set(params, params.tenant, {"suspended": True})

    async def _resume(self, params: TenantParams) -> ChangedConfiguration:
        resumed = await self._set(params, params.tenant, {"suspended": None})
        if not params.check:
            self._draining.forget(params.tenant)
        return resumed

    async def _set(self, params: Changing, tenant: str, keys: dict[str, Any]) -> ChangedConfiguration:
        self._named(tenant)
        change = OneChange(section="tenant", tenant=tenant, keys=keys)
        return await self._administration.make([change], params, "")

    async def _remove(self, params: RemoveTenantParams) -> ChangedConfiguration:
        self._named(params.tenant)
        calls = self._calls_of(params.tenant)
        if not calls or params.check:
            return await self._take_out(params)
        if params.drain:
            return await self._drain(params)
        raise UsageError(
            f"{calls} of its calls are up: with drain {params.tenant} gets no more, and is removed after "
            "the last of them"
        )

    async def _drain(self, params: RemoveTenantParams) -> ChangedConfiguration:
        """What would be wrong in the end is told at the beginning; told is what suspends the tenant."""
        checked = await self._take_out(params.model_copy(update={"check": True}))
        told = checked if self._named(params.tenant).suspended else await self._suspend(params)
        self._draining.begin(params.tenant, lambda: self._take_out(params))
        return told

    async def _take_out(self, params: RemoveTenantParams) -> ChangedConfiguration:
        path = self._path(params.tenant)
        return await self._administration.order(lambda known: {path: None}, params, "", Origin.CHANGE)

    @property
    def _tenants(self) -> Mapping[str, TenantConfig]:
        return self._reloading.running.tenants

    def _named(self, tenant: str) -> TenantConfig:
        if tenant not in self._tenants:
            raise UsageError(f"there is no tenant {tenant}; tenant.list names them")
        return self._tenants[tenant]

    def _path(self, tenant: str) -> Path:
        return self._administration.path(tenant)

    def _states(self, tenant: str) -> Counter[str]:
        return Counter(str(agent["state"]) for agent in self._agents_of(tenant))


def _name_of(entry: Any) -> str:
    """Of any object of a call centre."""
    return str(next(getattr(entry, key) for key in ("id", "number", "name") if hasattr(entry, key)))
