"""A customer who talks to an agent, with a third phone at hand, and what each of the three hears."""

from contextlib import ExitStack
from typing import Self

import soundfile

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples
from sipp_scenarios.talker import Talker
from tests.helpers.call_centre import CallCentre
from tests.helpers.manifests import heard_in, manifest_beside
from tests.helpers.mixture import speakers
from tests.helpers.switch_process import QUEUE_ONLY

LISTEN_S = 2.5
JUDGED = 2 * SAMPLE_RATE_HZ
"""Of what was heard last, so many samples tell who is heard now."""
LATELY = 8 * SAMPLE_RATE_HZ


class Floor:
    """A customer who talks to agent 2001, and the phone 2002."""

    def __init__(
        self,
        centre: CallCentre,
        third: str,
        customer: str = "caller_talks",
        third_phone: str = "agent_answers",
    ) -> None:
        """``third``: what who is at the third phone is called; the others are scenarios."""
        self.centre = centre
        self._third_phone = third_phone
        self._scenario = customer
        self._third_name = third
        self.events = centre.events
        self._begun = ExitStack()

    def __enter__(self) -> Self:
        station, desk = self.centre.seat("2001"), self.centre.register("2002")
        self.agent = self._begun.enter_context(self.centre.phone(station))
        self.third = self._begun.enter_context(self.centre.phone(desk, self._third_phone))
        self.customer = self._begun.enter_context(self.centre.caller(QUEUE_ONLY, scenario=self._scenario))
        self.customer.wait_answered()
        self.agent.wait_ringing()
        self.agent.answer()
        connected = self.events.wait_for("call.connected", station="2001")
        self.call_id = str(connected.fields["call_id"])
        return self

    def __exit__(self, *_: object) -> None:
        self._begun.close()

    @property
    def talkers(self) -> dict[str, Talker]:
        phones = {"customer": self.customer, "agent": self.agent, self._third_name: self.third}
        return {name: phone.talker for name, phone in phones.items()}

    @property
    def said(self) -> dict[str, Samples]:
        """Lately; nobody hears, or is recorded, so much later."""
        return {name: talker.said[-LATELY:] for name, talker in self.talkers.items()}

    def hearing(self, *names: str) -> dict[str, set[str]]:
        """Who hears whom now; of all, or of those named."""
        listeners = names or tuple(self.talkers)
        enough = {name: self.talkers[name].heard_s + LISTEN_S for name in listeners}
        for name, whole_s in enough.items():
            self.talkers[name].wait_until_heard(whole_s)
        return {name: self.heard_by(name) for name in listeners}

    def heard_by(self, listener: str) -> set[str]:
        others = {name: said for name, said in self.said.items() if name != listener}
        return speakers(self.talkers[listener].heard[-JUDGED:], others)

    def recorded(self) -> Samples:
        """Both channels, once the call is over."""
        samples: Samples = soundfile.read(self._path(), dtype="int16", always_2d=True)[0]
        return samples

    def heard_in_recording(self) -> list[tuple[str, str | None, str, str | None]]:
        """Who its manifest says was heard, as ``heard_in`` tells it, once the call is over."""
        return heard_in(manifest_beside(self._path()))

    def _path(self) -> str:
        return str(self.events.wait_for("recording.completed").fields["path"])
