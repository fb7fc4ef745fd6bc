"""``recording.link``: lets somebody listen to a recording for a while."""

from collections.abc import Callable

from pydantic import Field

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Answer, Params
from runtime.vocabulary import Event
from switch.application import Verb
from switch.archive.listening.events import RecordingLinked
from switch.archive.listening.links import LONGEST_WHO, Link, LinkSigner, is_recording_id, path_of
from switch.config import HttpConfig
from switch.roles import BUSINESS

_HOUR_S = 3600
_LONGEST_S = 366 * 24 * _HOUR_S


class LinkParams(Params):
    """Which recording, for whom and for how long."""

    recording_id: str = Field(description="the whole id of the recording, which may still run")
    for_s: int = Field(default=_HOUR_S, ge=1, le=_LONGEST_S, description="how long it is good, in seconds")
    who: str = Field(
        default="", max_length=LONGEST_WHO, description="for whom it is; the journal tells who listened"
    )


class LinkView(Answer):
    """Addresses by which a browser plays a recording."""

    recording_id: str
    until: int
    """Seconds since the Unix epoch."""
    page: str
    sound: str
    wav: str
    """The same as WAV, whatever the recording was converted into."""
    picture: str


class LinkVerbs:
    """Signs links. That there is such a recording is seen only when the link is opened."""

    def __init__(
        self, signer: LinkSigner, http: HttpConfig, clock: Clock, submit: Callable[[Event], None]
    ) -> None:
        self._signer = signer
        self._http = http
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        text = "Make a link by which a browser plays a recording."
        return (Verb("recording.link", LinkParams, self._link, text, who=BUSINESS),)

    def _link(self, params: LinkParams) -> LinkView:
        if not self._http.enabled:
            raise UsageError("recordings are listened to on the HTTP port; set http.enabled = true")
        if not is_recording_id(params.recording_id):
            raise UsageError(
                f"{params.recording_id!r} is no recording's id; `ringmain recordings` lists them"
            )
        link = Link(params.recording_id, int(self._clock.wall()) + params.for_s, params.who)
        self._submit(RecordingLinked(recording_id=link.recording_id, who=link.who, until=link.until))
        address = f"{self._http.address}{path_of(link.recording_id)}"
        query = self._signer.query(link)
        return {
            "recording_id": link.recording_id,
            "until": link.until,
            "page": f"{address}/listen?{query}",
            "sound": f"{address}?{query}",
            "wav": f"{address}/sound.wav?{query}",
            "picture": f"{address}/picture.png?{query}",
        }
