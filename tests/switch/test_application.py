"""What reaches which application."""

import pytest

from runtime.driver import Handler, Outputs, merge_routes
from runtime.errors import UsageError
from switch.application import Application, routes_of
from switch.causes import Cause
from switch.events import CallArrived, CallEnded
from tests.switch.records.stories import arrived

ENDED = CallEnded(call_id="call-1", contact_id="contact-1", cause=Cause.NORMAL_CLEARING, by_caller=True)


class Applications:
    """A queue that takes two schemes, a flow, and one that hears of ends only; who was told of what."""

    def __init__(self) -> None:
        self.told: list[str] = []
        routes = {name: {CallArrived: self._hear(name), CallEnded: self._hear(name)} for name in ("q", "f")}
        self.routes = merge_routes(
            *routes_of(
                [
                    Application("queue", bool, routes=routes["q"], more_schemes={"agent": bool}),
                    Application("flow", bool, routes=routes["f"]),
                    Application("park", bool, routes={CallEnded: self._hear("p")}),
                ]
            )
        )

    def _hear(self, name: str) -> Handler:
        def hear(event: object, now: float) -> Outputs:
            self.told.append(name)
            return ()

        return hear


@pytest.mark.parametrize(
    ("target", "told"),
    [("queue:service", ["q"]), ("agent:81", ["q"]), ("flow:hotline", ["f"]), ("park:70", []), ("nobody", [])],
)
def test_a_call_that_arrives_is_told_to_whom_its_target_names(target: str, told: list[str]) -> None:
    applications = Applications()
    assert list(applications.routes[CallArrived](arrived(target=target), 0.0)) == []
    assert applications.told == told


def test_two_that_take_one_scheme_are_refused() -> None:
    routes: dict[type, Handler] = {CallArrived: lambda event, now: ()}
    one = Application("queue", bool, routes=routes, more_schemes={"agent": bool})
    other = Application("agent", bool, routes=routes)
    with pytest.raises(UsageError, match="two applications take calls for agent"):
        list(routes_of([one, other]))


def test_all_else_is_told_to_all() -> None:
    applications = Applications()
    assert list(applications.routes[CallEnded](ENDED, 0.0)) == []
    assert applications.told == ["q", "f", "p"]
