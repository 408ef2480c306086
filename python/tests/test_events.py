"""Events of the real server, while it is there and after it has been away."""

import asyncio
import socket
from contextlib import aclosing
from pathlib import Path

import pytest
from media_server import media_server

from bitbasel_media import (
    MediaEvent,
    MediaServerClient,
    NotAuthorized,
    RetryPolicy,
    SyncMediaServerClient,
)

SOON = RetryPolicy(first_wait_s=0.05, longest_wait_s=0.2)


async def until(client: MediaServerClient, count: int, after: str | None) -> list[MediaEvent]:
    """Read so many events."""
    events: list[MediaEvent] = []
    async with aclosing(client.events(last_event_id=after)) as stream:
        async for event in stream:
            events.append(event)
            if len(events) == count:
                break
    return events


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def test_events_go_on_after_a_restart_without_a_gap(tmp_path: Path) -> None:
    # The server comes back where it was: on its port, and with its database.
    settings = {"server.port": str(free_port()), "history.mode": "sqlite"}
    settings["history.path"] = str(tmp_path / "history.sqlite")
    first, second = asyncio.Event(), asyncio.Event()
    seen: list[MediaEvent] = []

    async def read(client: MediaServerClient) -> None:
        # An id before all others: from the beginning of the database on.
        async with aclosing(client.events(last_event_id="evt_00000000000001")) as stream:
            async for event in stream:
                seen.append(event)
                if event["type"] == "room.started" and event["room_id"] == "one":
                    first.set()
                if event["type"] == "room.ended" and event["room_id"] == "two":
                    second.set()

    with media_server(tmp_path, settings) as url:
        client = MediaServerClient(url, retry=SOON)
        reading = asyncio.create_task(read(client))
        await client.open_room("one", owner="eve", post_id="p")
        await asyncio.wait_for(first.wait(), 30)
    with media_server(tmp_path, settings) as url:
        async with MediaServerClient(url, retry=SOON) as other:
            await other.open_room("two", owner="eve")
            await other.stop_room("two")
        await asyncio.wait_for(second.wait(), 30)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await client.aclose()
        # Read once more from the beginning: the stream that was cut has missed and doubled nothing.
        async with MediaServerClient(url) as again:
            whole = await until(again, len(seen), "evt_00000000000001")
    assert seen == whole
    started = next(event for event in seen if event["type"] == "room.started")
    assert started["data"] == {"owner": "eve", "post_id": "p"}


async def test_a_stream_that_is_refused_says_so(guarded_server_url: str) -> None:
    async with MediaServerClient(guarded_server_url) as stranger:
        with pytest.raises(NotAuthorized):
            await until(stranger, 1, None)
    with SyncMediaServerClient(guarded_server_url) as stranger_too:
        with pytest.raises(NotAuthorized):
            next(stranger_too.events())


def test_the_synchronous_client_reads_them_too(server_url: str) -> None:
    with SyncMediaServerClient(server_url, retry=SOON) as client:
        client.open_room("sync-events")
        stream = client.events(room_id="sync-events", last_event_id="evt_00000000000001")
        assert next(stream)["type"] == "room.started"
        client.stop_room("sync-events")
        event = next(stream)
        stream.close()
    assert event["type"] == "room.ended"
    assert event["data"]["reason"] == "stopped"
