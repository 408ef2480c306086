"""The synchronous client is the asynchronous one, call for call, and does the same."""

import inspect

import pytest

from bitbasel_media import (
    MediaServerClient,
    MediaServerUnavailable,
    NotFound,
    RetryPolicy,
    SyncMediaServerClient,
)


def surface(kind: type) -> dict[str, tuple[object, ...]]:
    methods = inspect.getmembers(kind, inspect.isfunction)
    return {
        name: tuple(inspect.signature(method).parameters.values())
        for name, method in methods
        if not name.startswith("_") or name == "__init__"
    }


def test_both_have_the_same_calls() -> None:
    asynchronous = surface(MediaServerClient)
    asynchronous["close"] = asynchronous.pop("aclose")
    assert surface(SyncMediaServerClient) == asynchronous


def test_a_room_from_its_creation_to_its_end(server_url: str) -> None:
    with SyncMediaServerClient(server_url) as client:
        assert client.health()["service"] == "media_server"
        room_id = client.create_room("sync post", "eve")
        assert client.get_room_stats(room_id)["post_id"] == "sync post"
        assert client.get_room(room_id)["owner"] == "eve"
        assert room_id in [room["room_id"] for room in client.list_rooms()]
        client.with_options(timeout_s=3).stop_room(room_id)
        with pytest.raises(NotFound) as gone:
            client.stop_room(room_id)
        assert gone.value.code == "room_not_found"


def test_no_server_is_unavailable() -> None:
    once = RetryPolicy(retries=1, first_wait_s=0)
    with SyncMediaServerClient("http://127.0.0.1:9", retry=once) as client:
        with pytest.raises(MediaServerUnavailable):
            client.health()
