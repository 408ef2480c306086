"""What is said in a room."""

from typing import Literal

from typing_extensions import TypedDict


class ChatPerson(TypedDict):
    """Who said something. Names are to be shown as plain text."""

    session_id: str | None
    """Public, and what `kick` takes; None for the backend."""
    identity: str | None
    name: str | None
    role: Literal["host", "moderator", "viewer", "system"]
    """The server's word, whatever names say."""


# `from` is a keyword of Python's.
_From = TypedDict("_From", {"from": ChatPerson})


class ChatMessage(_From):
    """A message, whose text is to be shown as text and never as HTML."""

    id: str
    text: str
    sent_at: str


class RoomChat(TypedDict):
    """The answer of `GET /rooms/{room_id}/chat`."""

    room_id: str
    enabled: bool
    slow_mode_seconds: int
    member_count: int
    messages: list[ChatMessage]
    """The last ones, oldest first."""
