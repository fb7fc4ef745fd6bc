"""What is no mistake in a configuration, and yet seldom what was meant: told by ``ringmain check``."""

import stat
from collections.abc import Iterator
from ipaddress import ip_address

from cli.configuration.sections import Configuration
from media.config import Srtp
from runtime.problems import Finding, KeyPath
from switch.sip.transport.config import SECURE, ListenerConfig, all_listeners

_OTHERS_READ = stat.S_IROTH


def find_cautions(configuration: Configuration, own_stations: int) -> list[Finding]:
    """``own_stations``: so many of the stations, the first ones, stand in the configuration's own file."""
    return [*_readable_keys(configuration, own_stations), *_readable_tokens(configuration)]


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
