"""How the sessions of a room are doing now. Unknown values are None."""

from typing import Literal

from typing_extensions import TypedDict


class HostLayer(TypedDict):
    """A simulcast layer as the host sends it, or its audio."""

    kind: Literal["audio", "video"]
    codec: str
    rid: str | None
    live: bool
    width: int
    height: int
    frames_per_second: float | None
    bitrate_bps: float
    packets_received: int
    packets_lost: int
    loss: float | None
    jitter_ms: float
    packets_nacked: int
    packets_recovered: int
    keyframes_received: int
    keyframes_requested: int
    viewers: int


class _StreamWarning(TypedDict):
    code: str
    kind: Literal["audio", "video"]
    since: str
    detail: str
    advice: str


class StreamWarning(_StreamWarning, total=False):
    """What is wrong with a stream."""

    rid: str


class _Session(TypedDict):
    session_id: str
    """Public, and what `kick` takes."""
    user_id: str | None
    kind: Literal["http", "websocket"]
    state: Literal["connecting", "connected"]
    created_at: str
    connect_ms: float | None
    round_trip_ms: float | None


class HostQuality(_Session):
    """A host and the layers that it sends."""

    layers: list[HostLayer]
    warnings: list[StreamWarning]


class ViewerTrack(TypedDict):
    """What a viewer is sent of one track."""

    kind: Literal["audio", "video"]
    codec: str | None
    rid: str | None
    spatial_layer: int | None
    temporal_layer: int | None
    width: int
    height: int
    frames_per_second: float | None
    bitrate_bps: float
    paused: bool
    packets_sent: int
    packets_retransmitted: int
    loss: float | None
    packets_lost: int
    jitter_ms: float | None
    report_age_ms: float | None
    starved: bool


class _PlayerReport(TypedDict):
    reported_at: str


class PlayerReport(_PlayerReport, total=False):
    """What a viewer's player says of itself."""

    first_frame_ms: float
    freeze_count: int
    freeze_duration_ms: float
    frames_decoded: int
    frames_dropped: int
    width: int
    height: int
    frames_per_second: float
    jitter_buffer_ms: float
    delay_ms: float


class ViewerQuality(_Session):
    """A viewer and what it is sent."""

    estimate_bps: float | None
    packets_nacked: int
    keyframes_requested: int
    tracks: list[ViewerTrack]
    player: PlayerReport | None


class Percentiles(TypedDict):
    """Over the viewers for which the value is known."""

    count: int
    p50: float | None
    p90: float | None
    p99: float | None


class ViewersSummary(TypedDict):
    """What the viewers of a room have in common."""

    viewers: int
    paused: int
    starved: int
    round_trip_ms: Percentiles
    loss: Percentiles
    jitter_ms: Percentiles
    estimate_bps: Percentiles
    connect_ms: Percentiles
    first_frame_ms: Percentiles
    freeze_count: Percentiles


class RoomQuality(TypedDict):
    """The answer of `GET /rooms/{room_id}/quality`."""

    room_id: str
    at: str
    hosts: list[HostQuality]
    viewers: list[ViewerQuality]
    summary: ViewersSummary
