"""What the switch refuses, as the command line says it: refusals name verbs, people type commands."""

import re
from collections.abc import Mapping

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


def in_commands(refusal: str) -> str:
    """The same sentence with the commands of the verbs it names, and the options of their parameters."""
    return _PARAMETER.sub(_option, _VERB.sub(_command, refusal))


def _option(advice: re.Match[str]) -> str:
    return f"{advice[1]} --{advice[2].replace('_', '-')}"


def _command(verb: re.Match[str]) -> str:
    words = COMMANDS.get(verb[0])
    return verb[0] if words is None else f"`ringmain {words}`"
