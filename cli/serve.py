"""``ringmain serve``: the composition root. Loads what people wrote, opens the switch, waits for its end."""

import asyncio
import resource

import structlog
import uvloop

from cli.sections import Configuration
from cli.shutdown import Shutdown
from cli.switchboard import Switchboard
from ivr.document import Flow
from media.prompts import PromptLibrary

log = structlog.get_logger(__name__)

FILES_PER_LEG = 2
"""Every endpoint has an RTP and an RTCP socket."""
FILES_PER_CALL = 2 * FILES_PER_LEG + 1
"""Two legs and a recording."""
FILES_KEPT_BACK = 200
"""For the journal, the database, control clients and Python itself."""


def serve(configuration: Configuration, flows: dict[str, Flow], prompts: PromptLibrary) -> None:
    """Run the switch until it is told to stop. Raises UsageError when it cannot start."""
    uvloop.run(_serve(configuration, flows, prompts))


async def _serve(configuration: Configuration, flows: dict[str, Flow], prompts: PromptLibrary) -> None:
    loop = asyncio.get_running_loop()
    board = Switchboard(configuration, flows, prompts, loop)
    shutdown = Shutdown(configuration.switch, board.driver, board.exchange, loop)
    try:
        await board.open()
        log.info(
            "the switch is up",
            sip=f"udp:{configuration.sip.host}:{configuration.sip.port}",
            control=str(configuration.control.socket),
            room_for_calls=_room_for_calls(configuration),
        )
        await shutdown.wait()
    finally:
        await board.close()
    log.info("the switch is down")


def _room_for_calls(configuration: Configuration) -> int:
    """How many two-leg recorded calls ports and file descriptors allow; takes all descriptors it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    pairs = (configuration.media.port_max - configuration.media.port_min + 1) // 2
    return max(0, min(pairs // 2, (most - FILES_KEPT_BACK) // FILES_PER_CALL))
