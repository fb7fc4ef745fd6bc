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
from cli.log import configure_logging
from cli.log_writer import LogWriter
from cli.shutdown import Shutdown
from cli.switchboard import Switchboard
from runtime.errors import UsageError
from switch.sip.hop import Hop
from switch.sip.transport.config import all_listeners

log = structlog.get_logger(__name__)

_reloads: set[asyncio.Task[None]] = set()
"""The loop itself holds tasks only weakly."""

COLLECTIONS = (10_000, 5, 1_000)
"""When Python looks for dead cycles: after so many new objects at those, after so many times at those that
outlived one look, and after so many of that at all. Calls leave none behind, and a look at all objects of a
busy switch takes longer than the first repetition of a message; so only the newest are looked at often."""
FILES_PER_LEG = 2
"""Every endpoint has an RTP and an RTCP socket."""
FILES_PER_CALL = 2 * FILES_PER_LEG + 1
"""Two legs and a recording."""
FILES_KEPT_BACK = 200
"""For the journal, the database, control clients and Python itself."""


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
    board = Switchboard(installation, loop)
    shutdown = Shutdown(configuration.switch, board.driver, board.exchange, board.count_open_dialogs, loop)
    shutdown.listen()
    loop.add_signal_handler(signal.SIGHUP, _read_anew, board, loop)
    try:
        await board.open()
        _collect_seldom()
        log.info(
            "the switch is up",
            sip=_listeners(configuration),
            control=str(configuration.control.socket),
            room_for_calls=_room_for_calls(configuration),
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


def _room_for_calls(configuration: Configuration) -> int:
    """How many two-leg recorded calls ports and file descriptors allow; takes all descriptors it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    kept_back = FILES_KEPT_BACK + configuration.connections.max_connections
    pairs = (configuration.media.port_max - configuration.media.port_min + 1) // 2
    return max(0, min(pairs // 2, (most - kept_back) // FILES_PER_CALL))
