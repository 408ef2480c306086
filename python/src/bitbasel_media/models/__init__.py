"""
The media server's answers, as they come over the wire.

Typed dictionaries: they cost nothing, and keys that a newer server adds are simply there. Those of
`typing_extensions`, so that FastAPI takes them for answers before Python 3.12 too.
Times are ISO 8601 in UTC.
"""

from .chat import ChatMessage, ChatPerson, RoomChat
from .events import (
    ChatMessageEvent,
    EventType,
    HostBackEvent,
    HostLiveEvent,
    HostLostEvent,
    LimitHitEvent,
    MediaEvent,
    RoomEndedEvent,
    RoomStartedEvent,
    StreamWarningEvent,
    ViewerJoinedEvent,
    ViewerLeftEvent,
)
from .history import RoomHistory, RoomHistoryDetail, RoomHistoryPage, SessionHistory
from .livestream import IceServer, LivestreamSession, Ticket
from .quality import (
    HostLayer,
    HostQuality,
    Percentiles,
    PlayerReport,
    RoomQuality,
    StreamWarning,
    ViewerQuality,
    ViewersSummary,
    ViewerTrack,
)
from .rooms import (
    ActiveSpeaker,
    AudioSettings,
    ChatSettings,
    HostInfo,
    HostWarning,
    MediaSettings,
    RoomInfo,
    RoomSettings,
    RoomStats,
    VideoSettings,
)
from .server import Health, HistoryHealth, Readiness, ReadinessCheck, ServerStats

__all__ = [
    "ActiveSpeaker",
    "AudioSettings",
    "ChatMessage",
    "ChatMessageEvent",
    "ChatPerson",
    "ChatSettings",
    "EventType",
    "Health",
    "HistoryHealth",
    "HostBackEvent",
    "HostInfo",
    "HostLayer",
    "HostLiveEvent",
    "HostLostEvent",
    "HostQuality",
    "HostWarning",
    "IceServer",
    "LimitHitEvent",
    "LivestreamSession",
    "MediaEvent",
    "MediaSettings",
    "Percentiles",
    "PlayerReport",
    "Readiness",
    "ReadinessCheck",
    "RoomChat",
    "RoomEndedEvent",
    "RoomHistory",
    "RoomHistoryDetail",
    "RoomHistoryPage",
    "RoomInfo",
    "RoomQuality",
    "RoomSettings",
    "RoomStartedEvent",
    "RoomStats",
    "ServerStats",
    "SessionHistory",
    "StreamWarning",
    "StreamWarningEvent",
    "Ticket",
    "VideoSettings",
    "ViewerJoinedEvent",
    "ViewerLeftEvent",
    "ViewerQuality",
    "ViewerTrack",
    "ViewersSummary",
]
