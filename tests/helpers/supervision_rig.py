"""An exchange whose calls supervisors listen to."""

from typing import Any

import switch.supervision.service
from media.commands import MixRole
from runtime.vocabulary import Event
from switch.events import SupervisionBegan, SupervisionChanged, SupervisionEnded
from switch.sip.commands import DialStation
from switch.sip.events import LegAnswered
from switch.supervision.supervision import Supervision
from switch.supervision.verbs import House, SupervisorVerbs
from tests.helpers.exchange_rig import AGENT_SDP
from tests.switch.test_transfers import TransferRig

BY = "李娜"


class SupervisionRig(TransferRig):
    """Customers, stations 1001 to 1003; agents 81 to 83 sit at them, and 83 is the one who supervises."""

    def __init__(self) -> None:
        super().__init__()
        self.supervision = Supervision(self.agent_at)
        self.registered = {"1001", "1002", "1003"}
        application = switch.supervision.service.build(self.supervision)
        self.driver.add_routes(application.routes)
        house = House(
            stations=("1001", "1002", "1003"),
            contacts=lambda station: ("a phone",) if station in self.registered else (),
            agent_at=self.agent_at,
        )
        verbs = SupervisorVerbs(self.supervision, self.exchange, house, self.ids, self.driver.submit)
        self.verbs = {verb.name: verb for verb in verbs.verbs()}

    def knows_target(self, target: str) -> bool:
        scheme, _, name = target.partition(":")
        return self.supervision.knows(name) if scheme == "supervision" else super().knows_target(target)

    @staticmethod
    def agent_at(station: str) -> str | None:
        return {"1001": "81", "1002": "82", "1003": "83"}.get(station)

    def call(self, verb: str, **params: object) -> dict[str, Any]:
        """A verb, which station 1003 uses unless told otherwise."""
        entry = self.verbs[verb]
        given = {"by": BY, **({"station": "1003"} if "by" not in params else {}), **params}
        answer: Any = entry.handle(entry.params.model_validate(given))
        return dict(answer)

    def listed(self) -> list[Any]:
        """Who supervises whom."""
        entry = self.verbs["call.supervisors"]
        answer: Any = entry.handle(entry.params())
        return list(answer)

    def listens(self, verb: str = "call.monitor", **params: object) -> str:
        """A supervisor is rung and answers; returns the own leg."""
        self.call(verb, **(params or {"agent": "81"}))
        leg_id = self.last(DialStation).leg_id
        self.feed(LegAnswered(leg_id=leg_id, sdp=AGENT_SDP))
        return leg_id

    @property
    def roles(self) -> dict[str, MixRole]:
        """Of all who are in mixes, by leg."""
        return {leg: joined.role for mix in self.media.mixes.values() for leg, joined in mix.items()}

    @property
    def told(self) -> list[str]:
        """What was told of supervisions."""
        kinds = SupervisionBegan | SupervisionChanged | SupervisionEnded
        return [_short(event) for event in self.events if isinstance(event, kinds)]

    def assert_idle(self) -> None:
        super().assert_idle()
        assert self.supervision.watches == ()


def _short(event: Event) -> str:
    what = event.reason if isinstance(event, SupervisionEnded) else getattr(event, "mode", "")
    return f"{event.topic.removeprefix('supervision.')} {what}"
