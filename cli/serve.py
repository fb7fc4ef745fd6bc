"""``ringmain serve``: opens the switch, waits for its end, closes it."""

import asyncio
import gc
import resource
import signal
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
import uvloop

from cli.configuration.installation import Installation
from cli.configuration.sections import Configuration
from cli.house.reloading import ReloadParams
from cli.log import configure_logging, warn_of
from cli.log_writer import LogWriter
from cli.room import Room, room_for_calls
from cli.shutdown import Shutdown
from cli.switchboard import Switchboard
from runtime.errors import UsageError
from switch.sip.hop import Hop
from switch.sip.transport.config import all_listeners

log = structlog.get_logger(__name__)

_reloads: set[asyncio.Task[None]] = set()
"""The loop itself holds tasks only weakly."""

COLLECTIONS = (50_000, 1_000, 1)
"""When Python looks for dead cycles: after so many new objects at those, after so many such looks at what
outlived them, and at all with the second of these. Calls leave none behind, and a look at all objects of a
busy switch takes longer than the first repetition of a message: so only the newest are looked at, and each
of them once."""


def serve(installation: Installation) -> None:
    """Run the switch until it is told to stop. Raises UsageError when it cannot start."""
    gc.disable()  # until all that lasts is built
    lines = LogWriter(sys.stderr)
    configure_logging(installation.configuration.log, cast(TextIO, lines))
    try:
        uvloop.run(_serve(installation))
    finally:
        lines.close()


async def _serve(installation: Installation) -> None:
    loop = asyncio.get_running_loop()
    configuration = installation.configuration
    warn_of(installation.cautions)
    board = Switchboard(installation, loop)
    shutdown = Shutdown(configuration.switch, board.driver, board.exchange, board.count_open_dialogs, loop)
    shutdown.listen()
    loop.add_signal_handler(signal.SIGHUP, _read_anew, board, loop)
    try:
        await board.open()
        _collect_seldom()
        room = _room(configuration)
        if room.warning:
            log.warning(room.warning)
        log.info(
            "the switch is up",
            sip=_listeners(configuration),
            control=str(configuration.control.socket),
            room_for_calls=room.calls,
        )
        await shutdown.wait()
    finally:
        await board.close()
    log.info("the switch is down")


def _collect_seldom() -> None:
    """What is there at the start stays: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(*COLLECTIONS)


def _read_anew(board: Switchboard, loop: asyncio.AbstractEventLoop) -> None:
    """Certificates and configuration. Events tell what came of it."""
    with suppress(UsageError):
        board.certificates.reload()
    _reloads.add(task := loop.create_task(_reload(board)))
    task.add_done_callback(_reloads.discard)


async def _reload(board: Switchboard) -> None:
    with suppress(UsageError):
        await board.reloading.reload(ReloadParams(by="SIGHUP"))


def _listeners(configuration: Configuration) -> str:
    """Where SIP is heard."""
    listeners = all_listeners(configuration.sip, configuration.listeners)
    return " ".join(str(Hop(one.transport, one.host, one.port)) for one in listeners)


def _room(configuration: Configuration) -> Room:
    """For calls; takes all descriptors it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ports = configuration.media.port_max - configuration.media.port_min + 1
    return room_for_calls(ports, most, configuration.connections.max_connections)
