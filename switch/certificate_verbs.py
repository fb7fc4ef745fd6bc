"""The verb that renews certificates, which a signal can ask for too."""

from collections.abc import Callable
from datetime import UTC, datetime

from runtime.errors import UsageError
from runtime.models import Answer, NoParams
from runtime.vocabulary import Event
from switch.application import Verb
from switch.roles import OPERATORS
from switch.sip.transport.certificates import Certificates
from switch.sip.transport.events import CertificatesReloaded, CertificatesUnusable


class CertificatesView(Answer):
    """The files that were read."""

    certificates: list[str]
    cautions: list[str]
    """Which certificates in them are over, nearly over, or not good yet."""


class CertificateVerbs:
    """``sip.reload_certificates``."""

    def __init__(
        self, certificates: Certificates, submit: Callable[[Event], None], wall: Callable[[], float]
    ) -> None:
        self._certificates = certificates
        self._submit = submit
        self._wall = wall

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "sip.reload_certificates",
                NoParams,
                self.reload,
                "Read the certificates of TLS anew; those of now stay when the new ones are no good.",
                who=OPERATORS,
            ),
        )

    def reload(self, params: NoParams | None = None) -> CertificatesView:
        """Raises UsageError when nothing was changed."""
        try:
            self._certificates.load()
        except UsageError as error:
            self._submit(CertificatesUnusable(reason=str(error)))
            raise UsageError(f"the certificates stay as they are: {error}") from error
        files = self._certificates.files
        self._submit(CertificatesReloaded(certificates=files))
        now = datetime.fromtimestamp(self._wall(), UTC)
        return {"certificates": list(files), "cautions": self._certificates.untimely(now)}
