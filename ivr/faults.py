"""What goes wrong in a flow while a caller is in it."""

from runtime.errors import PeerError


class FlowFault(PeerError):
    """A node cannot do what it should. The caller goes on where the flow's handlers of errors lead."""
