import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.authentication.digest import Algorithm, Credentials, ha1, make_challenge, response
from switch.sip.errors import SipSyntaxError
from tests.helpers.sip_messages import authorize

MUFASA = {
    "username": '"Mufasa"',
    "realm": '"http-auth@example.org"',
    "uri": '"/dir/index.html"',
    "nonce": '"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',
    "nc": "00000001",
    "cnonce": '"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"',
    "qop": "auth",
}
"""The published example of RFC 7616 §3.9.1; its password is ``Circle of Life``."""


def authorization(**changes: str | None) -> str:
    params = MUFASA | {"response": '"0"'} | changes
    return "Digest " + ", ".join(f"{name}={value}" for name, value in params.items() if value is not None)


@pytest.mark.parametrize(
    ("algorithm", "proof"),
    [
        (Algorithm.MD5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm.SHA_256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_published_example_is_proved(algorithm: Algorithm, proof: str) -> None:
    secret = ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life")
    credentials = Credentials.parse(authorization(algorithm=algorithm.value, response=f'"{proof}"'))
    assert credentials.proves(secret, "GET")
    assert not credentials.proves(secret, "POST")
    assert not credentials.proves(ha1(algorithm, "Mufasa", "http-auth@example.org", "circle of life"), "GET")


def test_published_example_of_sha_512_256_is_proved() -> None:
    """RFC 7616 §3.9.2 as erratum 4897 corrects it."""
    secret = ha1(Algorithm.SHA_512_256, "Jäsøn Doe", "api@example.org", "Secret, or not?")
    nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"
    cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
    proof = response(
        Algorithm.SHA_512_256, secret, "GET", "/doe.json", nonce, qop="auth", cnonce=cnonce, nc="00000001"
    )
    assert proof == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"


def test_published_example_without_qop_is_proved() -> None:
    """RFC 2617 §3.5 with the qop left out, as RFC 2069 phones compute it."""
    secret = ha1(Algorithm.MD5, "Mufasa", "testrealm@host.com", "Circle Of Life")
    proof = response(Algorithm.MD5, secret, "GET", "/dir/index.html", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
    assert proof == "670fd8c2df070c60b045671b8b24ff02"


@pytest.mark.parametrize(
    "changes",
    [
        {"username": None},
        {"response": None},
        {"nonce": None},
        {"algorithm": "SHA-1"},
        {"algorithm": "MD5-sess"},
        {"qop": "auth-int"},
        {"nc": None},
        {"nc": "1"},
        {"nc": "0000000g"},
        {"cnonce": None},
    ],
    ids=str,
)
def test_unusable_credentials_are_refused(changes: dict[str, str | None]) -> None:
    with pytest.raises(SipSyntaxError) as caught:
        Credentials.parse(authorization(**changes))
    assert caught.value.status == 400


def test_other_authorization_scheme_is_refused() -> None:
    with pytest.raises(SipSyntaxError, match="expected Digest"):
        Credentials.parse("Bearer token=x")


def test_algorithm_is_md5_when_none_is_named() -> None:
    assert Credentials.parse(authorization()).algorithm is Algorithm.MD5
    assert Credentials.parse(authorization(algorithm="sha-256")).algorithm is Algorithm.SHA_256


def test_nonce_count_is_hexadecimal_and_absent_without_qop() -> None:
    assert Credentials.parse(authorization(nc="0000001F")).nonce_count == 31
    assert Credentials.parse(authorization(qop=None)).nonce_count is None


def test_proof_in_capitals_is_taken_and_junk_is_not() -> None:
    secret = ha1(Algorithm.MD5, "Mufasa", "http-auth@example.org", "Circle of Life")
    capitals = Credentials.parse(authorization(response='"8CA523F5E9506FED4657C9700EEBDBEC"'))
    assert capitals.proves(secret, "GET")
    assert not Credentials.parse(authorization(response='"停电"')).proves(secret, "GET")


@given(
    algorithm=st.sampled_from(Algorithm),
    user=st.text(min_size=1).filter(lambda text: not set(text) & set("\r\n")),
    password=st.text(),
    count=st.integers(1, 2**32 - 1),
    stale=st.booleans(),
)
def test_who_answers_the_challenge_with_the_password_is_proved(
    algorithm: Algorithm, user: str, password: str, count: int, stale: bool
) -> None:
    challenge = make_challenge("ringmain", "n-1", algorithm, stale)
    value = authorize(
        challenge, user=user, password=password, method="REGISTER", uri="sip:r", cnonce="c", count=count
    )
    credentials = Credentials.parse(value)
    assert (credentials.username, credentials.nonce, credentials.nonce_count) == (user, "n-1", count)
    assert credentials.proves(ha1(algorithm, user, "ringmain", password), "REGISTER")
    assert not credentials.proves(ha1(algorithm, user, "ringmain", password + "x"), "REGISTER")


def test_credentials_of_a_phone_without_qop_are_proved() -> None:
    challenge = 'Digest realm="r", nonce="n"'
    value = authorize(challenge, user="u", password="p", method="BYE", uri="sip:r", cnonce="c")
    credentials = Credentials.parse(value)
    assert credentials.qop is None
    assert credentials.proves(ha1(Algorithm.MD5, "u", "r", "p"), "BYE")


def test_stale_is_said_only_when_it_is() -> None:
    assert "stale=true" in make_challenge("r", "n", Algorithm.MD5, stale=True)
    assert "stale" not in make_challenge("r", "n", Algorithm.MD5)
