"""What the livestream calls do, apart from HTTP."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..client import MediaServerClient
from ..errors import NotFound
from ..models import LivestreamSession, RoomInfo
from ..tokens import Caps, TokenMinter
from .bodies import LivestreamAnswer, LivestreamStart
from .rooms import UserRooms, room_id_of


@dataclass(frozen=True)
class Livestreams:
    """
    The livestreams of a backend's users.

    A user connects with a token of its own, never with the backend's: so a kick ends what that user
    may do, and the media server counts each user's calls apart.
    """

    minter: TokenMinter | None
    """None where the media server asks for no tokens."""
    public_url: str | None = None
    token_ttl_s: float = 3600
    host_caps: Caps | None = None
    viewer_caps: Caps | None = None
    rooms: UserRooms = field(default_factory=UserRooms)

    async def start(
        self, client: MediaServerClient, user_id: str, body: LivestreamStart
    ) -> LivestreamAnswer:
        """Make the user's room, and the host's session in it unless it connects by itself."""
        room_id = await self._open_room(client, user_id, body.post_id)
        self.rooms.remember(user_id, room_id)
        token = self._host_token(room_id, user_id)
        if body.sdk:
            return self._pass(client, room_id, body.post_id, token)
        session = await client.with_options(token=token).start_livestream(
            user_id,
            room_id=room_id,
            post_id=body.post_id,
            sdp=body.description,
            takeover=body.takeover,
        )
        return self._with_session(client, session, token)

    async def join(
        self, client: MediaServerClient, host_id: str, viewer_id: str, sdp: str | None
    ) -> LivestreamAnswer:
        """Let the viewer into the host's room; without an offer it connects by itself."""
        room = await self.rooms.find(client, host_id)
        token = self._viewer_token(room["room_id"], viewer_id)
        if sdp is None:
            return self._pass(client, room["room_id"], room["post_id"], token)
        session = await client.with_options(token=token).join_livestream(
            # By its id, and not by the host's: the token is for this very room.
            room["room_id"],
            sdp,
            viewer_id=viewer_id,
        )
        return self._with_session(client, session, token)

    async def end(self, client: MediaServerClient, user_id: str, room_id: str | None) -> str:
        """End this room of the user's, or the one that is live, and return its id."""
        room = await self._own_room(client, user_id, room_id)
        await client.stop_room(room["room_id"])
        return room["room_id"]

    async def _open_room(self, client: MediaServerClient, user_id: str, post_id: str | None) -> str:
        if post_id is not None:
            return await client.create_room(post_id, user_id)
        room = await client.open_room(room_id_of(user_id), owner=user_id)
        return room["room_id"]

    async def _own_room(
        self, client: MediaServerClient, user_id: str, room_id: str | None
    ) -> RoomInfo:
        if room_id is None:
            return await self.rooms.find(client, user_id)
        room = await client.get_room(room_id)
        if room["owner"] != user_id:
            # As for a room that is not there: whose it is, others need not know.
            raise NotFound(status=404, code="room_not_found", detail=f"There is no room {room_id}.")
        return room

    def _host_token(self, room_id: str, user_id: str) -> str | None:
        if self.minter is None:
            return None
        return self.minter.for_host(room_id, user_id, ttl_s=self.token_ttl_s, caps=self.host_caps)

    def _viewer_token(self, room_id: str, user_id: str) -> str | None:
        if self.minter is None:
            return None
        caps = self.viewer_caps
        return self.minter.for_viewer(room_id, user_id, ttl_s=self.token_ttl_s, caps=caps)

    def _pass(
        self, client: MediaServerClient, room_id: str, post_id: str | None, token: str | None
    ) -> LivestreamAnswer:
        return LivestreamAnswer(
            room_id=room_id, post_id=post_id, server_url=self._url(client), token=token
        )

    def _with_session(
        self, client: MediaServerClient, session: LivestreamSession, token: str | None
    ) -> LivestreamAnswer:
        # The media server names itself as this backend calls it, which browsers may not be able to.
        path = urlsplit(session["resource_url"]).path
        return LivestreamAnswer(
            room_id=session["room_id"],
            post_id=session["post_id"],
            server_url=self._url(client),
            token=token,
            ice_servers=[{**server} for server in session["ice_servers"]],
            session_id=session["session_id"],
            type=session["type"],
            sdp=session["sdp"],
            resource_url=self._url(client) + path,
        )

    def _url(self, client: MediaServerClient) -> str:
        return (self.public_url or client.base_url).rstrip("/")
