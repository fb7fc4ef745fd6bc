import pytest

from runtime.ids import SeededIds
from switch.sip.authentication.client_authentication import (
    Account,
    ClientAuthentication,
    ClientAuthentications,
)
from switch.sip.authentication.digest import Algorithm, Credentials, ha1
from switch.sip.hop import Hop
from switch.sip.messages.header_values import parse_auth
from switch.sip.messages.message import Headers, Request, Response

ACCOUNT = Account("ringmain", "secret")
URI = "sip:95598@192.0.2.1"


def request() -> Request:
    return Request("INVITE", URI, Headers({"cseq": ["1 INVITE"]}))


def challenge(realm: str = "carrier", nonce: str = "n1", **params: str) -> str:
    asked = {"realm": realm, "nonce": nonce, **params}
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in asked.items())


def refusal(*challenges: str, status: int = 401) -> Response:
    header = "www-authenticate" if status == 401 else "proxy-authenticate"
    return Response(status, "", Headers({header: list(challenges)}))


def proofs(asked: Request, header: str = "authorization") -> list[Credentials]:
    return [Credentials.parse(value) for value in asked.headers.get_all(header)]


def new() -> ClientAuthentication:
    return ClientAuthentication(ACCOUNT, SeededIds(1))


def proves(credentials: Credentials, password: str = "secret") -> bool:
    secret = ha1(credentials.algorithm, "ringmain", credentials.realm, password)
    return credentials.proves(secret, "INVITE")


def test_nothing_is_proved_before_it_is_asked_for() -> None:
    asked = request()
    new().put_on(asked)
    assert asked == request()


@pytest.mark.parametrize("algorithm", list(Algorithm))
@pytest.mark.parametrize("qop", ["auth", "auth-int, auth", None])
def test_a_challenge_is_answered_in_its_algorithm_with_and_without_qop(
    algorithm: Algorithm, qop: str | None
) -> None:
    known, again = new(), request()
    params = {"qop": qop} if qop else {}
    assert known.take(request(), refusal(challenge(algorithm=algorithm, **params)))
    known.put_on(again)
    (proof,) = proofs(again)
    assert proves(proof)
    assert not proves(proof, "guess")
    assert (proof.algorithm, proof.uri, proof.username) == (algorithm, URI, "ringmain")
    assert proof.qop == ("auth" if qop else None)


def test_a_challenge_without_algorithm_is_answered_by_md5_and_without_naming_it() -> None:
    known, again = new(), request()
    assert known.take(request(), refusal(challenge()))
    known.put_on(again)
    assert proves(proofs(again)[0])
    assert "algorithm" not in parse_auth(again.headers.get("authorization") or "")[1]


def test_opaque_is_given_back() -> None:
    known, again = new(), request()
    known.take(request(), refusal(challenge(opaque=r"x\"y")))
    known.put_on(again)
    assert parse_auth(again.headers.get("authorization") or "")[1]["opaque"] == 'x"y'


class _KnownIds(SeededIds):
    def token(self) -> str:
        return "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_rfc_7616_is_answered_as_printed_there(algorithm: str, expected: str) -> None:
    known = ClientAuthentication(Account("Mufasa", "Circle of Life"), _KnownIds())
    nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    asked = Request("GET", "/dir/index.html")
    known.take(
        asked,
        refusal(challenge("http-auth@example.org", nonce, qop="auth, auth-int", algorithm=algorithm)),
    )
    known.put_on(asked)
    assert proofs(asked)[0].response == expected


def test_of_several_challenges_the_strongest_we_know_is_answered_once() -> None:
    known, again = new(), request()
    offered = [
        challenge(algorithm="MD5", qop="auth"),
        challenge(algorithm="SHA-256", qop="auth"),
        challenge(algorithm="SHA-999", qop="auth"),
        "Bearer realm=carrier",
    ]
    assert known.take(request(), refusal(*offered))
    known.put_on(again)
    assert [proof.algorithm for proof in proofs(again)] == [Algorithm.SHA_256]


