"""What the configuration says of calls, in the words of those parts of the switch that go by it."""

from cli.configuration.sections import Configuration
from media.config import RecordingsConfig, Srtp
from switch.config import policies_of
from switch.encryption import EncryptionRules
from switch.recording_beeps import RecordingBeep
from switch.recording_rule import RecordingPolicies, policy_of
from switch.sip.auto_answer import AutoAnswer


def encryption_of_stations(configuration: Configuration) -> tuple[dict[str, Srtp | None], list[str]]:
    """The rule of each station that has one, and the stations that are browsers."""
    stations = configuration.stations
    return {station.name: station.srtp for station in stations}, [s.name for s in stations if s.webrtc]


def auto_answers(configuration: Configuration) -> dict[str, AutoAnswer]:
    """By station: how its phone is told to answer by itself."""
    return {station.name: station.auto_answer for station in configuration.stations}


def data_headers(configuration: Configuration) -> dict[str, dict[str, str]]:
    """By station: the headers that carry call data, and what each is called there."""
    return {station.name: station.data_headers for station in configuration.stations}


def encryption_rules(configuration: Configuration, fingerprint: str) -> EncryptionRules:
    """Whose legs are encrypted; ``fingerprint``: of our certificate."""
    stations, web_stations = encryption_of_stations(configuration)
    return EncryptionRules(
        configuration.media.srtp,
        stations,
        {trunk.name: trunk.srtp for trunk in configuration.trunks},
        web_stations=web_stations,
        fingerprint=fingerprint,
    )


def recording_beep(recordings: RecordingsConfig) -> RecordingBeep:
    """What tells people that they are recorded, and whom."""
    heard_by = recordings.beep_heard_by
    return RecordingBeep(
        prompt=recordings.beep, for_customer=heard_by != "agent", for_agent=heard_by != "customer"
    )


def recording_policies(configuration: Configuration) -> RecordingPolicies:
    """Which calls are recorded, by the way they come."""
    dialling = configuration.dialling
    trunks = {
        trunk.name: policy
        for trunk in configuration.trunks
        if (policy := policy_of(trunk.record, trunk.record_share)) is not None
    }
    direct = policy_of(dialling.record, dialling.record_share)
    assert direct is not None, "it has a default"
    return RecordingPolicies(policies_of(configuration.access_codes), trunks, direct)
