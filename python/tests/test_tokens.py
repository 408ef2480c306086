"""Tokens minted here, at the door of the real server."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from media_server import bitbasel, media_server

from bitbasel_media import MediaServerClient, NotAuthorized
from bitbasel_media.tokens import Algorithm, Caps, Grant, TokenMinter


@pytest.fixture
def minter(secret: str) -> TokenMinter:
    """Mint with the guarded server's own secret."""
    return TokenMinter(secret)


def claims(token: str, secret: str) -> dict[str, object]:
    return dict(jwt.decode(token, secret, algorithms=["HS256"]))


def test_claims_are_those_of_the_servers_own_command(minter: TokenMinter, secret: str) -> None:
    flags = ["--room=stage", "--role=host", "--user=eve", "--max-height=720"]
    theirs = claims(bitbasel(["token", *flags], {"BITBASEL_AUTH_SECRET": secret}), secret)
    caps: Caps = {"max_height": 720}
    ours = claims(minter.for_host("stage", "eve", caps=caps), secret)
    # Ours are revoked by user, so that a kicked one does not come back with a new token.
    assert set(theirs) - set(ours) == {"jti"}
    for name in ("room", "grants", "sub", "caps"):
        assert ours[name] == theirs[name]
    assert (int(str(ours["exp"])) - int(str(ours["iat"]))) == 3600
    assert claims(minter.mint("stage", ["watch"], token_id="x"), secret)["jti"] == "x"


async def test_a_token_opens_its_room_and_no_other(
    minter: TokenMinter, guarded_server_url: str
) -> None:
    async with MediaServerClient(guarded_server_url, token=minter.for_manager) as manager:
        await manager.open_room("stage", owner="eve")
        viewer = manager.with_options(token=minter.for_viewer("stage", "ben"))
        assert (await viewer.get_room("stage"))["owner"] == "eve"
        for room_id in ("other", "stag", "stage2"):
            with pytest.raises(NotAuthorized) as refused:
                await viewer.get_room(room_id)
            assert (refused.value.status, refused.value.code) == (403, "forbidden")
        # To watch is neither to publish nor to manage.
        for attempt in (viewer.start_livestream("ben", room_id="stage"), viewer.stop_room("stage")):
            with pytest.raises(NotAuthorized, match="403 forbidden"):
                await attempt
        host = manager.with_options(token=minter.for_host("stage", "eve"))
        assert (await host.start_livestream("eve", room_id="stage"))["type"] == "offer"
        with pytest.raises(NotAuthorized, match="another user"):
            await host.start_livestream("mallory", room_id="stage")
        await manager.stop_room("stage")


async def test_patterns_fit_several_rooms(minter: TokenMinter, guarded_server_url: str) -> None:
    token = minter.mint("show-*", ["manage"])
    async with MediaServerClient(guarded_server_url, token=token) as client:
        await client.open_room("show-1")
        await client.stop_room("show-1")
        with pytest.raises(NotAuthorized):
            await client.open_room("other")


@pytest.mark.parametrize("role", ["host", "viewer", "manager"])
async def test_expired_and_forged_tokens_are_refused(
    minter: TokenMinter, guarded_server_url: str, role: str
) -> None:
    grants: dict[str, list[Grant]] = {
        "host": ["publish"],
        "viewer": ["watch"],
        "manager": ["manage"],
    }
    # The server allows clocks to differ by five seconds.
    old = minter.mint("*", grants[role], ttl_s=60, now=time.time() - 70)
    forged = TokenMinter("another secret, just as long as the other").mint("*", grants[role])
    async with MediaServerClient(guarded_server_url) as client:
        for token, code in ((old, "token_expired"), (forged, "invalid_token")):
            with pytest.raises(NotAuthorized) as refused:
                await client.with_options(token=token).get_room("stage")
            assert (refused.value.status, refused.value.code) == (401, code)


KEYS: dict[str, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


@pytest.fixture(params=["RS256", "ES256", "EdDSA"])
def keyed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, TokenMinter]]:
    """Run a server that has the public half of a key, and mint with the private one."""
    algorithm: Algorithm = request.param
    key = KEYS[algorithm]
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "public.pem").write_bytes(public)
    names = {"issuer": "backend", "audience": "media"}
    settings = {"auth.key_file": "public.pem"} | {f"auth.{name}": to for name, to in names.items()}
    with media_server(tmp_path, settings) as url:
        yield url, TokenMinter(pem.decode(), algorithm=algorithm, key_id="1", **names)


async def test_keys_in_place_of_a_secret(keyed: tuple[str, TokenMinter]) -> None:
    url, minter = keyed
    async with MediaServerClient(url, token=minter.for_manager) as client:
        await client.open_room("stage")
        # A shared secret is not taken there, least of all the public key as one.
        for key in ("a secret that is long enough for all", "public.pem " * 4):
            with pytest.raises(NotAuthorized, match="401 invalid_token"):
                await client.with_options(token=TokenMinter(key).for_manager()).get_room("stage")


def test_what_the_server_would_refuse_is_not_minted(minter: TokenMinter) -> None:
    with pytest.raises(ValueError, match="32 characters"):
        TokenMinter("short")
    for room in ("", "a/b", "a b", "x" * 129, "stage\n"):
        with pytest.raises(ValueError, match="no room id"):
            minter.for_viewer(room)
    with pytest.raises(ValueError, match="user id"):
        minter.for_host("stage", "eve\n")
    with pytest.raises(ValueError, match="grants"):
        minter.mint("stage", [])
    bad: list[Caps] = [{"max_height": 0}, json.loads('{"max_width": 1}')]
    for caps in bad:
        with pytest.raises(ValueError, match="cap"):
            minter.for_viewer("stage", caps=caps)


async def test_the_shared_client_makes_its_own(
    guarded_server_url: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bitbasel_media import get_media_server_client

    monkeypatch.setenv("MEDIA_SERVER_URL", guarded_server_url)
    monkeypatch.setenv("MEDIA_SERVER_SECRET", secret)
    get_media_server_client.cache_clear()
    client = get_media_server_client()
    room_id = await client.create_room("post of the shared client", "eve")
    await client.stop_room(room_id)
    await client.aclose()
    get_media_server_client.cache_clear()


async def test_a_join_by_whep_needs_the_rooms_token(
    minter: TokenMinter, guarded_server_url: str
) -> None:
    headers = {"Content-Type": "application/sdp"}
    async with httpx.AsyncClient(base_url=guarded_server_url, headers=headers) as http:
        for token, status in (
            (minter.for_viewer("nowhere"), 404),
            (minter.for_viewer("other"), 403),
            ("nonsense", 401),
        ):
            answer = await http.post(
                "/whep/nowhere", content="v=0", headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == status, answer.text
