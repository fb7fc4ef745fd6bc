"""What is told of those who come to the control socket, and of what they do."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class ClientAuthenticated(Event):
    """A client showed who it is."""

    topic: ClassVar[str] = "client.authenticated"
    tenant: str
    """Whose client it is; empty for the house."""
    name: str
    """Of its token, or the agent's number."""
    role: str
    """What it may do: `agent`, `supervisor`, `operator`, `integrator` or `administrator`."""
    number: str
    """The agent it acts for (工号); empty unless its role is agent."""
    source: str
    """The address it comes from; `unix` for the Unix socket."""


@plain_data
class ClientRefused(Event):
    """A client could not show who it is, or its source is not listened to any more after so many failures."""

    topic: ClassVar[str] = "client.refused"
    tenant: str
    """Whose the token or agent is; empty for the house, and when the token is unknown."""
    name: str
    """Of the token, or the agent's number; empty when the token is unknown."""
    source: str
    """The address it comes from."""
    reason: str
    """`unknown_token`, `expired`, `wrong_network`, `wrong_password` or `locked`."""


@plain_data
class AgentLocked(Event):
    """An agent's password was wrong too often: for a while not even the right one is taken."""

    topic: ClassVar[str] = "agent.locked"
    agent: str
    """The agent's number (工号)."""
    source: str
    """Where the last wrong one came from."""
    lasts_s: float
    """How long, in seconds."""


@plain_data
class VerbCarriedOut(Event):
    """Somebody had the switch do something that changes it, or tried to."""

    topic: ClassVar[str] = "verb.carried_out"
    verb: str
    """The verb."""
    tenant: str
    """Whose client it was; empty for the house."""
    name: str
    """Of the client's token, or the agent's number; empty for who needs none at the Unix socket."""
    role: str
    """What the client may do: `agent`, `supervisor`, `operator`, `integrator` or `administrator`."""
    source: str
    """The address the client comes from; `unix` for the Unix socket."""
    params: str
    """What was given, in JSON; *** stands for what is secret, private or personal, and long ones are cut."""
    outcome: str
    """`done`; `cut_off`: its client left, or its deadline passed, before the answer; or the error's code."""
    message: str
    """Of the error; empty when it was done."""
