"""The client a backend uses to make, watch over and stop rooms."""

import asyncio
import os
from functools import cache
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

import httpx

from .errors import MediaServerError, MediaServerUnavailable
from .models import Health, RoomStats, ServerStats

DEFAULT_BASE_URL = "http://localhost:8082"


class MediaServerClient:
    """
    Calls one media server.

    Every call raises `MediaServerError` when the server refuses it and `MediaServerUnavailable`
    when no answer comes within `timeout_s` seconds. Nothing is sent before the first call.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_BASE_URL,
        *,
        timeout_s: float = 10.0,
        token: str | None = None,
    ) -> None:
        """
        Remember where the server is, for example `http://localhost:8082`.

        A server that asks for tokens wants one with the grant `manage` for the rooms in question.
        """
        self.base_url = base_url.rstrip("/")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._timeout_s = timeout_s
        self._http: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def health(self) -> Health:
        """Tell whether the server is up: `{"status": "healthy", "service": "media_server"}`."""
        return cast(Health, await self._call("GET", "/health"))

    async def create_room(self, post_id: str, user_id: str) -> str:
        """
        Create the room of a post and return its id.

        The same post by the same user gives the same room again while it lives.
        """
        room = await self._call(
            "POST", "/room/create", {"post_id": post_id, "host_user_id": user_id}
        )
        return str(room["room_id"])

    async def stop_room(self, room_id: str) -> None:
        """End the room: its host and its viewers are disconnected. An unknown one is a 404."""
        await self._call("POST", f"/room/{quote(room_id, safe='')}/stop")

    async def get_room_stats(self, room_id: str) -> RoomStats:
        """Tell whether the room is live and how many watch."""
        return cast(RoomStats, await self._call("GET", f"/room/{quote(room_id, safe='')}/stats"))

    async def get_stats(self) -> ServerStats:
        """Count rooms, peers and bytes of the whole server."""
        return cast(ServerStats, await self._call("GET", "/stats"))

    async def aclose(self) -> None:
        """Close the connections to the server; the next call opens new ones."""
        http, self._http, self._loop = self._http, None, None
        if http is not None:
            await http.aclose()

    async def __aenter__(self) -> "MediaServerClient":
        """Use the client in an `async with`, which closes it at the end."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def _call(
        self, method: str, path: str, body: dict[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            response = await self._connections().request(method, path, json=body)
        except httpx.TimeoutException as error:
            raise MediaServerUnavailable(
                f"{method} {self.base_url}{path}: no answer within {self._timeout_s:g} s"
            ) from error
        except httpx.TransportError as error:
            raise MediaServerUnavailable(f"{method} {self.base_url}{path}: {error}") from error
        if not response.is_success:
            raise MediaServerError.from_response(response)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise MediaServerError(
                status=response.status_code,
                code="bad_answer",
                detail=f"{method} {self.base_url}{path} answered no JSON object: "
                "is it a media server?",
            )
        return answer

    def _connections(self) -> httpx.AsyncClient:
        # Open connections belong to the event loop that made them. The shared client may be called
        # from another loop later (a test, a second asyncio.run), and then starts with fresh ones.
        loop = asyncio.get_running_loop()
        if self._http is None or self._loop is not loop:
            self._http = httpx.AsyncClient(
                base_url=self.base_url, timeout=self._timeout_s, headers=self._headers
            )
            self._loop = loop
        return self._http


@cache
def get_media_server_client() -> MediaServerClient:
    """
    Return the process's one client.

    It calls the server named by the environment variable `MEDIA_SERVER_URL`,
    default `http://localhost:8082`, with the token in `MEDIA_SERVER_TOKEN`, if there is one.
    """
    return MediaServerClient(
        os.environ.get("MEDIA_SERVER_URL", DEFAULT_BASE_URL),
        token=os.environ.get("MEDIA_SERVER_TOKEN"),
    )
