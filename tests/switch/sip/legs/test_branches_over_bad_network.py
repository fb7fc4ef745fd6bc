"""Whatever phones and networks do to the branches of a leg, it ends once and leaves nothing."""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.vocabulary import Command, Event
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, DialLeg, HangUpLeg, RingLeg
from switch.sip.events import BranchFailed, BranchTried, LegAnswered, LegArrived, LegEnded
from switch.sip.legs.branches import Forking
from tests.helpers.sip_branches import OURS, branch
from tests.helpers.sip_link import Node, SipLink
from tests.helpers.sip_messages import SDP
from tests.helpers.sip_rig import LIFETIME_S

SWITCH_PORT, FIRST_PHONE, DEAD_PORT = 5060, 7001, 6999
STEP_S = 0.25


@dataclass(frozen=True)
class Temper:
    """What a phone does with a call, and when."""

    rings_after_s: float | None
    decides_after_s: float
    refusal: Cause | None
    """None: it answers."""
    hangs_up_after_s: float | None = None
    rings_reliably: bool = False
    early_media: bool = False


TEMPERS = st.builds(
    Temper,
    rings_after_s=st.floats(0, 3) | st.none(),
    decides_after_s=st.sampled_from([0.0, 2.0, 5.0, 9.0, 12.0]),
    refusal=st.none()
    | st.sampled_from([Cause.USER_BUSY, Cause.CALL_REJECTED, Cause.SWITCH_CONGESTION, Cause.NO_ANSWER]),
    hangs_up_after_s=st.none() | st.floats(0, 5),
    rings_reliably=st.sampled_from([True, False]),
    early_media=st.booleans(),
)
PHONES = st.lists(st.one_of(TEMPERS, TEMPERS, st.none()), min_size=1, max_size=4)
"""None: nobody is there at all."""


class Theatre:
    """Phones that act by their temper on a network of the given seed."""

    def __init__(self, seed: int, phones: list[Temper | None]) -> None:
        self.link = SipLink(seed=seed, loss=0.2, doubling=0.2, jitter_s=0.4)
        self.switch = self.link.add(SWITCH_PORT)
        self.phones: list[Node] = []
        self._plan: list[tuple[float, Node, Command]] = []
        self.branches = [branch("dead", DEAD_PORT)] * len(phones)
        for number, temper in enumerate(phones):
            if temper is not None:
                self.branches[number] = branch(f"phone{number}", FIRST_PHONE + number)
                self._add(FIRST_PHONE + number, temper)
            else:
                self.branches[number] = branch(f"dead{number}", DEAD_PORT)

    def plan(self, after_s: float, node: Node, command: Command) -> None:
        self._plan.append((self.link.now + after_s, node, command))

    def run(self, seconds: float) -> None:
        """Let time pass, the plan being kept to a quarter of a second."""
        end = self.link.now + seconds
        while self.link.now < end:
            self.link.run(STEP_S)
            due = [entry for entry in self._plan if entry[0] <= self.link.now]
            self._plan = [entry for entry in self._plan if entry[0] > self.link.now]
            for _, node, command in sorted(due, key=lambda entry: entry[0]):
                self.link.command(node, command)

    def _add(self, port: int, temper: Temper) -> None:
        reliably = "if_supported" if temper.rings_reliably else "if_required"
        node = self.link.add(port, reliable_provisionals=reliably)
        self.phones.append(node)

        def react(event: Event) -> list[Command]:
            if isinstance(event, LegArrived):
                self._act(node, event.leg_id, temper)
            return []

        node.reaction = react

    def _act(self, node: Node, leg_id: str, temper: Temper) -> None:
        if temper.rings_after_s is not None and temper.rings_after_s < temper.decides_after_s:
            sdp = SDP if temper.early_media else None
            self.plan(temper.rings_after_s, node, RingLeg(leg_id=leg_id, sdp=sdp))
        decides = temper.decides_after_s
        if temper.refusal is not None:
            self.plan(decides, node, HangUpLeg(leg_id=leg_id, cause=temper.refusal))
            return
        self.plan(decides, node, AnswerLeg(leg_id=leg_id, sdp=SDP))
        if temper.hangs_up_after_s is not None:
            hang_up = HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING)
            self.plan(decides + temper.hangs_up_after_s, node, hang_up)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32),
    phones=PHONES,
    forking=st.sampled_from(Forking),
    gives_up_after_s=st.none() | st.floats(0, 15),
)
def test_a_leg_ends_once_and_leaves_nothing(
    seed: int, phones: list[Temper | None], forking: Forking, gives_up_after_s: float | None
) -> None:
    theatre = Theatre(seed, phones)
    link, switch = theatre.link, theatre.switch
    order = DialLeg(
        leg_id="leg", branches=tuple(theatre.branches), sdp=OURS, forking=forking, attempt_timeout_s=6
    )
    link.command(switch, order)
    hang_up = HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING)
    if gives_up_after_s is not None:
        theatre.plan(gives_up_after_s, switch, hang_up)
    theatre.run(60)
    link.command(switch, hang_up)
    theatre.run(3 * LIFETIME_S)
    check(switch, theatre.phones)


def check(switch: Node, phones: list[Node]) -> None:
    """What holds after every call."""
    assert len(switch.of(LegEnded)) == 1
    answers = switch.of(LegAnswered)
    assert len(answers) <= 1
    tried = [event.branch for event in switch.of(BranchTried)]
    failed = [event.branch for event in switch.of(BranchFailed)]
    assert len(set(tried)) == len(tried)
    assert len(set(failed)) == len(failed)
    assert set(failed) <= set(tried)
    assert not {event.branch for event in answers} & set(failed)
    for node in (switch, *phones):
        stack = node.stack
        assert (stack.open_legs, stack.open_dialogs, stack.open_transactions) == (0, 0, 0)
        assert stack.next_deadline() is None