@pytest.mark.parametrize(
    "useless",
    [
        challenge(algorithm="MD5-sess"),
        challenge(qop="auth-int"),
        'Digest realm="carrier"',
        'Digest nonce="n"',
        "Basic realm=carrier",
        "Digest =,",
        "",
    ],
)
def test_a_challenge_that_cannot_be_answered_is_not(useless: str) -> None:
    known = new()
    assert not known.take(request(), refusal(useless))
    again = request()
    known.put_on(again)
    assert again == request()


def test_a_server_and_a_proxy_are_both_proved_to() -> None:
    known, again = new(), request()
    assert known.take(request(), refusal(challenge("proxy", qop="auth"), status=407))
    known.put_on(again)
    assert known.take(again, refusal(challenge("server", qop="auth")))
    last = request()
    known.put_on(last)
    assert [proof.realm for proof in proofs(last)] == ["server"]
    assert [proof.realm for proof in proofs(last, "proxy-authorization")] == ["proxy"]


def test_a_nonce_is_used_again_with_a_rising_count() -> None:
    known = new()
    known.take(request(), refusal(challenge(qop="auth")))
    counts = []
    for _ in range(3):
        asked = request()
        known.put_on(asked)
        counts.append(proofs(asked)[0].nc)
    assert counts == ["00000001", "00000002", "00000003"]


def test_a_nonce_without_count_is_used_once() -> None:
    known, first, second = new(), request(), request()
    known.take(request(), refusal(challenge()))
    known.put_on(first)
    known.put_on(second)
    assert (len(proofs(first)), len(proofs(second))) == (1, 0)


@pytest.mark.parametrize("params", [{}, {"qop": "auth"}, {"qop": "auth", "stale": "false"}])
def test_a_password_refused_at_the_first_use_of_a_challenge_is_wrong(params: dict[str, str]) -> None:
    known, again = new(), request()
    known.take(request(), refusal(challenge(**params)))
    known.put_on(again)
    assert not known.take(again, refusal(challenge(nonce="n2", **params)))


def test_a_nonce_of_another_server_is_replaced_when_only_that_is_wrong() -> None:
    known, again = new(), request()
    known.take(request(), refusal(challenge(qop="auth")))
    known.put_on(again)
    assert known.take(again, refusal(challenge(nonce="n2", qop="auth", stale="TRUE")))
    known.put_on(again)
    assert [(proof.nonce, proof.nc) for proof in proofs(again)] == [("n2", "00000001")]


def test_a_nonce_that_has_grown_old_is_replaced_said_or_not() -> None:
    known = new()
    known.take(request(), refusal(challenge(qop="auth")))
    known.put_on(request())
    old = request()
    known.put_on(old)
    assert known.take(old, refusal(challenge(nonce="n2", qop="auth")))
    again = request()
    known.put_on(again)
    assert [(proof.nonce, proof.nc) for proof in proofs(again)] == [("n2", "00000001")]


def test_a_neighbour_that_asks_in_ever_new_realms_is_given_up() -> None:
    known, asked = new(), request()
    rounds = 0
    while known.take(asked, refusal(challenge(realm=f"realm{rounds}", qop="auth"))):
        rounds += 1
        assert rounds < 10
        asked = request()
        known.put_on(asked)
    assert rounds == 4


def test_what_a_neighbour_asked_is_remembered_by_account_and_address() -> None:
    known = ClientAuthentications(SeededIds(1))
    here, there = Hop("udp", "192.0.2.1", 5060), Hop("udp", "192.0.2.2", 5060)
    assert known.of(ACCOUNT, here) is known.of(Account("ringmain", "secret"), here)
    assert known.of(ACCOUNT, here) is not known.of(ACCOUNT, there)
    assert known.of(ACCOUNT, here) is not known.of(Account("other", "secret"), here)


def test_neighbours_are_forgotten_when_there_are_too_many() -> None:
    known = ClientAuthentications(SeededIds(1))
    first = known.of(ACCOUNT, Hop("udp", "192.0.2.1", 1))
    for port in range(2, 1026):
        known.of(ACCOUNT, Hop("udp", "192.0.2.1", port))
    assert known.of(ACCOUNT, Hop("udp", "192.0.2.1", 1)) is not first


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(ACCOUNT)
