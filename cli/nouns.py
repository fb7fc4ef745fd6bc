"""The nouns of the command line. Each is loaded when it is spoken of, and known by its text until then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from cli.noun import Group

_MOST_GUESSES = 5
_LIKENESS = 0.65
"""Of a word to the command that may have been meant, as difflib counts it: ``agent`` is no ``barge``."""


@dataclass(frozen=True, slots=True)
class Noun:
    """One of them."""

    module: str
    """Where its ``app`` is."""
    text: str

    def load(self, name: str) -> TyperGroup:
        """Its commands."""
        group = get_group(import_module(self.module).app)
        group.name, group.help = name, self.text
        return group


NOUNS: Mapping[str, Noun] = {
    "configuration": Noun(
        "cli.configurations",
        "Configuration 配置: what stands in it, changed while the switch runs, and its versions.",
    ),
    "calls": Noun(
        "cli.calls", "Calls that are up: list them, make one, show how they sound, record them, hang up."
    ),
    "agents": Noun(
        "cli.agents", "Agents 坐席: list them, sign them in and out, make them ready or not ready."
    ),
    "alarms": Noun("cli.alarms", "Alarms 告警: thresholds of queues, agents, trunks and the switch."),
    "tokens": Noun("cli.tokens", "Tokens 令牌: secrets by which programs and desktops may steer the switch."),
    "supervise": Noun(
        "cli.supervise",
        "Supervisors: make agents ready or not, end shifts and calls, decide on leave, listen to calls.",
    ),
    "conferences": Noun(
        "cli.conferences",
        "Conferences: add parties to a call, make three of a call and a consultation, mute, drop.",
    ),
    "queues": Noun("cli.queues", "Queues 技能队列: who waits, and who serves them."),
    "items": Noun("cli.items", "Items: chats, mails and other work that waits in the queues beside callers."),
    "acd": Noun(
        "cli.acd",
        "The ACD 排队机 on paper: agents that a forecast needs, how callers would fare, past decisions.",
    ),
    "contacts": Noun(
        "cli.contacts", "Contacts 客户联络: whole visits of customers, across transfers, callbacks and media."
    ),
    "calendars": Noun("cli.calendars", "Calendars 日历: opening hours, exceptions and holidays."),
    "lists": Noun("cli.lists", "Number lists 名单: VIPs, sensitive, white and black lists, and tags."),
    "lookups": Noun("cli.lookups", "Lookups: the services that flows ask over HTTP, and how they do."),
    "stations": Noun("cli.stations", "Stations 话机: the phones that are registered."),
    "trunks": Noun("cli.trunks", "Trunks 中继: carriers and gateways, how they are and what they carry."),
    "sip": Noun("cli.sip", "SIP: what goes on below the calls."),
    "flows": Noun("cli.flows", "Flows 流程: what callers are led through, and how many are in each."),
    "prompts": Noun("cli.prompts", "Prompts 语音: what callers hear, and how values are spoken."),
    "tenants": Noun(
        "cli.tenants", "Tenants 租户: virtual call centres in the switch, and how busy they are."
    ),
    "events": Noun("cli.events", "Events of the running switch."),
    "recordings": Noun(
        "cli.recordings",
        "Recordings: find, show and draw them, listen, measure the talk, verify, tag and hold them.",
    ),
    "operations": Noun(
        "cli.operations", "Operations 操作日志: what was done with the switch by verb, and by whom."
    ),
    "records": Noun("cli.records", "Call records 话单: the calls that are over."),
}


class WithNouns(Group):
    """A command with the nouns behind its own commands."""

    def __init__(self, **given: object) -> None:
        super().__init__(**given)  # type: ignore[arg-type]
        self.commands.update((name, TyperCommand(name, help=noun.text)) for name, noun in NOUNS.items())

    def resolve_command(self, ctx: typer.Context, args: list[str]):  # type: ignore[no-untyped-def, override]
        """The command that is meant; a noun now with all of its own."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            self._guess(ctx, args[0])
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and (noun := NOUNS.get(name)) is not None:
            command = self.commands[name] = noun.load(name)
        return name, command, rest

    def _guess(self, ctx: typer.Context, word: str) -> None:
        """End the command (2) with what was probably meant, unless nothing comes close."""
        self.commands.update((name, noun.load(name)) for name, noun in NOUNS.items())
        if meant := _meant(word, list(_paths(self))):
            guesses = ", ".join(map(repr, meant[:_MOST_GUESSES]))
            more = ", …" if len(meant) > _MOST_GUESSES else ""
            ctx.fail(f"No such command {word!r}. Did you mean {guesses}{more}?")


def _paths(group: TyperGroup) -> Iterator[str]:
    """Every command in a group and below, by its words, except hidden ones."""
    for name, command in group.commands.items():
        if not command.hidden:
            yield name
            if isinstance(command, TyperGroup):
                yield from (f"{name} {path}" for path in _paths(command))


def _meant(word: str, paths: list[str]) -> list[str]:
    """The commands whose last word is this one; where there is none, those whose last word comes close."""
    last = [path.rpartition(" ")[2] for path in paths]
    close = [word] if word in last else get_close_matches(word, dict.fromkeys(last), cutoff=_LIKENESS)
    return [path for near in close for path, name in zip(paths, last, strict=True) if name == near]
