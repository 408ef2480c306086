"""The client a backend uses to make, watch over and stop rooms, for asyncio."""

import asyncio
import os
from collections.abc import AsyncGenerator
from copy import copy
from functools import cache
from types import TracebackType
from typing import TypeVar

import httpx

from . import calls
from .calls import Call
from .event_feed import EventFeed
from .models import (
    ChatMessage,
    Health,
    IceServer,
    LivestreamSession,
    MediaEvent,
    Readiness,
    RoomChat,
    RoomHistoryDetail,
    RoomHistoryPage,
    RoomInfo,
    RoomQuality,
    RoomSettings,
    RoomStats,
    ServerStats,
    Ticket,
)
from .options import DEFAULT_BASE_URL, Options, Token
from .retry import DEFAULT_RETRY, Attempts, Done, RetryPolicy

T = TypeVar("T")


class MediaServerClient:
    """
    Calls one media server.

    Every call raises `MediaServerError` when the server refuses it and `MediaServerUnavailable`
    when no answer comes. A call that failed for the moment is repeated where that cannot do
    anything twice. Nothing is sent before the first call, and connections are used again.
    `SyncMediaServerClient` is the same without asyncio.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_BASE_URL,
        *,
        timeout_s: float = 10.0,
        connect_timeout_s: float = 3.0,
        token: Token | None = None,
        retry: RetryPolicy = DEFAULT_RETRY,
    ) -> None:
        """
        Remember where the server is, for example `http://localhost:8082`.

        A server that asks for tokens wants one with the grant `manage` for the rooms in question:
        a token, or a function that makes one. An attempt may take `timeout_s` seconds to answer.
        """
        self.base_url = base_url.rstrip("/")
        self._options = Options(timeout_s, connect_timeout_s, token, retry)
        self._connections = _Connections(self.base_url)

    def with_options(
        self,
        *,
        timeout_s: float | None = None,
        token: Token | None = None,
        retry: RetryPolicy | None = None,
    ) -> "MediaServerClient":
        """Return the same client, on the same connections, with other options for some calls."""
        other = copy(self)
        other._options = self._options.changed(timeout_s, token, retry)
        return other

    async def health(self) -> Health:
        """Tell whether the server is up: `{"status": "healthy", "service": "media_server"}`."""
        return await self._run(calls.health())

    async def readiness(self) -> Readiness:
        """Tell whether the server should be given new rooms, and what speaks against it."""
        return await self._run(calls.readiness())

    async def create_room(self, post_id: str, user_id: str) -> str:
        """
        Create the room of a post and return its id.

        The same post by the same user gives the same room again while it lives.
        """
        return await self._run(calls.create_room(post_id, user_id))

    async def open_room(
        self,
        room_id: str,
        *,
        owner: str | None = None,
        post_id: str | None = None,
        settings: RoomSettings | None = None,
    ) -> RoomInfo:
        """Create a room under an id of your own. The same owner gets the same room again."""
        return await self._run(calls.open_room(room_id, owner, post_id, settings))

    async def list_rooms(self) -> list[RoomInfo]:
        """List the rooms that the token manages, oldest first."""
        return await self._run(calls.list_rooms())

    async def get_room(self, room_id: str) -> RoomInfo:
        """Show a room: its hosts, viewers, settings, and what is wrong with its streams."""
        return await self._run(calls.get_room(room_id))

    async def stop_room(self, room_id: str) -> None:
        """End the room: its host and its viewers are disconnected. An unknown one is a 404."""
        await self._run(calls.stop_room(room_id))

    async def get_room_stats(self, room_id: str) -> RoomStats:
        """Tell whether the room is live and how many watch."""
        return await self._run(calls.get_room_stats(room_id))

    async def get_room_quality(self, room_id: str) -> RoomQuality:
        """Tell how every session of the room is doing now."""
        return await self._run(calls.get_room_quality(room_id))

    async def kick(self, room_id: str, session_id: str) -> None:
        """Remove a session by its public id (`s_...`), and keep out the token that it came with."""
        await self._run(calls.kick(room_id, session_id))

    async def get_chat(self, room_id: str) -> RoomChat:
        """Show the last messages of the room's chat, and its rules."""
        return await self._run(calls.get_chat(room_id))

    async def say(self, room_id: str, text: str, *, name: str | None = None) -> ChatMessage:
        """Say something in the room's chat, as the backend."""
        return await self._run(calls.say(room_id, text, name))

    async def remove_chat_message(self, room_id: str, message_id: str) -> None:
        """Remove a message from the room's chat."""
        await self._run(calls.remove_chat_message(room_id, message_id))

    async def get_stats(self) -> ServerStats:
        """Count rooms, peers and bytes of the whole server."""
        return await self._run(calls.get_stats())

    async def get_ice_servers(self) -> list[IceServer]:
        """List the STUN and TURN servers that a peer may use, with fresh credentials."""
        return await self._run(calls.get_ice_servers())

    async def create_ticket(self) -> Ticket:
        """Make a ticket: it stands in for the token once, where only a URL can be given."""
        return await self._run(calls.create_ticket())

    async def start_livestream(
        self,
        user_id: str,
        *,
        room_id: str | None = None,
        post_id: str | None = None,
        sdp: str | None = None,
        takeover: bool = False,
    ) -> LivestreamSession:
        """
        Make the user's room and the host's session in it.

        With the host's offer (`sdp`) the answer comes back; without, an offer for the host to
        answer by `answer_livestream`.
        """
        call = calls.start_livestream(user_id, room_id, post_id, sdp, takeover)
        return await self._run(call)

    async def answer_livestream(self, session_id: str, sdp: str) -> None:
        """Hand in the host's answer to the offer of `start_livestream`."""
        await self._run(calls.answer_livestream(session_id, sdp))

    async def join_livestream(
        self, user_id: str, sdp: str, *, viewer_id: str | None = None
    ) -> LivestreamSession:
        """Answer a viewer's offer to watch the room of this user."""
        return await self._run(calls.join_livestream(user_id, sdp, viewer_id))

    async def end_livestream(
        self, user_id: str | None = None, *, room_id: str | None = None
    ) -> str:
        """End the room of this user, or this room, and return its id."""
        return await self._run(calls.end_livestream(user_id, room_id))

    async def list_room_history(
        self, *, room_id: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> RoomHistoryPage:
        """List present and past rooms, newest first; `cursor` is the `next` of the page before."""
        return await self._run(calls.list_room_history(room_id, limit, cursor))

    async def get_room_history(
        self,
        room_id: str,
        *,
        run_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> RoomHistoryDetail:
        """Show one life of a room (the latest, unless `run_id` names another) with its sessions."""
        return await self._run(calls.get_room_history(room_id, run_id, limit, cursor))

    async def events(
        self, *, room_id: str | None = None, last_event_id: str | None = None
    ) -> AsyncGenerator[MediaEvent, None]:
        """
        Tell what happens, without end: `async for event in client.events(): ...`.

        It begins after `last_event_id`, or with what happens from now on. A connection that is lost
        is opened again, and goes on after the last event that came. A refusal is raised.
        """
        feed = EventFeed(room_id, last_event_id, self._options.retry)
        while True:
            try:
                request = feed.request(self._options)
                async with self._connections.open().stream(**request) as response:
                    if response.is_success:
                        async for chunk in response.aiter_bytes():
                            for event in feed.feed(chunk):
                                yield event
                        wait_s = feed.lost()
                    else:
                        await response.aread()
                        wait_s = feed.refused(response)
            except httpx.TransportError:
                wait_s = feed.lost()
            await asyncio.sleep(wait_s)

    async def aclose(self) -> None:
        """Close the connections to the server; the next call opens new ones."""
        await self._connections.aclose()

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

    async def _run(self, call: Call[T]) -> T:
        options = self._options
        attempts = Attempts(call, options.retry, self.base_url + call.path, options.timeout_s)
        while True:
            try:
                response = await self._connections.open().request(**options.request(call))
            except httpx.TransportError as error:
                wait_s = attempts.failed(error)
            else:
                outcome = attempts.answered(response)
                if isinstance(outcome, Done):
                    return outcome.value
                wait_s = outcome
            await asyncio.sleep(wait_s)


class _Connections:
    """
    Open connections belong to the event loop that made them.

    A shared client may be called from another loop later (a test, a second asyncio.run), and then
    starts with fresh ones.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._http: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._http is None or self._loop is not loop:
            self._http = httpx.AsyncClient(base_url=self._base_url)
            self._loop = loop
        return self._http

    async def aclose(self) -> None:
        http, self._http, self._loop = self._http, None, None
        if http is not None:
            await http.aclose()


def token_from_environment() -> Token | None:
    """Return `MEDIA_SERVER_TOKEN`, or what makes tokens with `MEDIA_SERVER_SECRET`, or None."""
    token = os.environ.get("MEDIA_SERVER_TOKEN")
    secret = os.environ.get("MEDIA_SERVER_SECRET")
    if token or not secret:
        return token or None
    # Only who has a secret needs PyJWT.
    from .tokens import TokenMinter

    return TokenMinter(secret).for_manager


@cache
def get_media_server_client() -> MediaServerClient:
    """
    Return the process's one client.

    It calls the server named by the environment variable `MEDIA_SERVER_URL`, default
    `http://localhost:8082`. Where that asks for tokens, `MEDIA_SERVER_SECRET` is its secret
    (`auth.secret`), of which the client makes its own, or `MEDIA_SERVER_TOKEN` a token.
    """
    return MediaServerClient(
        os.environ.get("MEDIA_SERVER_URL", DEFAULT_BASE_URL), token=token_from_environment()
    )
