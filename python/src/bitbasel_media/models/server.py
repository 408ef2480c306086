"""The server as a whole."""

from typing import Literal

from typing_extensions import TypedDict


class _HistoryHealth(TypedDict):
    mode: Literal["sqlite", "memory"]
    status: Literal["ok", "failing"]


class HistoryHealth(_HistoryHealth, total=False):
    """Whether the history can be written."""

    detail: str


class Health(TypedDict):
    """The answer of `GET /health`."""

    status: Literal["healthy"]
    service: Literal["media_server"]
    version: str
    history: HistoryHealth


class _ReadinessCheck(TypedDict):
    ok: bool


class ReadinessCheck(_ReadinessCheck, total=False):
    """One of the things that must hold."""

    detail: str
    """What is wrong, where something is."""


class Readiness(TypedDict):
    """The answer of `GET /health/ready`."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, ReadinessCheck]


class ServerStats(TypedDict):
    """The answer of `GET /stats`; bytes are those on the wire since the server's start."""

    total_rooms: int
    active_rooms: int
    total_peers: int
    total_viewers: int
    total_hosts: int
    total_bytes_sent: int
    total_bytes_received: int
