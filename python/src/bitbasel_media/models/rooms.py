"""Rooms, their settings, and who is in them."""

from typing import Any, Literal

from typing_extensions import TypedDict


class VideoSettings(TypedDict, total=False):
    """What a room may ask of a host's video, above the server's settings."""

    codec: Literal["VP8", "VP9", "H264", "AV1"]
    target_bitrate_kbps: int
    max_framerate: int


class AudioSettings(TypedDict, total=False):
    """What a room may ask of a host's audio, above the server's settings."""

    codec: Literal["Opus"]
    bitrate_kbps: int
    sample_rate: int
    redundancy: bool


class _Video(TypedDict):
    codec: Literal["VP8", "VP9", "H264", "AV1"]
    target_bitrate_kbps: int
    max_framerate: int


class _Audio(TypedDict):
    codec: Literal["Opus"]
    bitrate_kbps: int
    sample_rate: int
    redundancy: bool


class MediaSettings(TypedDict):
    """What a host is asked to send: the server's settings, and those of the room above them."""

    video: _Video
    audio: _Audio


class ChatSettings(TypedDict, total=False):
    """The room's chat, above the server's settings."""

    enabled: bool
    slow_mode_seconds: int


class RoomSettings(TypedDict, total=False):
    """What a room may be given. The server keeps other keys too, and gives them back."""

    video: VideoSettings
    audio: AudioSettings
    max_viewers: int
    max_hosts: int
    chat: ChatSettings


class HostInfo(TypedDict):
    """A host whose media connection is up."""

    session_id: str
    """Public: it gives no right to anything, and is what `kick` takes."""
    user_id: str | None
    is_main: bool
    live_since: str
    audio: bool
    video: bool


class ActiveSpeaker(TypedDict):
    """Who speaks."""

    user_id: str | None


class _HostWarning(TypedDict):
    code: str
    kind: Literal["audio", "video"]
    since: str
    detail: str
    advice: str
    user_id: str | None


class HostWarning(_HostWarning, total=False):
    """What is wrong with a host's stream."""

    rid: str


class RoomInfo(TypedDict):
    """A room, as `GET /rooms/{room_id}` shows it."""

    room_id: str
    post_id: str | None
    owner: str | None
    is_active: bool
    """True while some host's media connection is up."""
    has_host: bool
    viewer_count: int
    max_viewers: int
    created_at: str
    live_since: str | None
    hosts: list[HostInfo]
    """The main host first."""
    max_hosts: int
    active_speaker: ActiveSpeaker | None
    warnings: list[HostWarning]
    media: MediaSettings
    settings: dict[str, Any]
    """`RoomSettings` as they were given, and the caller's own keys."""


class RoomStats(TypedDict):
    """The answer of `GET /room/{room_id}/stats`."""

    room_id: str
    post_id: str | None
    is_active: bool
    """True while the host's media connection is up."""
    viewer_count: int
    """Viewers whose media connection is up."""
    has_host: bool
