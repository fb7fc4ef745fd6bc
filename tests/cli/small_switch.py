"""A small switch for the commands to talk to: the real control server with verbs of the test's own."""

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import acd.item_verbs
import acd.messages.verbs
import acd.supervision_verbs
import acd.verbs
import cli.house.administration
import cli.house.flow_publishing
import cli.house.reloading
import cli.house.tenant_verbs
import ivr.flow_verbs
import switch.alarms.verbs
import switch.ban_verbs
import switch.calendars.verbs
import switch.call_control.transfer_verbs
import switch.call_control.verbs
import switch.call_media.verbs
import switch.conference_verbs
import switch.customers.verbs
import switch.data_verbs
import switch.lookups.verbs
import switch.parking.service
import switch.placing_verbs
import switch.registration_verbs
import switch.station_verbs
import switch.supervision.verbs
import switch.verbs
from acd.agent_figures import AgentFigures
from cli.house.windows import PICTURE
from runtime.errors import UsageError
from runtime.models import NoParams, Params
from switch.application import Verb
from switch.archive.catalogue.verbs import RateParams, ReasonParams, RecordingParams, TagParams
from switch.archive.phone.service import PlayParams
from switch.control.config import ControlConfig
from switch.control.server import ControlServer, Neighbours
from switch.counter.service import RecordParams, StationParams
from switch.prompt_recording.service import RecordPromptParams
from switch.records.projection import JournalEntry
from switch.roles import EVERYBODY
from switch.trunks.verbs import TrunkParams

