"""Speech servers: the core, its connections, and what is told of both."""

from cli.house.ground import Ground
from runtime.driver import Core
from switch.application import Gauge, Verb
from switch.mrcp.commands import WatchSpeechServers
from switch.mrcp.config import MrcpConfig
from switch.mrcp.control_connections import ControlConnections
from switch.mrcp.servers import OurHost
from switch.mrcp.speech import FindCall, Speech
from switch.mrcp.verbs import SpeechServerVerbs


class SpeechServers:
    """All of it; without a server configured it answers orders by saying so."""

    def __init__(self, config: MrcpConfig, ground: Ground, find_call: FindCall, our_host: OurHost) -> None:
        """Raises UsageError when certificates of authorities cannot be read."""
        self._ground = ground
        self.speech = Speech(config, ground.ids, find_call, our_host)
        self._connections = ControlConnections(ground.driver, ground.loop, config.server_ca)
        self._verbs = SpeechServerVerbs(
            self.speech, find_call, ground.ids, ground.clock, ground.driver.submit
        )
        self.cores: tuple[Core, ...] = (self.speech,)
        self.parts = (self.speech, self._connections)

    def open(self) -> None:
        """SIP can be sent from now on: find out how the servers are."""
        self._ground.driver.submit(WatchSpeechServers())

    def close(self) -> None:
        """Let go of connections."""
        self._connections.close()

    def verbs(self) -> tuple[Verb, ...]:
        return self._verbs.verbs()

    def gauges(self) -> tuple[Gauge, ...]:
        return self._verbs.gauges()
