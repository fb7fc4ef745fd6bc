"""``ringmain top``."""

from cli.options import ConfigOption, SocketOption, own_name, socket_path
from runtime.clock import monotonic_now


def top(socket: SocketOption = None, config: ConfigOption = None) -> None:
    """Watch queues, agents and calls on a live screen, and act on them (q ends)."""
    from cli.top.screen import Top  # loads a library that no other command needs

    Top(socket_path(socket, config), monotonic_now, own_name() or "top").run()