AGENT = {
    "id": "1001",
    "name": "张伟",
    "state": "AVAILABLE",
    "reason": None,
    "since_s": 67.2,
    "not_ready_after": None,
    "station": "1001",
    "reachable": True,
    "queues": ["service", "vip"],
    "items": 1,
    "call_id": None,
    "leave": None,
    "held": False,
    "sign_out_after": False,
    "auto_answer": False,
}
ITEM = {
    "item": "chat-1",
    "medium": "chat",
    "customer": "13800138000",
    "state": "offered",
    "priority": 0,
    "places": [{"queue": "service", "position": 1}],
    "agents": ["1001"],
    "since_s": 2.5,
}
WRITTEN = {"section": "agents", "name": "1001", "keys": {"id": "1001", "name": "张伟", "queues": ["service"]}}
CONFIGURED = {
    "checked_only": False,
    "version": 17,
    "changes": [{"section": "agents", "kind": "changed", "name": "1001", "keys": ["weight"]}],
    "restart_needed": [],
}
RELOADED = CONFIGURED | {
    "counts": {"agents.changed": 1},
    "cautions": ["ringmain.toml:7: sip.host; expected an address of this machine"],
}
VERSION = {"version": 17, "at": 1_790_000_003.25, "origin": "undo", "by": "李娜", "why": "误改"}
DIFFERENCE = {
    "tenant": "",
    "section": "agents",
    "name": "1001",
    "kind": "changed",
    "keys": {"weight": [None, 2.5], "record": [True, False]},
}
ALARM = {
    "alarm_id": "alarm-1",
    "alarm": "long-line",
    "title": "排队过长",
    "kind": "queue",
    "subject": "service",
    "measure": "waiting",
    "level": "warning",
    "worst": "critical",
    "value": 7.0,
    "since": "2026-11-22T08:30:00.000+00:00",
    "acknowledged_by": None,
    "silenced_until": "2026-11-22T09:30:00.000+00:00",
}
ALARM_RULE = {
    "name": "long-line",
    "title": "排队过长",
    "kind": "queue",
    "of": ["service"],
    "measure": "waiting",
    "levels": [{"level": "warning", "on": 5.0, "off": 3.0, "for_s": 30.0}],
    "calendar": "",
    "silenced_until": None,
}
PAST_ALARM = {
    "alarm_id": "alarm-1",
    "alarm": "down",
    "kind": "switch",
    "subject": "",
    "measure": "calls",
    "raised_at": "2026-11-22T08:30:00.000+00:00",
    "cleared_at": None,
    "lasted_ms": None,
    "worst": "major",
    "value": 7.0,
    "threshold": 5.0,
    "acknowledged_at": None,
    "acknowledged_by": "李娜",
    "reason": None,
}
TENANT = {
    "tenant": "acme",
    "title": "供电服务",
    "domain": "acme.example",
    "suspended": False,
    "draining": False,
    "calls": 12,
    "agents_signed_in": 8,
    "waiting": 3,
}
TENANT_DETAILS = {
    "limits": {"calls": 30, "agents": 0, "queues": 0, "stations": 20},
    "use": {"calls": 12, "agents": 10, "queues": 4, "stations": 10},
    "agents": {"AVAILABLE": 2, "ON_CALL": 6},
    "access_codes": ["95001"],
}
WAIT = {
    "call_id": "call-1",
    "state": "waiting",
    "priority": 0,
    "places": [{"queue": "vip", "position": 1}],
}
TEXT = {"text_id": "text-1", "station": "1001", "phones": 2}
CALL = {
    "call_id": "call-1",
    "contact_id": "contact-1",
    "state": "answered",
    "caller_number": "13800138000",
    "caller_name": "王芳",
    "called_number": "95598",
    "access_code": "95598",
    "target": "queue:service",
    "station": None,
    "whom": None,
    "recording_id": "recording-1",
    "age_s": 3725.0,
}
PLACED = {
    "call_id": "call-1",
    "contact_id": "contact-1",
    "whom": "station:1001",
    "target": "number:13800138000",
}
PARTY = {
    "party_id": "party-1",
    "call_id": "call-1",
    "whom": "station:1002",
    "talks": True,
    "muted": False,
}
SUPERVISES = {
    "call_id": "call-1",
    "supervisor_call_id": "call-2",
    "supervisor": "9001",
    "station": "1001",
    "mode": "whisper",
    "by": "李娜",
    "follows": None,
    "listens": True,
}
MEDIA = {
    "mos": 4.12,
    "mos_lowest": 2.87,
    "remote_mos": 4.31,
    "packets_received": 4071,
    "packets_lost": 12,
    "packets_late": 3,
    "jitter_ms": 7.25,
    "round_trip_ms": 41.5,
    "remote_packets_lost": 5,
    "packets_dropped": 2,
}
PARKED = {"call_id": "call-1", "slot": "701", "by": "1001", "waits_s": 12.5, "caller_number": "13800138000"}
CONSULTATION = {"call_id": "call-1", "consultation_call_id": "call-7", "target": "queue:sales"}
PLAYBACK = {"call_id": "call-1", "playback_id": "playback-1", "to": "customer"}
DATA = {"call_id": "call-1", "contact_id": "contact-1", "data": {"order_no": "D-7", "urgent": True}}
_LEGS: list[dict[str, Any]] = [
    {"leg_id": "leg-1", "side": "customer", "station": None, "codec": "PCMA", "media": MEDIA},
    {"leg_id": "leg-2", "side": "station", "station": "1001", "codec": None, "media": None},
]
LEGS: list[dict[str, Any]] = [{"holds": None, "muted": False, **leg} for leg in _LEGS]
NOTHING_UNDER_WAY = {"consultation": None, "transfer": None}
REASONS = {"agents": [{"code": "lunch", "title": "午休", "rest": True}], "supervisors": ["training"]}
QUEUE = {
    "name": "service",
    "title": "客户服务",
    "open": True,
    "waiting": 2,
    "longest_wait_s": 61.0,
    "agents": {"LOGGED_OUT": 0, "AVAILABLE": 1, "ON_CALL": 2},
    "eligible": 1,
    "calls": {"offered": 9, "answered": 7, "abandoned": 0},
    "service_level": [{"within_s": 20.0, "answered": 6, "share": 0.8571}],
}
PHONE = {
    "station": "1001",
    "contact": "sip:1001@192.0.2.7:5062",
    "peer": "udp:192.0.2.7:5062",
    "expires_s": 312,
}
BAN = {
    "source": "192.0.2.66",
    "reason": "scanner",
    "since_s": 67.0,
    "left_s": 533.0,
    "times": 1,
    "dropped": 4711,
}
REGISTRATION = PHONE | {
    "transport": "udp",
    "user_agent": "Phone 4.2",
    "q": 1.0,
    "since_s": 3725,
}
TRUNK = {
    "name": "telecom",
    "enabled": True,
    "state": "degraded",
    "registration": "registered",
    "calls_in": 12,
    "calls_out": 3,
    "channels": 30,
    "round_trip_ms": 11.25,
    "turned_away_in": 0,
    "turned_away_out": 4,
    "addresses": [
        {
            "address": "udp:192.0.2.1:5060",
            "name": "192.0.2.1",
            "state": "up",
            "since_s": 3725.0,
            "round_trip_ms": 11.25,
            "paused_s": 12,
            "last_status": 200,
            "priority": 0,
            "weight": 1,
        },
        {
            "address": "udp:192.0.2.2:5060",
            "name": "192.0.2.2",
            "state": "down",
            "since_s": 61.0,
            "round_trip_ms": None,
            "paused_s": 0,
            "last_status": None,
            "priority": 10,
            "weight": 1,
        },
    ],
}
TRUNK_DETAILS = {
    "shares": [{"tenant": "acme", "channels": 10, "calls": 2}],
    "channels_in": 0,
    "channels_out": 20,
    "calls_per_s_in": 0.0,
    "calls_per_s_out": 2.5,
    "domain": "gx.ims.example",
    "networks": ["192.0.2.0/28"],
    "numbers": ["95598", "95599"],
    "codecs": ["PCMA"],
    "registration_user": "95598",
    "registration_status": 200,
    "registration_since_s": 3725.0,
    "registration_expires_s": 312,
}
CALENDAR = {
    "name": "office",
    "title": "营业厅",
    "time_zone": "Asia/Shanghai",
    "open": False,
    "next_change": "2026-11-23T10:00:00+08:00",
    "override": {"open": False, "until": "2026-11-23T10:00:00+08:00", "reason": "演练", "by": "li"},
}
CALENDAR_DAYS = {
    "days": [
        {"date": "2026-11-22", "weekday": "sun", "hours": [], "occasion": "", "regular": True},
        {
            "date": "2026-11-23",
            "weekday": "mon",
            "hours": ["08:30-12:00", "14:00-17:30"],
            "occasion": "",
            "regular": True,
        },
        {"date": "2026-11-24", "weekday": "tue", "hours": [], "occasion": "厂庆", "regular": False},
    ],
    "changes": [{"at": "2026-11-23T08:30:00+08:00", "open": True}],
}
SERVICE = {
    "name": "billing",
    "url": "https://billing.example/api",
    "breaker": "open",
    "open_s": 12.5,
    "under_way": 3,
    "waiting": 0,
    "outcomes": {"answered": 1204, "status_503": 6, "timed_out": 1},
    "p50_ms": 85,
    "p95_ms": None,
    "last_failure": "status_503",
}
TRIED = {
    "service": "billing",
    "outcome": "answered",
    "status": 200,
    "answer": {"户名": "王芳", "amount": "86.50"},
    "duration_ms": 85,
}
NUMBERS = {"name": "black", "title": "黑名单", "kind": "black", "priority": 0, "tags": [], "entries": 7}
ENTRY = {"number": "139*", "remark": "骚扰", "valid_from": None, "valid_until": None}
KNOWN = {
    "number": "13900139000",
    "lists": ["black"],
    "tags": [],
    "priority": 0,
    "rejection": {"list": "black", "cause": "CALL_REJECTED", "target": None},
    "entries": {"black": ENTRY},
}
FLOW = {
    "name": "hotline",
    "title": "热线",
    "nodes": 7,
    "version": 4,
    "canary": 5,
    "share": 0.1,
    "edited": True,
    "calls": 3,
}
FLOW_NODES = {"flow": "hotline", "callers": {"主菜单": 2, "再见": 0}}
PUBLISHED = {"flow": "hotline", "version": 5, "share": 0.1, "current": 4, "calls": 3}
FLOW_HISTORY = {
    "flow": "hotline",
    "current": 4,
    "canary": 5,
    "share": 0.1,
    "versions": [
        {"number": 5, "at": 1790000000.0, "by": "li", "note": "节日问候", "digest": "5f0c"},
        {"number": 4, "at": 1780000000.0, "by": "", "note": "", "digest": "77aa"},
    ],
}
NOTED = {"recording_id": "recording-1", "tags": ["投诉"], "rating": None, "held": False}
SENT = {"message_id": "message-1", "told": ["1001", "1002"], "with_phone": ["1001"], "kept": ["1003"]}
MESSAGE = {
    "message_id": "message-1",
    "by": "班长",
    "text": "九点开会",
    "importance": "high",
    "sent_s": 75.0,
    "told": True,
    "reached": ["desktop", "phone"],
}
STATUS = {
    "name": "ringmain",
    "version": "0.1.0",
    "state": "up",
    "uptime_s": 3725.5,
    "open_calls": 2,
    "faults": 0,
}


