"""Every call of the API as a value: what is sent, and how its answer is read. No I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

from .models import (
    ChatMessage,
    Health,
    IceServer,
    LivestreamSession,
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

T = TypeVar("T")


@dataclass(frozen=True)
class Call(Generic[T]):
    """One call that is still to be made."""

    method: str
    path: str
    read: Callable[[dict[str, Any]], T]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = True
    """Twice does no more than once, so that it may be repeated where its answer was lost."""
    done_when_gone: Callable[[], T] | None = None
    """For calls that end something: a 404 to the second attempt says that the first one did it."""
    also_answers: frozenset[int] = frozenset()
    """Statuses besides 2xx that carry the answer."""


def _room(room_id: str) -> str:
    return quote(room_id, safe="")


def _given(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _text(**values: object) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}


def health() -> Call[Health]:
    """`GET /health`."""
    return Call("GET", "/health", lambda answer: cast(Health, answer))


def readiness() -> Call[Readiness]:
    """`GET /health/ready`, whose 503 is an answer too."""
    return Call(
        "GET",
        "/health/ready",
        lambda answer: cast(Readiness, {"status": answer["status"], "checks": answer["checks"]}),
        also_answers=frozenset({503}),
    )


def create_room(post_id: str, user_id: str) -> Call[str]:
    """`POST /room/create`: repeated, it gives the same room."""
    body = {"post_id": post_id, "host_user_id": user_id}
    return Call("POST", "/room/create", lambda answer: str(answer["room_id"]), body)


def open_room(
    room_id: str, owner: str | None, post_id: str | None, settings: RoomSettings | None
) -> Call[RoomInfo]:
    """`POST /rooms`: repeated by the same owner, it gives the same room."""
    body = _given(room_id=room_id, owner=owner, post_id=post_id, settings=settings)
    return Call("POST", "/rooms", lambda answer: cast(RoomInfo, answer), body)


def list_rooms() -> Call[list[RoomInfo]]:
    """`GET /rooms`."""
    return Call("GET", "/rooms", lambda answer: cast(list[RoomInfo], answer["rooms"]))


def get_room(room_id: str) -> Call[RoomInfo]:
    """`GET /rooms/{room_id}`."""
    return Call("GET", f"/rooms/{_room(room_id)}", lambda answer: cast(RoomInfo, answer))


def stop_room(room_id: str) -> Call[None]:
    """`POST /room/{room_id}/stop`."""
    path = f"/room/{_room(room_id)}/stop"
    return Call("POST", path, lambda _: None, done_when_gone=lambda: None)


def get_room_stats(room_id: str) -> Call[RoomStats]:
    """`GET /room/{room_id}/stats`."""
    return Call("GET", f"/room/{_room(room_id)}/stats", lambda answer: cast(RoomStats, answer))


def get_room_quality(room_id: str) -> Call[RoomQuality]:
    """`GET /rooms/{room_id}/quality`."""
    return Call("GET", f"/rooms/{_room(room_id)}/quality", lambda answer: cast(RoomQuality, answer))


def kick(room_id: str, session_id: str) -> Call[None]:
    """`DELETE /rooms/{room_id}/sessions/{session_id}`."""
    path = f"/rooms/{_room(room_id)}/sessions/{quote(session_id, safe='')}"
    return Call("DELETE", path, lambda _: None, done_when_gone=lambda: None)


def get_chat(room_id: str) -> Call[RoomChat]:
    """`GET /rooms/{room_id}/chat`."""
    return Call("GET", f"/rooms/{_room(room_id)}/chat", lambda answer: cast(RoomChat, answer))


def say(room_id: str, text: str, name: str | None) -> Call[ChatMessage]:
    """`POST /rooms/{room_id}/chat`; repeated, it would be said twice."""
    return Call(
        "POST",
        f"/rooms/{_room(room_id)}/chat",
        lambda answer: cast(ChatMessage, answer),
        _given(text=text, name=name),
        is_repeatable=False,
    )


def remove_chat_message(room_id: str, message_id: str) -> Call[None]:
    """`DELETE /rooms/{room_id}/chat/{message_id}`."""
    path = f"/rooms/{_room(room_id)}/chat/{quote(message_id, safe='')}"
    return Call("DELETE", path, lambda _: None, done_when_gone=lambda: None)


def get_stats() -> Call[ServerStats]:
    """`GET /stats`."""
    return Call("GET", "/stats", lambda answer: cast(ServerStats, answer))


def get_ice_servers() -> Call[list[IceServer]]:
    """`GET /ice-servers`."""
    return Call("GET", "/ice-servers", lambda answer: cast(list[IceServer], answer["ice_servers"]))


def create_ticket() -> Call[Ticket]:
    """`POST /tickets`; one that is never used expires by itself."""
    return Call("POST", "/tickets", lambda answer: cast(Ticket, answer))


def start_livestream(
    user_id: str, room_id: str | None, post_id: str | None, sdp: str | None, takeover: bool
) -> Call[LivestreamSession]:
    """`POST /livestream/start`; repeated, it would begin a second session."""
    body = _given(
        user_id=user_id, room_id=room_id, post_id=post_id, sdp=sdp, takeover=takeover or None
    )
    return Call(
        "POST",
        "/livestream/start",
        lambda answer: cast(LivestreamSession, answer),
        body,
        is_repeatable=False,
    )


def answer_livestream(session_id: str, sdp: str) -> Call[None]:
    """`POST /livestream/answer`; an offer is answered once."""
    body = {"session_id": session_id, "sdp": sdp}
    return Call("POST", "/livestream/answer", lambda _: None, body, is_repeatable=False)


def join_livestream(user_id: str, sdp: str, viewer_id: str | None) -> Call[LivestreamSession]:
    """`POST /livestream/{user_id}/join`; repeated, it would begin a second session."""
    return Call(
        "POST",
        f"/livestream/{quote(user_id, safe='')}/join",
        lambda answer: cast(LivestreamSession, answer),
        _given(sdp=sdp, viewer_id=viewer_id),
        is_repeatable=False,
    )


def end_livestream(user_id: str | None, room_id: str | None) -> Call[str]:
    """`POST /livestream/end`; repeated, it could end the user's next livestream."""
    return Call(
        "POST",
        "/livestream/end",
        lambda answer: str(answer["room_id"]),
        _given(user_id=user_id, room_id=room_id),
        is_repeatable=False,
    )


def list_room_history(
    room_id: str | None, limit: int | None, cursor: str | None
) -> Call[RoomHistoryPage]:
    """`GET /history/rooms`."""
    query = _text(room_id=room_id, limit=limit, cursor=cursor)
    return Call("GET", "/history/rooms", lambda answer: cast(RoomHistoryPage, answer), query=query)


def get_room_history(
    room_id: str, run_id: str | None, limit: int | None, cursor: str | None
) -> Call[RoomHistoryDetail]:
    """`GET /history/rooms/{room_id}`."""
    return Call(
        "GET",
        f"/history/rooms/{_room(room_id)}",
        lambda answer: cast(RoomHistoryDetail, answer),
        query=_text(run_id=run_id, limit=limit, cursor=cursor),
    )
