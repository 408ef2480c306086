"""What happens on the server, as webhooks and `GET /events` tell it (docs/events.md)."""

from typing import Literal

from typing_extensions import TypedDict

from .chat import ChatMessage

EventType = Literal[
    "room.started",
    "room.ended",
    "host.live",
    "host.lost",
    "host.back",
    "viewer.joined",
    "viewer.left",
    "stream.warning",
    "chat.message",
    "limit.hit",
]


class _Event(TypedDict):
    id: str
    """Unique, and in the order in which things happened: `evt_` and 14 hexadecimal digits."""
    time: str


class _RoomEvent(_Event):
    room_id: str


class _RoomStarted(TypedDict):
    owner: str | None
    post_id: str | None


class RoomStartedEvent(_RoomEvent):
    """A room was made."""

    type: Literal["room.started"]
    data: _RoomStarted


class _RoomEnded(_RoomStarted):
    reason: Literal["stopped", "idle", "shutdown"]
    duration_seconds: float
    peak_viewers: int


class RoomEndedEvent(_RoomEvent):
    """A room was stopped, or idle for too long."""

    type: Literal["room.ended"]
    data: _RoomEnded


class _Session(TypedDict):
    session_id: str
    user_id: str | None


class _SessionEnd(_Session):
    reason: str
    duration_seconds: float
    bytes_sent: int
    bytes_received: int


class HostLiveEvent(_RoomEvent):
    """A user's media came up in this room for the first time."""

    type: Literal["host.live"]
    data: _Session


class HostLostEvent(_RoomEvent):
    """A host's media ended; `left` is on purpose."""

    type: Literal["host.lost"]
    data: _SessionEnd


class _HostBack(_Session):
    absent_seconds: float


class HostBackEvent(_RoomEvent):
    """A host who has published in this room before does so again."""

    type: Literal["host.back"]
    data: _HostBack


class _ViewerJoined(_Session):
    viewer_count: int


class ViewerJoinedEvent(_RoomEvent):
    """A viewer's media came up."""

    type: Literal["viewer.joined"]
    data: _ViewerJoined


class _ViewerLeft(_SessionEnd):
    viewer_count: int


class ViewerLeftEvent(_RoomEvent):
    """A viewer's media ended."""

    type: Literal["viewer.left"]
    data: _ViewerLeft


class _WarningBase(TypedDict):
    code: str
    kind: Literal["audio", "video"]
    detail: str
    advice: str


class _Warning(_WarningBase, total=False):
    rid: str


class StreamWarningEvent(_RoomEvent):
    """Something is wrong with the host's stream."""

    type: Literal["stream.warning"]
    data: _Warning


class ChatMessageEvent(_RoomEvent):
    """Something was said, where the server's `chat.events` is set."""

    type: Literal["chat.message"]
    data: ChatMessage


class _LimitHit(TypedDict):
    limit: str
    detail: str
    not_told: int


class LimitHitEvent(_Event):
    """Somebody was kept out. The room is None where the limit is the server's."""

    type: Literal["limit.hit"]
    room_id: str | None
    data: _LimitHit


MediaEvent = (
    RoomStartedEvent
    | RoomEndedEvent
    | HostLiveEvent
    | HostLostEvent
    | HostBackEvent
    | ViewerJoinedEvent
    | ViewerLeftEvent
    | StreamWarningEvent
    | ChatMessageEvent
    | LimitHitEvent
)
"""Told apart by `type`: type checkers know the `data` of each."""
