"""The sections of the configuration, each declared by the package it configures."""

from pydantic import Field

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.queue_config import QueueConfig
from cli.configuration.versions_config import VersionsConfig
from cli.log import LogConfig
from ivr.config import IvrConfig
from media.config import MediaConfig, RecordingsConfig
from media.recordings.config import SecondTierConfig
from media.recordings.tiers import Access
from media.speech.config import SpeechConfig
from media.tones import TonesConfig
from runtime.models import Section
from switch.access.config import TokenConfig
from switch.alarms.config import AlarmConfig
from switch.calendars.config import CalendarConfig
from switch.config import AccessCodeConfig, HttpConfig, SwitchConfig
from switch.control.config import ControlConfig
from switch.customers.config import NumberListConfig
from switch.dialling.config import DiallingConfig
from switch.feature_codes.config import FeatureCodesConfig
from switch.lookups.config import LookupConfig
from switch.mrcp.config import MrcpConfig
from switch.prompt_recording.config import PromptRecordingConfig
from switch.provisioning.config import ProvisioningConfig
from switch.records.config import RecordsConfig
from switch.sip.config import SipConfig, StationConfig
from switch.sip.guard.config import GuardConfig
from switch.sip.locating.config import DnsConfig
from switch.sip.trace.config import TraceConfig
from switch.sip.transport.config import ConnectionsConfig, ListenerConfig
from switch.tenants.config import TenantConfig, TenantsConfig
from switch.trunks.config import AreaConfig, NumberingConfig, RouteConfig, TrunkConfig
from switch.voice_messages.config import MessageBoxConfig


