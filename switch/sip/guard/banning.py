"""Who is banned, by the guard or by hand, and who is heard again."""

from runtime.driver import Handler
from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.sip.guard.bans import Ban, Bans
from switch.sip.guard.commands import TRUNKS, BanSource, LiftBan, TrustSources
from switch.sip.guard.config import GuardConfig
from switch.sip.guard.events import BanLifted, SourceBanned
from switch.sip.guard.networks import AccessLists, Standing, read_address
from switch.sip.guard.rates import KINDS_OF_RATES
from switch.sip.guard.sources import Source, Sources
from switch.sip.messages.text import printable


class Banning:
    """The sources with the bans they are under."""

    def __init__(self, config: GuardConfig) -> None:
        self._lists = AccessLists(config.allow, config.deny)
        self._bans = Bans(config)
        self.sources = Sources(config.max_sources, self._lists.source_key, self._meet)

    def routes(self) -> dict[type, Handler]:
        """The commands it serves."""
        return {BanSource: self._ban_by_hand, LiftBan: self._lift, TrustSources: self._trust}

    def all(self) -> list[Ban]:
        """Every ban, the newest first."""
        return self._bans.all()

    def __len__(self) -> int:
        return len(self._bans)

    def find(self, text: str) -> Ban:
        """The ban that a source is under. Raises UsageError when it is under none."""
        source = self._named(text)
        if source.ban is None:
            raise UsageError(f"{source.key} is not banned; ban.list names those that are")
        return source.ban

    def is_trunk(self, host: str) -> bool:
        """Whether calls of trunks come from this address."""
        return self._lists.belongs_to(TRUNKS, host)

    def ban(self, source: Source, reason: str, now: float) -> list[Event]:
        """Ban a source for as long as its past deserves."""
        source.ban = self._bans.begin(source.key, reason, now)
        return self._told_of(source.ban)

    def restore(self, ban: Ban) -> None:
        """Go on with a ban of an earlier run, unless its source is trusted by now."""
        source = self.sources.of(ban.source.partition("/")[0])
        if not source.is_trusted:
            ban.source = source.key
            self._bans.keep(ban)
            source.ban = ban

    def next_deadline(self) -> float | None:
        return self._bans.next_deadline()

    def wake(self, *, now: float) -> list[Event]:
        """End the ban whose time was over first."""
        ban = self._bans.expire(now)
        return [] if ban is None else [self._heard_again(ban, "expired")]

    def _meet(self, key: str) -> Source:
        standing = self._lists.standing(key)
        return Source(key, standing, None if standing is Standing.TRUSTED else self._bans.find(key))

    def _told_of(self, ban: Ban) -> list[Event]:
        lasts_s = None if ban.ends_at is None else round(ban.ends_at - ban.began_at, 3)
        outputs: list[Event] = [
            SourceBanned(source=ban.source, reason=ban.reason, duration_s=lasts_s, times=ban.times)
        ]
        surplus = self._bans.surplus()
        if surplus is not None:
            outputs.append(self._heard_again(surplus, "crowded out"))
        return outputs

    def _heard_again(self, ban: Ban, reason: str) -> Event:
        """With a clean slate: what it did before is what it was banned for."""
        source = self.sources.of(ban.source.partition("/")[0])
        source.ban = None
        source.spent = [0.0] * KINDS_OF_RATES
        return BanLifted(source=ban.source, reason=reason, dropped=ban.dropped)

    # -- by hand -------------------------------------------------------------------------------------

    def _ban_by_hand(self, command: BanSource, now: float) -> list[Event]:
        source = self._named(command.source)
        if source.is_trusted:
            raise UsageError(f"{source.key} is trusted (guard.allow, or a trunk's); it cannot be banned")
        ends_at = None if command.duration_s is None else now + command.duration_s
        reason = printable(command.reason)
        ban = Ban(source=source.key, reason=reason, began_at=now, ends_at=ends_at, times=1)
        self._bans.keep(ban)
        source.ban = ban
        return self._told_of(ban)

    def _lift(self, command: LiftBan, now: float) -> list[Event]:
        ban = self.find(command.source)
        self._bans.forgive(ban.source)
        return [self._heard_again(ban, "lifted")]

    def _named(self, text: str) -> Source:
        """The source that somebody means. Raises UsageError for what names none."""
        address = read_address(text)
        if address is None:
            raise UsageError(f"{text} is no source; name an IP address such as 192.0.2.1")
        source = self.sources.of(text.partition("/")[0])
        if "/" in text and text != source.key:
            raise UsageError(
                f"{text} is a network, and bans are of sources such as {source.key}; "
                "guard.deny is for networks"
            )
        if "%" in text:
            raise UsageError(f"{text} names a zone; {source.key} is one source, whatever link it comes by")
        return source

    def _trust(self, command: TrustSources, now: float) -> list[Event]:
        try:
            differs = self._lists.trust(command.owner, command.sources)
        except ValueError as error:
            raise UsageError(f"{command.owner} cannot be trusted: {error}") from error
        if not differs:
            return []
        self.sources.forget()
        trusted = [ban for ban in self._bans.all() if self._lists.standing(ban.source) is Standing.TRUSTED]
        for ban in trusted:
            self._bans.forgive(ban.source)
        return [self._heard_again(ban, "lifted") for ban in trusted]
