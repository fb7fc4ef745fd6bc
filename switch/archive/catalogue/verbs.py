"""``recording.list``, ``show``, ``tag``, ``untag``, ``rate``, ``hold``, ``release``, ``convert``,
``move``, ``delete``.

They look into the database, so they are answered when a thread of their own has done so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar, cast

from pydantic import Field

from runtime.errors import UsageError
from runtime.models import Params, TenantParams
from runtime.vocabulary import Event
from switch.application import Verb
from switch.archive.catalogue.answers import (
    NotedView,
    RecordingDetails,
    RecordingPage,
    RecordingPlace,
    RecordingState,
    RecordingView,
)
from switch.archive.catalogue.events import (
    RecordingHeld,
    RecordingRated,
    RecordingReleased,
    RecordingTagged,
    RecordingUntagged,
)
from switch.archive.catalogue.recent import RecentChanges
from switch.archive.listening.finding import RUNNING, RecordingFinder
from switch.archive.retention.deletion import Deleter
from switch.records.queries import RecordReader, Row
from switch.records.recording_changes import with_changes
from switch.records.recording_search import DELETED, HIGHEST_RATING, RecordingSearch
from switch.roles import ADMINISTRATORS, BUSINESS, OPERATORS, SUPERVISORS

_THREADS = 2
_MOST_LISTED = 1000

T = TypeVar("T")


class RecordingParams(Params):
    """Names one recording."""

    recording_id: str = Field(
        min_length=1, max_length=64, description="the recording's id, or its beginning; it may still run"
    )


class ChangeParams(RecordingParams):
    """And who changes it."""

    by: str = Field(default="", max_length=100, description="who does it; the journal keeps it")


class TagParams(ChangeParams):
    """A tag to put on or take off."""

    tag: str = Field(pattern=r"^\S(.{0,62}\S)?$", description="1 to 64 characters, no space at either end")


class RateParams(ChangeParams):
    """A rating."""

    rating: int = Field(ge=1, le=HIGHEST_RATING, description="1 to 5, the best")


class ReasonParams(ChangeParams):
    """Why it is held or released."""

    reason: str = Field(min_length=1, max_length=200, description="why, in 1 to 200 characters")


class ListParams(TenantParams):
    """What recordings are looked for; moments are seconds since the Unix epoch."""

    caller: str | None = Field(default=None, description="the customer's number")
    called: str | None = Field(default=None, description="the number the customer dialled")
    agent: str | None = Field(default=None, description="an agent who was heard in it")
    station: str | None = Field(default=None, description="a station or outside number that was heard in it")
    queue: str | None = Field(default=None, description="the last queue the customer waited in")
    trunk: str | None = Field(default=None, description="the trunk by which the customer came or was called")
    contact_id: str | None = Field(default=None, description="the customer's visit")
    call_id: str | None = Field(default=None, description="the call it began in")
    since: float | None = Field(default=None, ge=0, le=1e11, description="a moment; it began then or later")
    until: float | None = Field(default=None, ge=0, le=1e11, description="a moment; it began before")
    tag: str | None = Field(default=None, description="a tag it has")
    rating_min: int | None = Field(default=None, ge=1, le=HIGHEST_RATING, description="1 to 5, or better")
    longer_than_s: float | None = Field(default=None, ge=0, le=1e9, description="a number of seconds")
    shorter_than_s: float | None = Field(default=None, ge=0, le=1e9, description="a number of seconds")
    state: Literal["completed", "failed", "deleted"] | None = Field(
        default=None, description="completed, failed, deleted"
    )
    held: bool | None = Field(default=None, description="true: held ones only, false: others only")
    limit: int = Field(default=50, ge=1, le=_MOST_LISTED, description="how many at most, 1 to 1000")
    after: str | None = Field(default=None, description="the `next` of the page before")

    def search(self) -> RecordingSearch:
        """For the records."""
        given = self.model_dump() | {"since": _moment(self.since), "until": _moment(self.until)}
        return RecordingSearch(**given)


class RecordingVerbs:
    """``submit`` is told what was changed."""

    def __init__(
        self,
        records: RecordReader,
        finder: RecordingFinder,
        recent: RecentChanges,
        deleter: Deleter,
        convert: Callable[[str, str], None],
        move: Callable[[Row, str], None],
        submit: Callable[[Event], None],
        knows_earlier_runs: Callable[[], bool],
    ) -> None:
        """``convert`` takes a recording's id and path, ``move`` its row and who wants it.

        ``knows_earlier_runs``: whether the database has all that the journal had when this run began.
        """
        self._convert_later = convert
        self._move_later = move
        self._knows_earlier_runs = knows_earlier_runs
        self._records = records
        self._finder = finder
        self._recent = recent
        self._deleter = deleter
        self._submit = submit
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="catalogue")

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "recording.list",
                ListParams,
                self._list,
                "Find recordings that are over, newest first.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "recording.show",
                RecordingParams,
                self._show,
                "All that is known of one recording.",
                who=BUSINESS,
                reads=True,
            ),
            Verb("recording.tag", TagParams, self._tag, "Put a tag on a recording.", who=BUSINESS),
            Verb("recording.untag", TagParams, self._untag, "Take a tag off a recording.", who=BUSINESS),
            Verb("recording.rate", RateParams, self._rate, "Rate a recording.", who=BUSINESS),
            Verb(
                "recording.hold",
                ReasonParams,
                self._hold,
                "Let a recording not be deleted: a legal hold.",
                who=SUPERVISORS,
            ),
            Verb("recording.release", ReasonParams, self._release, "End a hold.", who=SUPERVISORS),
            Verb(
                "recording.convert",
                RecordingParams,
                self._convert,
                "Convert an older recording.",
                who=OPERATORS,
            ),
            Verb(
                "recording.move",
                ChangeParams,
                self._move,
                "Move a recording to the second tier now.",
                who=OPERATORS,
            ),
            Verb(
                "recording.delete",
                ReasonParams,
                self._delete,
                "Delete a recording that is over.",
                who=ADMINISTRATORS,
            ),
        )

    def close(self) -> None:
        """Answer nobody any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _list(self, params: ListParams) -> RecordingPage:
        found = await self._do(self._records.recordings, params.search())
        more = found[-1]["recording_id"] if len(found) == params.limit else None
        shown = [cast(RecordingView, plain(self._now(row))) for row in found]
        return {"recordings": shown, "next": more}

    async def _show(self, params: RecordingParams) -> RecordingDetails:
        recording = await self._find(params)
        recording_id = recording["recording_id"]
        parties = await self._do(self._records.parties, recording_id)
        changes = await self._do(self._records.changes, recording_id)
        shown = {"parties": _without_id(parties), "changes": _without_id(changes)}
        return cast(RecordingDetails, plain(self._now(recording)) | shown)

    async def _tag(self, params: TagParams) -> NotedView:
        return await self._change(params, RecordingTagged, tag=params.tag)

    async def _untag(self, params: TagParams) -> NotedView:
        return await self._change(params, RecordingUntagged, tag=params.tag)

    async def _rate(self, params: RateParams) -> NotedView:
        return await self._change(params, RecordingRated, rating=params.rating)

    async def _hold(self, params: ReasonParams) -> NotedView:
        recording = await self._find(params)
        recording_id = recording["recording_id"]
        if self._now(recording)["state"] == DELETED or not self._deleter.holds.hold(recording_id):
            raise UsageError(f"recording {recording_id} is deleted")
        return self._tell(
            recording, RecordingHeld(recording_id=recording_id, by=params.by, reason=params.reason)
        )

    async def _release(self, params: ReasonParams) -> NotedView:
        recording = await self._find(params)
        recording_id = recording["recording_id"]
        self._deleter.holds.release(recording_id)
        return self._tell(
            recording, RecordingReleased(recording_id=recording_id, by=params.by, reason=params.reason)
        )

    async def _delete(self, params: ReasonParams) -> RecordingState:
        if not self._knows_earlier_runs():
            raise UsageError("the database is still behind the journal and may miss a hold; try again soon")
        recording = await self._find(params)
        _check_deletable(self._now(recording))
        try:
            deleted = await self._do(self._deleter.delete, recording, params.reason, params.by)
        except OSError as error:
            raise UsageError(f"{recording['path']} cannot be deleted: {error}") from error
        self._submit(deleted)
        return {"recording_id": recording["recording_id"], "state": DELETED, "path": recording["path"]}

    async def _move(self, params: ChangeParams) -> RecordingPlace:
        recording = await self._find(params)
        recording_id, now = recording["recording_id"], self._now(recording)
        if now["state"] != "completed":
            raise UsageError(f"recording {recording_id} is {now['state']}")
        if now["moved_to"] is not None:
            raise UsageError(f"recording {recording_id} is in the second tier already")
        self._move_later(recording, params.by)
        return {"recording_id": recording_id, "path": recording["path"]}

    async def _convert(self, params: RecordingParams) -> RecordingPlace:
        recording = await self._find(params)
        recording_id, state = recording["recording_id"], self._now(recording)["state"]
        if state != "completed":
            raise UsageError(f"recording {recording_id} is {state}")
        if self._now(recording)["moved_to"] is not None:
            raise UsageError(f"recording {recording_id} is in the second tier and stays as it is")
        self._convert_later(recording_id, recording["path"])
        return {"recording_id": recording_id, "path": recording["path"]}

    async def _change(self, params: ChangeParams, kind: type[Event], **value: object) -> NotedView:
        recording = await self._find(params)
        return self._tell(recording, kind(recording_id=recording["recording_id"], by=params.by, **value))  # type: ignore[call-arg]

    def _tell(self, recording: dict[str, Any], change: Event) -> NotedView:
        self._submit(change)
        changed = self._now(recording)
        return {
            "recording_id": changed["recording_id"],
            "tags": changed["tags"],
            "rating": changed["rating"],
            "held": changed["held"],
        }

    def _now(self, recording: dict[str, Any]) -> dict[str, Any]:
        """With the changes that the database does not have yet."""
        return with_changes(recording, self._recent.of(recording["recording_id"]))

    async def _find(self, params: RecordingParams) -> dict[str, Any]:
        return dict(await self._do(self._finder.look_up, params.recording_id))

    def _do(self, work: Callable[..., T], *arguments: object) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _check_deletable(recording: dict[str, Any]) -> None:
    """Raises UsageError."""
    recording_id = recording["recording_id"]
    if recording["state"] in (RUNNING, DELETED):
        raise UsageError(f"recording {recording_id} is {recording['state']}")
    if recording["held"]:
        raise UsageError(f"recording {recording_id} is held; `ringmain recordings release` ends the hold")
    if "sha256" not in recording:
        raise UsageError(f"recording {recording_id} is not in the records yet; try again soon")


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """With moments as seconds since the Unix epoch."""
    return {name: value.timestamp() if isinstance(value, datetime) else value for name, value in row.items()}


def _without_id(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in plain(row).items() if name != "recording_id"} for row in rows]


def _moment(wall: float | None) -> datetime | None:
    return None if wall is None else datetime.fromtimestamp(wall, UTC)