class Configuration(Section):
    """The whole file: every section by its name. A missing one has its defaults, a missing list is empty."""

    switch: SwitchConfig = Field(default_factory=SwitchConfig, description="The exchange itself.")
    sip: SipConfig = Field(default_factory=SipConfig, description="Signalling with phones and trunks.")
    guard: GuardConfig = Field(
        default_factory=GuardConfig, description="What one source may do, and whom nobody hears."
    )
    listeners: list[ListenerConfig] = Field(
        default_factory=list, description="Further addresses to listen on for SIP: IPv6, TLS, WebSocket."
    )
    connections: ConnectionsConfig = Field(
        default_factory=ConnectionsConfig, description="TCP, TLS and WebSocket connections of SIP."
    )
    stations: list[StationConfig] = Field(default_factory=list, description="Phones that may register.")
    access_codes: list[AccessCodeConfig] = Field(
        default_factory=list, description="Numbers customers dial (接入码), and what takes their calls."
    )
    trunks: list[TrunkConfig] = Field(
        default_factory=list, description="Carriers, session border controllers and gateways."
    )
    routes: list[RouteConfig] = Field(
        default_factory=list, description="Which trunks carry calls to which outside numbers."
    )
    areas: list[AreaConfig] = Field(
        default_factory=list, description="Areas callers are in, by landing code (落地码)."
    )
    numbering: NumberingConfig = Field(
        default_factory=NumberingConfig, description="The country and area the switch stands in."
    )
    dns: DnsConfig = Field(
        default_factory=DnsConfig, description="How names of trunks are looked up, ahead of the calls."
    )
    dialling: DiallingConfig = Field(
        default_factory=DiallingConfig, description="Calls that go straight to a phone."
    )
    media: MediaConfig = Field(default_factory=MediaConfig, description="Audio: ports and prompts.")
    tones: TonesConfig = Field(
        default_factory=TonesConfig, description="Call progress tones; each is a prompt, such as tone:busy."
    )
    speech: SpeechConfig = Field(
        default_factory=SpeechConfig, description="Speech made from text (TTS), and the engines that say it."
    )
    feature_codes: FeatureCodesConfig = Field(
        default_factory=FeatureCodesConfig, description="What agents do from the keys of their phones."
    )
    prompt_recording: PromptRecordingConfig = Field(
        default_factory=PromptRecordingConfig, description="Prompts recorded by phone (电话录制提示音)."
    )
    mrcp: MrcpConfig = Field(
        default_factory=MrcpConfig, description="Speech servers: text-to-speech and speech recognition."
    )
    recordings: RecordingsConfig = Field(
        default_factory=RecordingsConfig, description="Where recordings are kept."
    )
    second_tier: SecondTierConfig = Field(
        default_factory=SecondTierConfig, description="Where recordings go when they are over."
    )
    calendars: list[CalendarConfig] = Field(
        default_factory=list, description="Opening hours, exceptions and holidays, for queues and flows."
    )
    message_boxes: list[MessageBoxConfig] = Field(
        default_factory=list, description="Where callers leave voice messages (语音留言)."
    )
    acd: AcdConfig = Field(default_factory=AcdConfig, description="What holds for all queues.")
    number_lists: list[NumberListConfig] = Field(
        default_factory=list, description="Lists of customers' numbers: VIP, sensitive, white, black."
    )
    lookups: list[LookupConfig] = Field(
        default_factory=list, description="Services that flows ask over HTTP, such as a billing system."
    )
    tenants: TenantsConfig = Field(
        default_factory=TenantsConfig, description="Virtual call centres in this switch, each with a file."
    )
    queues: list[QueueConfig] = Field(default_factory=list, description="Queues (技能队列) of the ACD.")
    agents: list[AgentConfig] = Field(default_factory=list, description="Agents (坐席) and their queues.")
    alarms: list[AlarmConfig] = Field(
        default_factory=list, description="Figures with thresholds (告警), and who is told."
    )
    provisioning: ProvisioningConfig = Field(
        default_factory=ProvisioningConfig,
        description="What `ringmain stations provision` writes.",
    )
    ivr: IvrConfig = Field(default_factory=IvrConfig, description="Flows that callers are led through.")
    control: ControlConfig = Field(
        default_factory=ControlConfig, description="The socket that steers the switch."
    )
    tokens: list[TokenConfig] = Field(
        default_factory=list, description="Who may steer the switch, and how far: secrets of clients."
    )
    records: RecordsConfig = Field(default_factory=RecordsConfig, description="Journal and database.")
    http: HttpConfig = Field(default_factory=HttpConfig, description="Metrics and health over HTTP.")
    trace: TraceConfig = Field(default_factory=TraceConfig, description="SIP messages kept as pcap files.")
    versions: VersionsConfig = Field(
        default_factory=VersionsConfig, description="Versions of the configuration, to go back to."
    )
    log: LogConfig = Field(default_factory=LogConfig, description="What is logged, and how.")

    @property
    def access(self) -> Access:
        """What this machine has to read recordings with."""
        return Access(identity=self.recordings.identity, tier=self.second_tier)


class TenantFile(Section):
    """A tenant's own file: what a call centre has, in its own names, as in the main file."""

    tenant: TenantConfig = Field(default_factory=TenantConfig, description="The tenant itself.")
    stations: list[StationConfig] = Field(default_factory=list, description="Phones that may register.")
    access_codes: list[AccessCodeConfig] = Field(
        default_factory=list, description="Numbers customers dial, which no other tenant has."
    )
    calendars: list[CalendarConfig] = Field(default_factory=list, description="Opening hours and holidays.")
    message_boxes: list[MessageBoxConfig] = Field(
        default_factory=list, description="Where callers leave voice messages."
    )
    number_lists: list[NumberListConfig] = Field(
        default_factory=list, description="Lists of its customers' numbers."
    )
    lookups: list[LookupConfig] = Field(
        default_factory=list, description="Services that its flows ask over HTTP."
    )
    queues: list[QueueConfig] = Field(default_factory=list, description="Its queues.")
    agents: list[AgentConfig] = Field(default_factory=list, description="Its agents and their queues.")
    alarms: list[AlarmConfig] = Field(
        default_factory=list, description="Figures of its queues and agents with thresholds."
    )
    tokens: list[TokenConfig] = Field(default_factory=list, description="Who may steer this tenant.")


CENTRE_SECTIONS = tuple(name for name in TenantFile.model_fields if name in Configuration.model_fields)
"""What makes a call centre, the house's own or a tenant's."""
