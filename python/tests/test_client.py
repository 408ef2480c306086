"""The client against a real server."""

import asyncio
import inspect
import re
import socket
from pathlib import Path

import pytest
from media_server import media_server
from test_models import OPENAPI

from bitbasel_media import (
    Conflict,
    MediaServerClient,
    MediaServerError,
    MediaServerUnavailable,
    NotFound,
    calls,
    event_feed,
    get_media_server_client,
)


async def test_health(client: MediaServerClient) -> None:
    health = await client.health()
    assert (health["status"], health["service"]) == ("healthy", "media_server")


async def test_a_room_from_its_creation_to_its_end(client: MediaServerClient) -> None:
    before = await client.get_stats()
    room_id = await client.create_room("post_1", "user_1")
    assert await client.get_room_stats(room_id) == {
        "room_id": room_id,
        "post_id": "post_1",
        "is_active": False,
        "viewer_count": 0,
        "has_host": False,
    }
    assert (await client.get_stats())["total_rooms"] == before["total_rooms"] + 1
    await client.stop_room(room_id)
    assert (await client.get_stats())["total_rooms"] == before["total_rooms"]


async def test_the_same_post_gives_the_same_room(client: MediaServerClient) -> None:
    room_id = await client.create_room("post_2", "user_2")
    assert await client.create_room("post_2", "user_2") == room_id
    assert await client.create_room("post_3", "user_2") != room_id


async def test_stats_have_all_documented_numbers(client: MediaServerClient) -> None:
    stats = await client.get_stats()
    assert set(stats) >= {
        "total_rooms",
        "active_rooms",
        "total_peers",
        "total_viewers",
        "total_hosts",
        "total_bytes_sent",
        "total_bytes_received",
    }
    assert all(isinstance(value, int) for value in stats.values())


@pytest.mark.parametrize("room_id", ["room_unknown", "../stats", "a/b", "ä ö?#"])
async def test_an_unknown_room_is_told_with_its_code(
    client: MediaServerClient, room_id: str
) -> None:
    for call in (client.stop_room, client.get_room_stats):
        with pytest.raises(MediaServerError) as refused:
            await call(room_id)
        assert (refused.value.status, refused.value.code) == (404, "room_not_found")
        assert refused.value.detail
        assert "404 room_not_found" in str(refused.value)


async def test_a_bad_call_is_told_what_is_wrong(client: MediaServerClient) -> None:
    with pytest.raises(MediaServerError) as refused:
        await client.create_room("", "user_1")
    assert refused.value.code == "validation_failed"
    assert "post_id" in refused.value.detail


async def test_the_limit_of_rooms_is_told(tmp_path: Path) -> None:
    with media_server(tmp_path, {"rooms.max_rooms": "1"}) as url:
        async with MediaServerClient(url) as client:
            await client.create_room("post_1", "user_1")
            with pytest.raises(MediaServerError) as refused:
                await client.create_room("post_2", "user_1")
    assert (refused.value.code, refused.value.retry_after_s) == ("room_limit_reached", 30)


async def test_many_calls_at_once(client: MediaServerClient) -> None:
    answers = await asyncio.gather(*(client.health() for _ in range(50)))
    assert all(answer["status"] == "healthy" for answer in answers)


async def test_a_guarded_server_takes_the_token(guarded_server_url: str, manage_token: str) -> None:
    async with MediaServerClient(guarded_server_url) as stranger:
        with pytest.raises(MediaServerError) as refused:
            await stranger.create_room("post", "eve")
    assert (refused.value.status, refused.value.code) == (401, "unauthorized")
    async with MediaServerClient(guarded_server_url, token=manage_token) as client:
        room_id = await client.create_room("post", "eve")
        assert (await client.get_room_stats(room_id))["is_active"] is False
        assert (await client.get_stats())["total_rooms"] >= 1
        await client.stop_room(room_id)


async def test_no_server_is_unavailable() -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody else can take the port and answer.
        taken.bind(("127.0.0.1", 0))
        async with MediaServerClient(f"http://127.0.0.1:{taken.getsockname()[1]}") as client:
            with pytest.raises(MediaServerUnavailable) as unavailable:
                await client.health()
    assert (unavailable.value.status, unavailable.value.code) == (None, "unavailable")
    assert "GET http://127.0.0.1" in unavailable.value.detail


async def test_a_server_that_does_not_answer_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with MediaServerClient(url, timeout_s=0.05) as client:
            with pytest.raises(MediaServerUnavailable, match=r"no answer within 0\.05 s"):
                await client.health()


