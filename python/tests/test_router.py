"""The livestream router in an application of its own: users, rules, and a media server's errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any

import httpx
import jwt
import pytest
from eventually import eventually
from fastapi import FastAPI, Header, HTTPException
from scripted_server import HANG_UP, answer, problem, scripted_server
from webrtc_peer import accept, answer_to_publish, first_frame, offer_to_watch, peer

from bitbasel_media import MediaServerClient, RetryPolicy
from bitbasel_media.fastapi import answer_media_server_error, livestream_router
from bitbasel_media.fastapi.rooms import UserRooms, room_id_of
from bitbasel_media.models import RoomInfo
from bitbasel_media.tokens import TokenMinter

OFFER = {"sdp": "v=0"}
GUESTS = {"eve": {"ben", "Ünal K."}, "Ünal K.": {"ben"}, "nobody": {"ben"}}


def named(header: str) -> str:
    """Read a user's name, percent-encoded since headers are ASCII."""
    return httpx.QueryParams(f"user={header}")["user"]


def current_user(x_user: Annotated[str | None, Header()] = None) -> str:
    """Take whoever the header names: a stand-in for a real sign-in."""
    if x_user is None:
        raise HTTPException(401, "Who are you?")
    return named(x_user)


def may_watch(user_id: str, x_user: Annotated[str, Header()]) -> bool:
    return named(x_user) in GUESTS.get(user_id, set())


