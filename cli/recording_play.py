"""``ringmain recordings play``: through the loudspeaker of this machine, or by phone."""

import re
import shutil
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import soundfile
import typer
from rich.markup import escape

from cli.options import ConfigOption, SocketOption, ask, configuration, own_name
from cli.output import print_line
from cli.recording_files import open_recording
from media.recordings.conversion import Channels, chosen
from media.recordings.wav import RecordingError
from runtime.errors import UsageError
from switch.records.queries import RecordReader

_PIECE_FRAMES = 4000
_PLAYERS = {
    "play": "play -q -t raw -e signed -b 16 -L -r {rate} -c {channels} -",
    "paplay": "paplay --raw --format=s16le --rate={rate} --channels={channels}",
    "pw-play": "pw-play --format=s16 --rate={rate} --channels={channels} -",
    "aplay": "aplay -q -t raw -f S16_LE -r {rate} -c {channels}",
}
"""Programs that play raw samples from standard input, the likeliest to find the right device first."""
_PLACE = re.compile(r"(?:(?:([0-9]+):)?([0-9]+):)?([0-9]+(?:\.[0-9]+)?)")


class Heard(StrEnum):
    """Whom to listen to."""

    BOTH = "both"
    CUSTOMER = "customer"
    AGENT = "agent"


_CHANNELS = {Heard.BOTH: Channels.STEREO, Heard.CUSTOMER: Channels.CUSTOMER, Heard.AGENT: Channels.AGENT}


def play(
    recording_id: Annotated[str, typer.Argument(help="The recording's id, or its beginning.")],
    channel: Annotated[Heard, typer.Option(help="Whom to listen to.")] = Heard.BOTH,
    place: Annotated[str, typer.Option("--from", help="Where to begin: seconds, 1:30 or 1:02:30.")] = "0",
    station: Annotated[
        str | None, typer.Option(help="Call this station and play it there, steered by the phone's keys.")
    ] = None,
    who: Annotated[str | None, typer.Option(help="Who listens at the station; by default you.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
) -> None:
    """Play a recording on this machine until Ctrl-C, or on the phone of a station."""
    begin_s = _seconds(place)
    if station is not None:
        listener = own_name() if who is None else who
        params = {"channel": channel.value, "from_s": begin_s, "who": listener}
        ask(socket, config, "recording.play", recording_id=recording_id, station=station, **params)
        print_line(f"station {escape(station)} is called; keys: 4 back, 6 on, 5 pause, 0 from the beginning")
        return
    settings = configuration(config)
    row = RecordReader(settings.records).recording(recording_id)
    with open_recording(row, settings) as recording:
        try:
            play_file(recording.path, _CHANNELS[channel], begin_s)
        except KeyboardInterrupt:
            raise typer.Exit from None


def play_file(path: Path, channels: Channels, begin_s: float) -> None:
    """Pass the sound to a player piece by piece. Raises RecordingError, UsageError when none can play it."""
    try:
        with soundfile.SoundFile(path) as sound:
            sound.seek(min(sound.frames, round(begin_s * sound.samplerate)))
            command = _player(sound.samplerate, 2 if channels is Channels.STEREO else 1)
            with subprocess.Popen(command, stdin=subprocess.PIPE) as player:
                _pass_on(sound, channels, player)
    except (OSError, soundfile.LibsndfileError) as error:
        raise RecordingError(f"{path} cannot be played: {error}") from error
    if player.returncode:
        raise UsageError(f"{command[0]} could not play it; is there a loudspeaker?")


def _pass_on(sound: soundfile.SoundFile, channels: Channels, player: "subprocess.Popen[bytes]") -> None:
    assert player.stdin is not None
    try:
        while len(piece := sound.read(_PIECE_FRAMES, dtype="int16", always_2d=True)):
            player.stdin.write(chosen(piece, channels).astype("<i2").tobytes())
        player.stdin.close()
    except BrokenPipeError:
        pass  # it ended by itself, and its exit code says why


def _player(rate_hz: int, channels: int) -> list[str]:
    for name, command in _PLAYERS.items():
        if shutil.which(name):
            return command.format(rate=rate_hz, channels=channels).split()
    raise UsageError(
        "no program to play sound is installed; apt install sox, "
        "or listen in a browser: `ringmain recordings link`"
    )


def _seconds(place: str) -> float:
    match = _PLACE.fullmatch(place)
    if match is None:
        raise typer.BadParameter(
            f"{place!r} is no place; expected such as 90, 1:30 or 1:02:30", param_hint="--from"
        )
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
