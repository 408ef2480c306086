"""Webhooks of the real server, taken by a real application."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
import uvicorn
from eventually import eventually
from fastapi import Depends, FastAPI, Request
from media_server import media_server

from bitbasel_media import MediaEvent, MediaServerClient
from bitbasel_media.fastapi import webhook_event

SECRET = f"whsec_{b64encode(b'the secret of this very endpoint').decode()}"
OTHER = f"whsec_{b64encode(b'the secret of some other endpoint').decode()}"


@asynccontextmanager
async def receiver(events: list[MediaEvent], raw: list[Request]) -> AsyncIterator[str]:
    """Serve an application that takes webhooks, and yield its URL."""
    app = FastAPI()

    # While the secret is being changed, both are taken.
    @app.post("/hook", status_code=204)
    async def hook(
        request: Request, event: Annotated[MediaEvent, Depends(webhook_event([OTHER, SECRET]))]
    ) -> None:
        raw.append(request)
        events.append(event)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await running


async def _later(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_webhooks_come_and_forged_ones_do_not(tmp_path: Path) -> None:
    events: list[MediaEvent] = []
    raw: list[Request] = []
    async with receiver(events, raw) as url:
        endpoints = f'[{{"url":"{url}/hook","secret":"{SECRET}"}}]'
        with media_server(tmp_path, {"webhooks.endpoints": endpoints}) as media_url:
            async with MediaServerClient(media_url) as client:
                room_id = await client.create_room("post_1", "eve")
                await client.stop_room(room_id)

            async def types() -> list[str]:
                return [event["type"] for event in events]

            await eventually(types, lambda got: len(got) == 2, "two webhooks")
            assert await types() == ["room.started", "room.ended"]
            assert events[0]["data"] == {"owner": "eve", "post_id": "post_1"}
            assert all(event["room_id"] == room_id for event in events)

        # The very delivery, again and changed. A repetition passes for a while: so ids count.
        headers = {
            name: value for name, value in raw[0].headers.items() if name.startswith("webhook-")
        }
        body = await raw[0].body()
        async with httpx.AsyncClient(base_url=url, headers=headers) as http:
            assert (await http.post("/hook", content=body)).status_code == 204
            assert events[2]["id"] == events[0]["id"]
            assert (await http.post("/hook", content=body + b" ")).status_code == 401
            changed = {"webhook-id": "evt_00000000000001"}
            assert (await http.post("/hook", content=body, headers=changed)).status_code == 401
            assert (await http.post("/hook", content=b"x" * 70_000)).status_code == 413
            assert (await http.post("/hook", content=b"")).status_code == 401
            assert (await http.post("/hook", content=_later([body]))).status_code == 411
        assert len(events) == 3
