"""What ``ringmain stations provision`` reads of the configuration, and how it writes."""

import os
from pathlib import Path

from cli.configuration.sections import Configuration
from switch.provisioning.stations import PhoneBook

_ONLY_OURS = 0o600


def phone_book(configuration: Configuration) -> PhoneBook:
    """An agent's name stands for the station of the same number."""
    people = {agent.id: agent.name for agent in configuration.agents if agent.name}
    media = configuration.media
    return PhoneBook(
        configuration.provisioning,
        configuration.sip,
        configuration.stations,
        people,
        media.codecs,
        media.srtp,
    )


def write_private(path: Path, text: str) -> None:
    """Readable for nobody else from its first octet on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OURS)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