@asynccontextmanager
async def application(
    url: str, minter: TokenMinter | None = None, **options: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Run an application with the router, and yield a client of it."""
    token = None if minter is None else minter.for_manager
    retry = RetryPolicy(retries=1, first_wait_s=0)
    async with MediaServerClient(url, token=token, retry=retry) as media:
        app = FastAPI()
        router = livestream_router(
            current_user=current_user,
            may_watch=may_watch,
            media_server=lambda: media,
            minter=minter,
            **options,
        )
        app.include_router(router)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://backend") as http:
            yield http


async def call(
    http: httpx.AsyncClient, user: str, path: str, body: object = None
) -> httpx.Response:
    encoded = str(httpx.QueryParams({"u": user}))[2:]
    return await http.post(f"/livestream{path}", json=body, headers={"X-User": encoded})


async def test_a_user_without_a_post_has_a_room_of_its_own(
    guarded_server_url: str, secret: str
) -> None:
    minter = TokenMinter(secret)
    caps = {"max_height": 360}
    options = {"public_url": "https://media.example/", "viewer_caps": caps, "token_ttl_s": 60}
    async with application(guarded_server_url, minter, **options) as http:
        # Such an id cannot stand in a URL: its room has another.
        for user, room_id in (("eve", "eve"), ("Ünal K.", room_id_of("Ünal K."))):
            started = (await call(http, user, "/start", {})).json()
            assert (started["room_id"], started["type"]) == (room_id, "offer")
            assert started["server_url"] == "https://media.example"
            assert started["resource_url"].startswith("https://media.example/whip/sessions/")
            claims = jwt.decode(started["token"], secret, algorithms=["HS256"])
            assert (claims["room"], claims["sub"]) == (room_id, user)
            assert claims["grants"] == ["publish", "watch"]
            joined = await call(http, "ben", f"/{user}/join", {"sdk": True})
            claims = jwt.decode(joined.json()["token"], secret, algorithms=["HS256"])
            assert (claims["room"], claims["sub"], claims["caps"]) == (room_id, "ben", caps)
            assert (claims["grants"], claims["exp"] - claims["iat"]) == (["watch"], 60)
            ended = await call(http, user, "/end", {"room_id": room_id})
            assert ended.json() == {"status": "stopped", "room_id": room_id}


async def test_a_server_without_tokens_needs_none(server_url: str) -> None:
    async with application(server_url) as http:
        started = (await call(http, "eve", "/start", {"post_id": "p", "sdk": True})).json()
        assert started == {
            "room_id": started["room_id"],
            "post_id": "p",
            "server_url": server_url,
            "token": None,
        }
        assert (await call(http, "eve", "/end")).status_code == 200


async def test_nobody_comes_in_unless_the_rule_says_yes(server_url: str) -> None:
    async with application(server_url) as http:
        await call(http, "eve", "/start", {"sdk": True})
        for user in ("mallory", "eve"):
            assert (await call(http, user, "/eve/join", {"sdk": True})).status_code == 403
        assert (await http.post("/livestream/eve/join", json=OFFER)).status_code in (401, 422)
        assert (await http.post("/livestream/start", json={})).status_code == 401
        assert (await http.post("/livestream/end")).status_code == 401
        assert (await http.post("/livestream/answer", json={})).status_code == 401
        # Whose room it is, others are not told.
        assert (await call(http, "mallory", "/end", {"room_id": "eve"})).status_code == 404
        assert (await call(http, "ben", "/nobody/join", OFFER)).status_code == 404
        assert (await call(http, "eve", "/end")).status_code == 200


async def test_a_rule_that_forgets_to_answer_lets_nobody_in(server_url: str) -> None:
    def forgetful() -> None:
        return None

    async with application(server_url, may_start=forgetful) as http:
        assert (await call(http, "eve", "/start", {"sdk": True})).status_code == 403


@pytest.mark.parametrize(
    ("given", "status", "code", "retry_after"),
    [
        (HANG_UP, 503, "media_server_unavailable", "5"),
        (problem("503 X", "room_full", "Retry-After: 7", retryable=True), 503, "room_full", "7"),
        (problem("503 X", "server_full", retryable=True), 503, "server_full", "5"),
        (
            problem("429 X", "rate_limited", "Retry-After: 9", retryable=True),
            503,
            "rate_limited",
            "9",
        ),
        (problem("409 X", "not_live", "Retry-After: 2", retryable=True), 409, "not_live", "2"),
        (problem("409 X", "host_exists"), 409, "host_exists", None),
        (problem("400 X", "malformed_sdp"), 400, "malformed_sdp", None),
        (problem("404 X", "room_not_found"), 404, "room_not_found", None),
        # These are between the backend and the media server.
        (problem("401 X", "invalid_token"), 502, "media_server_refused", None),
        (problem("403 X", "forbidden"), 502, "media_server_refused", None),
        (problem("500 X", "internal"), 502, "media_server_failed", None),
        (answer("200 OK", "[]"), 502, "media_server_failed", None),
        # And these are about the user.
        (problem("403 X", "kicked"), 403, "kicked", None),
    ],
)
async def test_errors_of_the_media_server_are_told(
    given: bytes, status: int, code: str, retry_after: str | None
) -> None:
    async with scripted_server(given) as script, application(script.url) as http:
        refused = await call(http, "eve", "/start", OFFER)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers.get("retry-after") == retry_after
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["retryable"] is (retry_after is not None)
    assert refused.json()["detail"]


async def test_a_media_server_that_is_away_is_a_503(server_url: str) -> None:
    async with application("http://127.0.0.1:9") as http:
        refused = await call(http, "eve", "/start", {})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")


async def test_a_kicked_viewer_stays_out(guarded_server_url: str, secret: str) -> None:
    minter = TokenMinter(secret)
    manager = MediaServerClient(guarded_server_url, token=minter.for_manager)
    async with application(guarded_server_url, minter) as http, manager, peer() as host:
        started = (await call(http, "eve", "/start", {})).json()
        sdp = await answer_to_publish(host, started["sdp"])
        body = {"session_id": started["session_id"], "sdp": sdp}
        assert (await call(http, "eve", "/answer", body)).status_code == 200
        stats = partial(manager.get_room_stats, "eve")
        await eventually(stats, lambda room: room["is_active"], "eve is live")
        async with peer() as viewer:
            join = {"sdp": await offer_to_watch(viewer)}
            await accept(viewer, (await call(http, "ben", "/eve/join", join)).json()["sdp"])
            await asyncio.wait_for(first_frame(viewer), 30)
            [session] = (await manager.get_room_quality("eve"))["viewers"]
            assert session["user_id"] == "ben"
            await manager.kick("eve", session["session_id"])
        # With a new token of the same user's too; the others and the backend itself go on.
        refused = await call(http, "ben", "/eve/join", join)
        assert (refused.status_code, refused.json()["code"]) == (403, "kicked")
        assert (await manager.get_room_stats("eve"))["is_active"] is True
        assert (await call(http, "eve", "/end")).status_code == 200


async def test_users_rooms_are_remembered_and_checked(server_url: str) -> None:
    listed = 0

    class Counting(MediaServerClient):
        async def list_rooms(self) -> list[RoomInfo]:
            nonlocal listed
            listed += 1
            return await super().list_rooms()

    async with Counting(server_url) as client:
        rooms = UserRooms()
        await client.open_room("kims-first", owner="kim")
        await client.open_room("kims-second", owner="kim")
        assert (await rooms.find(client, "kim"))["room_id"] == "kims-second"
        await client.stop_room("kims-second")
        # The room that was remembered is gone, and another takes its name.
        await client.open_room("kims-second", owner="lee")
        assert (await rooms.find(client, "kim"))["room_id"] == "kims-first"
        assert listed == 2
        await client.stop_room("kims-first")
        await client.stop_room("kims-second")


def test_only_errors_of_the_media_server_are_answered() -> None:
    with pytest.raises(KeyError):
        answer_media_server_error(None, KeyError("x"))  # type: ignore[arg-type]
