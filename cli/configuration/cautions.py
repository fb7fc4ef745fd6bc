"""What is no mistake in a configuration, and yet seldom what was meant: told by ``ringmain check``."""

import stat
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from cli.configuration.addresses import find_strange_addresses
from cli.configuration.sections import Configuration
from cli.paths import shown_path
from media.config import Srtp
from runtime.problems import Finding, KeyPath
from runtime.target import Target, parse_target
from switch.dial_plan import STATION_SCHEME
from switch.sip.transport.certificates import untimely
from switch.sip.transport.config import SECURE, ListenerConfig, all_listeners

_OTHERS_READ = stat.S_IROTH


def find_cautions(configuration: Configuration, own_stations: int, now: datetime) -> list[Finding]:
    """``own_stations``: so many of the stations, the first ones, stand in the configuration's own file."""
    return [
        *_untimely_certificates(configuration, now),
        *find_strange_addresses(configuration),
        *_readable_keys(configuration, own_stations),
        *find_cautions_of_centre(configuration),
    ]


def find_cautions_of_centre(configuration: Configuration) -> list[Finding]:
    """The same in the sections that a tenant has too."""
    return [*_readable_tokens(configuration), *_hidden_stations(configuration)]


def _untimely_certificates(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    """A switch that is up must not go down over its certificate's end: so it is no mistake."""
    for path, certificate in _certificates(configuration):
        for found in untimely(certificate, now):
            yield Finding(
                path,
                f"a certificate that is good now and for some time; in {shown_path(certificate)} {found}",
            )


def _certificates(configuration: Configuration) -> Iterator[tuple[KeyPath, Path]]:
    """The switch's own; that of the first listener is shown to trunks, too."""
    for index, listener in enumerate(configuration.listeners):
        if listener.certificate is not None:
            yield ("listeners", index, "certificate"), listener.certificate
    for index, door in enumerate(configuration.control.listeners):
        if door.certificate is not None:
            yield ("control", "listeners", index, "certificate"), door.certificate
    if configuration.http.certificate is not None:
        yield ("http", "certificate"), configuration.http.certificate


def _hidden_stations(configuration: Configuration) -> Iterator[Finding]:
    """Who dials a number that is an access code gets what that leads to, whatever else has the number."""
    stations = {station.name for station in configuration.stations}
    for index, code in enumerate(configuration.access_codes):
        if code.number in stations and parse_target(code.target) != Target(STATION_SCHEME, code.number):
            expected = (
                f"a number that no station has: who dials {code.number} gets {code.target}, "
                f"and nobody can dial station {code.number}"
            )
            yield Finding(("access_codes", index, "number"), expected)


def _readable_keys(configuration: Configuration, own_stations: int) -> Iterator[Finding]:
    """Keys of SRTP stand in SDP (RFC 4568 §10.3): who reads the signalling can listen to the voice."""
    open_listeners = filter(_can_be_read, all_listeners(configuration.sip, configuration.listeners))
    listener = next(open_listeners, None)
    if listener is None:
        return
    place = f"{listener.transport} at {listener.host}:{listener.port}"
    expected = (
        f"listeners tls or wss only: whoever reads SIP on its way, as by {place}, finds the keys there and "
        "can listen, unless the phone agrees on them by DTLS"
    )
    for path in _requiring(configuration, own_stations):
        yield Finding(path, expected)


def _requiring(configuration: Configuration, own_stations: int) -> Iterator[KeyPath]:
    if configuration.media.srtp is Srtp.REQUIRED:
        yield ("media", "srtp")
    for index, station in enumerate(configuration.stations[:own_stations]):
        if station.srtp is Srtp.REQUIRED:
            yield ("stations", index, "srtp")
    for index, trunk in enumerate(configuration.trunks):
        if trunk.srtp is Srtp.REQUIRED:
            yield ("trunks", index, "srtp")


def _readable_tokens(configuration: Configuration) -> Iterator[Finding]:
    """A token is as good as a password: on its way to the service, and in its file."""
    for index, lookup in enumerate(configuration.lookups):
        if lookup.token_file is None:
            continue
        if not lookup.is_encrypted and not _is_loopback(lookup.host):
            yield Finding(("lookups", index, "url"), "https: whoever reads the way there reads the token")
        if lookup.token_file.stat().st_mode & _OTHERS_READ:
            expected = "a file that not everybody on this machine can read (chmod o-r)"
            yield Finding(("lookups", index, "token_file"), expected)


def _can_be_read(listener: ListenerConfig) -> bool:
    return listener.transport not in SECURE and not _is_loopback(listener.host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
