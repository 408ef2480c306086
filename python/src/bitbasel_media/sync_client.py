"""The client a backend uses to make, watch over and stop rooms, without asyncio."""

import time
from collections.abc import Generator
from copy import copy
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


class SyncMediaServerClient:
    """
    Calls one media server.

    Every call raises `MediaServerError` when the server refuses it and `MediaServerUnavailable`
    when no answer comes. A call that failed for the moment is repeated where that cannot do
    anything twice. Nothing is sent before the first call, and connections are used again.
    `MediaServerClient` is the same for asyncio. Threads may share it.
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
        self._http = httpx.Client(base_url=self.base_url)

    def with_options(
        self,
        *,
        timeout_s: float | None = None,
        token: Token | None = None,
        retry: RetryPolicy | None = None,
    ) -> "SyncMediaServerClient":
        """Return the same client, on the same connections, with other options for some calls."""
        other = copy(self)
        other._options = self._options.changed(timeout_s, token, retry)
        return other

    def health(self) -> Health:
        """Tell whether the server is up: `{"status": "healthy", "service": "media_server"}`."""
        return self._run(calls.health())

    def readiness(self) -> Readiness:
        """Tell whether the server should be given new rooms, and what speaks against it."""
        return self._run(calls.readiness())

    def create_room(self, post_id: str, user_id: str) -> str:
        """
        Create the room of a post and return its id.

        The same post by the same user gives the same room again while it lives.
        """
        return self._run(calls.create_room(post_id, user_id))

    def open_room(
        self,
        room_id: str,
        *,
        owner: str | None = None,
        post_id: str | None = None,
        settings: RoomSettings | None = None,
    ) -> RoomInfo:
        """Create a room under an id of your own. The same owner gets the same room again."""
        return self._run(calls.open_room(room_id, owner, post_id, settings))

    def list_rooms(self) -> list[RoomInfo]:
        """List the rooms that the token manages, oldest first."""
        return self._run(calls.list_rooms())

    def get_room(self, room_id: str) -> RoomInfo:
        """Show a room: its hosts, viewers, settings, and what is wrong with its streams."""
        return self._run(calls.get_room(room_id))

    def stop_room(self, room_id: str) -> None:
        """End the room: its host and its viewers are disconnected. An unknown one is a 404."""
        self._run(calls.stop_room(room_id))

    def get_room_stats(self, room_id: str) -> RoomStats:
        """Tell whether the room is live and how many watch."""
        return self._run(calls.get_room_stats(room_id))

    def get_room_quality(self, room_id: str) -> RoomQuality:
        """Tell how every session of the room is doing now."""
        return self._run(calls.get_room_quality(room_id))

    def kick(self, room_id: str, session_id: str) -> None:
        """Remove a session by its public id (`s_...`), and keep out the token that it came with."""
        self._run(calls.kick(room_id, session_id))

    def get_chat(self, room_id: str) -> RoomChat:
        """Show the last messages of the room's chat, and its rules."""
        return self._run(calls.get_chat(room_id))

    def say(self, room_id: str, text: str, *, name: str | None = None) -> ChatMessage:
        """Say something in the room's chat, as the backend."""
        return self._run(calls.say(room_id, text, name))

    def remove_chat_message(self, room_id: str, message_id: str) -> None:
        """Remove a message from the room's chat."""
        self._run(calls.remove_chat_message(room_id, message_id))

    def get_stats(self) -> ServerStats:
        """Count rooms, peers and bytes of the whole server."""
        return self._run(calls.get_stats())

    def get_ice_servers(self) -> list[IceServer]:
        """List the STUN and TURN servers that a peer may use, with fresh credentials."""
        return self._run(calls.get_ice_servers())

    def create_ticket(self) -> Ticket:
        """Make a ticket: it stands in for the token once, where only a URL can be given."""
        return self._run(calls.create_ticket())

    def start_livestream(
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
        return self._run(call)

    def answer_livestream(self, session_id: str, sdp: str) -> None:
        """Hand in the host's answer to the offer of `start_livestream`."""
        self._run(calls.answer_livestream(session_id, sdp))

    def join_livestream(
        self, user_id: str, sdp: str, *, viewer_id: str | None = None
    ) -> LivestreamSession:
        """Answer a viewer's offer to watch the room of this user."""
        return self._run(calls.join_livestream(user_id, sdp, viewer_id))

    def end_livestream(self, user_id: str | None = None, *, room_id: str | None = None) -> str:
        """End the room of this user, or this room, and return its id."""
        return self._run(calls.end_livestream(user_id, room_id))

    def list_room_history(
        self, *, room_id: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> RoomHistoryPage:
        """List present and past rooms, newest first; `cursor` is the `next` of the page before."""
        return self._run(calls.list_room_history(room_id, limit, cursor))

    def get_room_history(
        self,
        room_id: str,
        *,
        run_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> RoomHistoryDetail:
        """Show one life of a room (the latest, unless `run_id` names another) with its sessions."""
        return self._run(calls.get_room_history(room_id, run_id, limit, cursor))

    def events(
        self, *, room_id: str | None = None, last_event_id: str | None = None
    ) -> Generator[MediaEvent, None, None]:
        """
        Tell what happens, without end: `for event in client.events(): ...`.

        It begins after `last_event_id`, or with what happens from now on. A connection that is lost
        is opened again, and goes on after the last event that came. A refusal is raised.
        """
        feed = EventFeed(room_id, last_event_id, self._options.retry)
        while True:
            try:
                request = feed.request(self._options)
                with self._http.stream(**request) as response:
                    if response.is_success:
                        for chunk in response.iter_bytes():
                            yield from feed.feed(chunk)
                        wait_s = feed.lost()
                    else:
                        response.read()
                        wait_s = feed.refused(response)
            except httpx.TransportError:
                wait_s = feed.lost()
            time.sleep(wait_s)

    def close(self) -> None:
        """Close the connections to the server, for good."""
        self._http.close()

    def __enter__(self) -> "SyncMediaServerClient":
        """Use the client in a `with`, which closes it at the end."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def _run(self, call: Call[T]) -> T:
        options = self._options
        attempts = Attempts(call, options.retry, self.base_url + call.path, options.timeout_s)
        while True:
            try:
                response = self._http.request(**options.request(call))
            except httpx.TransportError as error:
                wait_s = attempts.failed(error)
            else:
                outcome = attempts.answered(response)
                if isinstance(outcome, Done):
                    return outcome.value
                wait_s = outcome
            time.sleep(wait_s)
