"""What has been."""

from typing import Any, Literal

from typing_extensions import TypedDict


class RoomHistory(TypedDict):
    """One life of a room; one that is still there has figures up to now."""

    run_id: str
    room_id: str
    owner: str | None
    post_id: str | None
    created_at: str
    ended_at: str | None
    end_reason: str | None
    peak_viewers: int
    viewer_minutes: float
    host_sessions: int
    viewer_sessions: int
    bytes_sent: int
    bytes_received: int


class SessionHistory(TypedDict):
    """One peer's media connection."""

    session_id: str
    role: Literal["host", "viewer"]
    kind: Literal["http", "websocket"]
    user_id: str | None
    connected_at: str
    ended_at: str | None
    end_reason: str | None
    duration_seconds: float
    bytes_sent: int
    bytes_received: int
    quality: dict[str, Any] | None


class RoomHistoryPage(TypedDict):
    """Rooms, newest first; `next` is the cursor of the page after, None on the last."""

    rooms: list[RoomHistory]
    next: str | None


class RoomHistoryDetail(RoomHistory):
    """One life of a room with a page of its sessions, newest first."""

    sessions: list[SessionHistory]
    next: str | None