async def answer_once(answer: bytes) -> MediaServerError:
    """Stand in for what is no media server, and return the error the client raises."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with MediaServerClient(url) as client:
            with pytest.raises(MediaServerError) as refused:
                await client.health()
    return refused.value


async def test_a_proxys_error_page_is_an_error_too() -> None:
    page = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    error = await answer_once(page)
    assert (error.status, error.code, error.detail) == (502, "http_502", "Bad Gateway")


async def test_another_servers_answer_is_no_answer() -> None:
    error = await answer_once(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
    assert (error.status, error.code) == (200, "bad_answer")


@pytest.fixture
def _no_shared_client() -> None:
    get_media_server_client.cache_clear()


@pytest.mark.usefixtures("_no_shared_client")
def test_the_shared_client_serves_one_event_loop_after_another(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_SERVER_URL", server_url)
    client = get_media_server_client()
    assert get_media_server_client() is client
    for _ in range(2):
        assert asyncio.run(client.health())["status"] == "healthy"


@pytest.mark.usefixtures("_no_shared_client")
def test_the_shared_client_looks_for_a_server_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MEDIA_SERVER_URL", raising=False)
    assert get_media_server_client().base_url == "http://localhost:8082"


async def test_what_a_room_is_and_has_been(client: MediaServerClient) -> None:
    room = await client.open_room("history", owner="eve", post_id="p", settings={"max_viewers": 3})
    assert (room["room_id"], room["max_viewers"]) == ("history", 3)
    assert room == await client.get_room("history")
    assert room in await client.list_rooms()
    quality = await client.get_room_quality("history")
    assert (quality["hosts"], quality["summary"]["viewers"]) == ([], 0)
    with pytest.raises(Conflict) as taken:
        await client.open_room("history", owner="mallory")
    assert taken.value.code == "room_exists"
    with pytest.raises(NotFound):
        await client.kick("history", "s_unknown")
    await client.stop_room("history")
    detail = await client.get_room_history("history", limit=1)
    assert (detail["owner"], detail["end_reason"], detail["sessions"]) == ("eve", "stopped", [])
    page = await client.list_room_history(limit=1, room_id="history")
    assert [run["run_id"] for run in page["rooms"]] == [detail["run_id"]]


async def test_what_peers_are_given(client: MediaServerClient) -> None:
    assert all(server["urls"] for server in await client.get_ice_servers())
    ticket = await client.create_ticket()
    assert ticket["ticket"]
    assert ticket["expires_in_seconds"] > 0
    assert (await client.readiness())["status"] == "ready"


async def test_a_livestream_by_descriptions_is_offered_and_ended(client: MediaServerClient) -> None:
    session = await client.start_livestream("livestreamer", post_id="p")
    assert (session["type"], session["room_id"]) == ("offer", "livestreamer")
    with pytest.raises(MediaServerError) as refused:
        await client.answer_livestream(session["session_id"], "no description")
    assert refused.value.status == 400
    assert refused.value.advice
    with pytest.raises(MediaServerError):
        await client.join_livestream("livestreamer", "no description", viewer_id="ben")
    assert await client.end_livestream("livestreamer") == "livestreamer"
    with pytest.raises(NotFound):
        await client.end_livestream(room_id="livestreamer")


async def test_every_place_that_is_wrong_is_named(client: MediaServerClient) -> None:
    with pytest.raises(MediaServerError) as refused:
        await client.open_room("bad", settings={"max_viewers": 0, "max_hosts": 99})
    assert [fault.split(":")[0] for fault in refused.value.faults] == [
        "settings.max_viewers",
        "settings.max_hosts",
    ]


async def test_the_backend_takes_part_in_the_chat(client: MediaServerClient) -> None:
    await client.open_room("talk", settings={"chat": {"slow_mode_seconds": 5}})
    said = await client.say("talk", "Welcome", name="The house")
    assert (said["from"]["role"], said["from"]["name"]) == ("system", "The house")
    chat = await client.get_chat("talk")
    assert (chat["messages"], chat["slow_mode_seconds"]) == ([said], 5)
    await client.remove_chat_message("talk", said["id"])
    assert (await client.get_chat("talk"))["messages"] == []
    await client.stop_room("talk")


def test_every_call_of_the_api_is_there() -> None:
    """But those of browsers and players, of Prometheus and of the orchestrator."""
    folders = "whip|whep|docs|assets|sdk|watch|dashboard"
    others = re.compile(rf"/({folders})/|^/(metrics|health/live|docs|live|dashboard|)$")
    paths = [path for path in OPENAPI["paths"] if not others.search(path)]
    assert len(paths) >= 18
    source = inspect.getsource(calls) + inspect.getsource(event_feed)
    for path in paths:
        parts = [re.escape(part) for part in re.split(r"\{\w+\}", path)]
        assert re.search('"' + r"\{[^}]+\}".join(parts) + '"', source), path
