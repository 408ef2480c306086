"""The media server's answers, as they come over the wire."""

from typing import TypedDict


class Health(TypedDict):
    """The answer of `GET /health`."""

    status: str
    service: str


class RoomStats(TypedDict):
    """The answer of `GET /room/{room_id}/stats`."""

    room_id: str
    post_id: str | None
    is_active: bool
    """True while the host's media connection is up."""
    viewer_count: int
    """Viewers whose media connection is up."""
    has_host: bool


class ServerStats(TypedDict):
    """The answer of `GET /stats`; bytes are those on the wire since the server's start."""

    total_rooms: int
    active_rooms: int
    total_peers: int
    total_viewers: int
    total_hosts: int
    total_bytes_sent: int
    total_bytes_received: int
