"""What the switch refuses, as the command line says it: refusals name verbs, people type commands."""

import re
from collections.abc import Mapping

from typer.core import TyperArgument, TyperCommand, TyperOption

from switch.control.inbox import VerbRefused

COMMANDS: Mapping[str, str] = {
    "agent.messages": "agents messages",
    "alarm.list": "alarms",
    "ban.list": "sip bans",
    "call.cancel_consultation": "calls cancel-consultation",
    "call.complete_transfer": "calls complete-transfer",
    "call.consult": "calls consult",
    "call.hang_up": "calls hang-up",
    "call.join": "calls join",
    "call.list": "calls",
    "call.parties": "conferences",
    "call.record": "calls record",
    "call.show": "calls show",
    "call.stop_supervising": "supervise stop",
    "call.supervisors": "supervise",
    "call.toggle": "calls toggle",
    "call.transfer": "calls transfer",
    "configuration.reload": "reload",
    "flow.list": "flows",
    "lookup.list": "lookups",
    "park.list": "calls parked",
    "queue.callbacks": "queues callbacks",
    "registration.list": "sip registrations",
    "station.record": "stations record",
    "tenant.list": "tenants",
    "tenant.suspend": "tenants suspend",
    "trunk.list": "trunks",
    "verb.list": "schema",
}
"""The verbs that refusals advise, each with its command."""
_VERB = re.compile(r"(?<![\w.`])[a-z]+\.[a-z_]+(?![\w.`])")
_PARAMETER = re.compile(r"\b(with|without) (force|by_phone)\b")


def told(refusal: VerbRefused, command: TyperCommand | None) -> str:
    """The sentence of a refusal in the words of who typed ``command``, if it is known."""
    wrong = refusal.data.get("fields", {}) if isinstance(refusal.data, dict) else {}
    typed = {} if command is None else {name: _typed(name, command) for name in wrong}
    if not any(typed.values()):
        return in_commands(str(refusal))
    return ", ".join(f"{typed[name] or name} {problem}" for name, problem in wrong.items())


def _typed(name: str, command: TyperCommand) -> str | None:
    """How a parameter of a verb is typed, ``duration_s`` as ``--seconds``; None where it is not."""
    name = name.partition(".")[0]
    own = {parameter.name: parameter for parameter in command.params}
    parameter = own.get(name) or own.get(name.removesuffix("_s"))
    if isinstance(parameter, TyperOption):
        return parameter.opts[0]
    if isinstance(parameter, TyperArgument):
        return parameter.metavar or parameter.name
    return None


def in_commands(refusal: str) -> str:
    """The same sentence with the commands of the verbs it names, and the options of their parameters."""
    return _PARAMETER.sub(_option, _VERB.sub(_command, refusal))


def _option(advice: re.Match[str]) -> str:
    return f"{advice[1]} --{advice[2].replace('_', '-')}"


def _command(verb: re.Match[str]) -> str:
    words = COMMANDS.get(verb[0])
    return verb[0] if words is None else f"`ringmain {words}`"