class SmallSwitch:
    """Answers verbs, remembers what it was asked, and tells events to whoever subscribes."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refusal: str | None = None
        self.refused_id = ""
        """The one recording that is refused; empty: all that is asked."""
        self.changes: dict[str, Any] = {}
        """What is different in answers that are one thing."""
        self.lists: dict[str, list[Any]] = {}
        """What lists hold instead, by verb."""
        self._loop = asyncio.new_event_loop()
        self._server = ControlServer(ControlConfig(socket=socket), self._verbs(), Neighbours(picture=PICTURE))

    def serve(self, started: threading.Event) -> None:
        """Run until ``stop``; the body of a thread."""
        self._loop.run_until_complete(self._server.open())
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._server.close())
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _verbs(self) -> list[Verb]:
        """The switch's verbs with their real parameters; only the answers are made up."""
        everybody = [AGENT, AGENT | {"id": "1003", "name": "Alice", "reachable": False}]
        signed_out = AGENT | {"state": "LOGGED_OUT", "station": None}
        not_ready = AGENT | {"state": "NOT_READY", "reason": "午休"}
        other_call = CALL | {"call_id": "call-20"}
        return [
            self._verb("agent.list", NoParams, everybody),
            self._verb("agent.sign_in", acd.verbs.SignInParams, not_ready),
            self._verb("agent.sign_out", acd.verbs.SignOutParams, signed_out),
            self._verb("agent.ready", acd.verbs.AgentParams, AGENT),
            self._verb("agent.not_ready", acd.verbs.NotReadyParams, not_ready),
            *(
                self._verb(f"agent.{name}", acd.supervision_verbs.ByParams, AGENT)
                for name in ("force_ready", "force_sign_out", "release", "approve_leave", "deny_leave")
            ),
            *(
                self._verb(f"agent.{name}", acd.verbs.AgentParams, AGENT)
                for name in ("take_back_leave", "end_wrap_up")
            ),
            self._verb("agent.force_not_ready", acd.supervision_verbs.ForceNotReadyParams, AGENT),
            self._verb("agent.move", acd.verbs.MoveAgentsParams, [AGENT | {"skills": {}, "tags": []}]),
            self._verb("queue.move_caller", acd.verbs.CallerQueueParams, WAIT),
            self._verb("agent.ask_leave", acd.verbs.NotReadyParams, AGENT),
            self._verb("agent.extend_wrap_up", acd.supervision_verbs.ExtendParams, AGENT),
            self._verb("agent.reasons", NoParams, REASONS),
            self._verb("agent.confirm_message", acd.messages.verbs.MessageParams, MESSAGE),
            self._verb("agent.figures", acd.verbs.AgentParams, AgentFigures().of("1001", 0.0)),
            self._verb("agent.set_auto_answer", acd.verbs.AutoAnswerParams, AGENT),
            self._verb("agent.send_message", acd.messages.verbs.SendMessageParams, SENT),
            self._verb("agent.messages", acd.verbs.AgentParams, [MESSAGE]),
            self._verb("queue.list", NoParams, [QUEUE]),
            self._verb("item.list", acd.item_verbs.ListItemsParams, [ITEM]),
            self._verb("item.submit", acd.item_verbs.SubmitItemParams, ITEM),
            self._verb("item.accept", acd.item_verbs.ItemAgentParams, ITEM),
            self._verb("item.reject", acd.item_verbs.ItemAgentParams, ITEM),
            self._verb("item.finish", acd.item_verbs.ItemAgentParams, ITEM),
            self._verb("item.withdraw", acd.item_verbs.ItemParams, ITEM | {"state": None}),
            self._verb("call.list", NoParams, [CALL, other_call]),
            self._verb("call.show", switch.verbs.CallParams, CALL | NOTHING_UNDER_WAY | {"legs": LEGS}),
            self._verb("call.hang_up", switch.verbs.HangUpParams, CALL),
            self._verb("call.answer", switch.call_control.verbs.AnswerParams, CALL),
            self._verb("call.reject", switch.call_control.verbs.RejectParams, CALL),
            self._verb("call.redirect", switch.call_control.verbs.RedirectParams, CALL),
            self._verb("call.play", switch.call_media.verbs.PlayParams, PLAYBACK),
            self._verb("call.say", switch.call_media.verbs.SayParams, PLAYBACK),
            self._verb("call.stop_playing", switch.verbs.CallParams, CALL),
            self._verb("call.mute", switch.call_media.verbs.MuteParams, CALL),
            self._verb("call.unmute", switch.call_media.verbs.MuteParams, CALL),
            self._verb("call.send_digits", switch.call_media.verbs.SendDigitsParams, CALL),
            self._verb("call.set_data", switch.data_verbs.SetDataParams, DATA),
            self._verb("call.get_data", switch.verbs.CallParams, DATA),
            self._verb("call.hold", switch.call_control.verbs.HoldParams, CALL),
            self._verb("call.park", switch.parking.service.ParkParams, PARKED),
            self._verb("call.pick_up", switch.parking.service.PickUpParams, CALL),
            self._verb("park.list", NoParams, [PARKED]),
            self._verb("call.transfer", switch.call_control.transfer_verbs.TransferParams, CALL),
            self._verb("call.consult", switch.call_control.transfer_verbs.ConsultParams, CONSULTATION),
            *(
                self._verb(f"call.{name}", switch.verbs.CallParams, CALL)
                for name in ("toggle", "complete_transfer", "cancel_consultation", "join")
            ),
            self._verb("call.retrieve", switch.call_control.verbs.HoldParams, CALL),
            *(
                self._verb(f"call.{name}", switch.supervision.verbs.SuperviseParams, SUPERVISES)
                for name in ("monitor", "whisper", "barge", "intercept")
            ),
            self._verb("call.add_party", switch.conference_verbs.AddPartyParams, PARTY),
            self._verb("call.join_calls", switch.conference_verbs.JoinCallsParams, PARTY),
            self._verb("call.drop_party", switch.conference_verbs.PartyParams, PARTY),
            *(
                self._verb(f"call.{name}_party", switch.conference_verbs.MutePartyParams, PARTY)
                for name in ("mute", "unmute")
            ),
            self._verb("call.parties", switch.verbs.CallParams, [PARTY]),
            self._verb("call.stop_supervising", switch.supervision.verbs.SupervisorParams, SUPERVISES),
            self._verb("call.supervisors", NoParams, [SUPERVISES]),
            self._verb("agent.follow", switch.supervision.verbs.FollowParams, SUPERVISES),
            self._verb("call.originate", switch.placing_verbs.OriginateParams, PLACED),
            self._verb("calendar.list", NoParams, [CALENDAR]),
            self._verb("calendar.show", switch.calendars.verbs.CalendarParams, CALENDAR | CALENDAR_DAYS),
            self._verb("calendar.override", switch.calendars.verbs.OverrideParams, CALENDAR),
            self._verb("alarm.list", NoParams, {"raised": [ALARM], "alarms": [ALARM_RULE]}),
            self._verb("alarm.acknowledge", switch.alarms.verbs.AlarmParams, ALARM),
            self._verb("alarm.silence", switch.alarms.verbs.SilenceParams, ALARM),
            self._verb("alarm.history", switch.alarms.verbs.HistoryParams, [PAST_ALARM]),
            self._verb("lookup.list", NoParams, [SERVICE]),
            self._verb("lookup.try", switch.lookups.verbs.TryParams, TRIED),
            self._verb("list.list", NoParams, [NUMBERS]),
            self._verb("list.show", switch.customers.verbs.ShowParams, NUMBERS | {"newest": [ENTRY]}),
            self._verb("list.add", switch.customers.verbs.AddParams, NUMBERS),
            self._verb("list.remove", switch.customers.verbs.RemoveParams, NUMBERS),
            self._verb("list.lookup", switch.customers.verbs.NumberParams, KNOWN),
            self._verb("station.list", NoParams, [PHONE]),
            self._verb("ban.list", NoParams, [BAN, BAN | {"source": "2001:db8::/64", "left_s": None}]),
            self._verb("ban.add", switch.ban_verbs.BanParams, BAN),
            self._verb("ban.lift", switch.ban_verbs.SourceParams, BAN),
            self._verb(
                "registration.list",
                switch.registration_verbs.ListParams,
                {"registrations": [REGISTRATION], "total": 1, "next": None},
            ),
            self._verb("registration.remove", switch.registration_verbs.RemoveParams, [REGISTRATION]),
            self._verb("message.send", switch.station_verbs.TextParams, TEXT),
            self._verb("station.resync", switch.station_verbs.ResyncParams, {"station": "1001", "phones": 2}),
            self._verb("station.record", RecordParams, PLACED | {"station": "1001"}),
            self._verb("speech.engines", NoParams, [{"engine": "neural", "state": "down", "failures": 3}]),
            self._verb("prompt.record", RecordPromptParams, PLACED | {"prompt": "zh/outage"}),
            self._verb("station.stop_recording", StationParams, PLACED | {"recording_id": "recording-1"}),
            self._verb("trunk.list", NoParams, [TRUNK, TRUNK | {"name": "mobile", "enabled": False}]),
            self._verb("trunk.show", TrunkParams, TRUNK | TRUNK_DETAILS),
            self._verb("trunk.enable", TrunkParams, TRUNK),
            self._verb("trunk.disable", TrunkParams, TRUNK),
            self._verb("flow.list", NoParams, [FLOW]),
            self._verb(
                "flow.nodes",
                ivr.flow_verbs.FlowNodesParams,
                {"flow": "hotline", "callers": {"主菜单": 2, "再见": 0}},
            ),
            self._verb("flow.publish", cli.house.flow_publishing.PublishParams, PUBLISHED),
            self._verb("flow.share", cli.house.flow_publishing.ShareParams, PUBLISHED),
            self._verb("flow.rollback", cli.house.flow_publishing.RollbackParams, PUBLISHED | {"share": 1.0}),
            self._verb("flow.history", cli.house.flow_publishing.FlowParams, FLOW_HISTORY),
            self._verb("tenant.list", NoParams, [TENANT]),
            self._verb("tenant.show", cli.house.tenant_verbs.TenantNamed, TENANT | TENANT_DETAILS),
            self._verb("tenant.create", cli.house.tenant_verbs.CreateParams, CONFIGURED),
            self._verb("tenant.change", cli.house.tenant_verbs.ChangeTenantParams, CONFIGURED),
            *(
                self._verb(f"tenant.{word}", cli.house.tenant_verbs.TenantParams, CONFIGURED)
                for word in ("suspend", "resume")
            ),
            self._verb("tenant.remove", cli.house.tenant_verbs.RemoveTenantParams, CONFIGURED),
            self._verb("configuration.show", cli.house.administration.ShowParams, [WRITTEN]),
            self._verb("configuration.set", cli.house.administration.SetParams, CONFIGURED),
            self._verb("configuration.remove", cli.house.administration.RemoveParams, CONFIGURED),
            self._verb("configuration.reload", cli.house.reloading.ReloadParams, RELOADED),
            self._verb("configuration.undo", cli.house.administration.UndoParams, CONFIGURED),
            self._verb("configuration.history", cli.house.administration.HistoryParams, [VERSION]),
            self._verb("configuration.diff", cli.house.administration.DiffParams, [DIFFERENCE]),
            self._verb("recording.tag", TagParams, NOTED),
            self._verb("recording.untag", TagParams, NOTED),
            self._verb("recording.rate", RateParams, NOTED),
            self._verb("recording.hold", ReasonParams, NOTED | {"held": True}),
            self._verb("recording.release", ReasonParams, NOTED),
            self._verb(
                "recording.convert", RecordingParams, {"recording_id": "recording-1", "path": "r.wav"}
            ),
            self._verb("recording.play", PlayParams, PLACED | {"station": "1001"}),
            self._verb("recording.delete", ReasonParams, NOTED | {"state": "deleted"}),
            self._verb("switch.status", NoParams, STATUS),
        ]

    def _verb(self, name: str, params: type[Params], answer: Mapping[str, Any] | list[Any]) -> Verb:
        def handle(given: Params) -> object:
            self.asked.append((name, given.model_dump()))
            asked_id = getattr(given, "recording_id", "")
            if self.refusal is not None and self.refused_id in ("", asked_id):
                raise UsageError(self.refusal)
            if isinstance(answer, list):
                return self.lists.get(name, answer)
            return {**answer, **self.changes}

        return Verb(name, params, handle, f"{name} with a made-up answer", who=EVERYBODY)

    def keep_telling(self) -> None:
        """Tell the same two events every few milliseconds: whoever subscribes sees them soon."""
        self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        fields = {
            "call_id": "call-5f0c9a1e7b2d4c38",
            "caller_name": "王芳",
            "sdp": "v=0",
            "recording_id": None,
            "reason": "",
            "offers": 0,
        }
        self._server.observe(JournalEntry(1, 1_790_000_000.5, "call.arrived", fields))
        self._server.observe(JournalEntry(2, 1_790_000_001.0, "agent.state_changed", {"agent": "1001"}))
        self._loop.call_later(0.005, self._tell)

    def tell(self, topic: str, fields: Mapping[str, Any]) -> None:
        """Tell one event to whoever subscribes."""
        entry = JournalEntry(1, 1_790_000_000.5, topic, dict(fields))
        self._loop.call_soon_threadsafe(self._server.observe, entry)
