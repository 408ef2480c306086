"""What peers are given to connect with."""

from typing import Literal

from typing_extensions import TypedDict


class _IceServer(TypedDict):
    urls: list[str]


class IceServer(_IceServer, total=False):
    """A STUN or TURN server, as `RTCPeerConnection` takes it."""

    username: str
    credential: str


class Ticket(TypedDict):
    """Stands in for a token once, in the query of a WebSocket or an EventSource."""

    ticket: str
    expires_in_seconds: int


class LivestreamSession(TypedDict):
    """The server's half of a connection: its offer, or its answer."""

    room_id: str
    post_id: str | None
    session_id: str
    """Secret: whoever knows it may end the session."""
    type: Literal["offer", "answer"]
    sdp: str
    resource_url: str
    """DELETE it to leave; PATCH it with candidates."""
    ice_servers: list[IceServer]
