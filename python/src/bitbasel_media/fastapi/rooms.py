"""Finds the room of a user."""

import hashlib
import re
from collections import OrderedDict

from ..client import MediaServerClient
from ..errors import NotFound
from ..models import RoomInfo

_ROOM_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~:@-]{1,128}")
_MOST_REMEMBERED = 10_000


def room_id_of(user_id: str) -> str:
    """Name the room of a user who streams without a post: the user id, where that fits a URL."""
    if _ROOM_ID.fullmatch(user_id):
        return user_id
    return f"user_{hashlib.sha256(user_id.encode()).hexdigest()[:32]}"


class UserRooms:
    """
    Which room is whose.

    The media server is asked each time whether that is still so; remembering spares it the list of
    all its rooms for every viewer who comes.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._room_ids: OrderedDict[str, str] = OrderedDict()

    def remember(self, user_id: str, room_id: str) -> None:
        """Keep this as the user's latest room."""
        self._room_ids[user_id] = room_id
        self._room_ids.move_to_end(user_id)
        if len(self._room_ids) > _MOST_REMEMBERED:
            self._room_ids.popitem(last=False)

    async def find(self, client: MediaServerClient, user_id: str) -> RoomInfo:
        """Return the user's room, a live one before others, or raise `NotFound`."""
        known = self._room_ids.get(user_id)
        room = None if known is None else await _room_or_none(client, known)
        if room is not None and room["owner"] == user_id and room["is_active"]:
            return room
        own = [room for room in await client.list_rooms() if room["owner"] == user_id]
        if not own:
            raise NotFound(status=404, code="room_not_found", detail=f"{user_id} is not live.")
        found = ([room for room in own if room["is_active"]] or own)[-1]
        self.remember(user_id, found["room_id"])
        return found


async def _room_or_none(client: MediaServerClient, room_id: str) -> RoomInfo | None:
    try:
        return await client.get_room(room_id)
    except NotFound:
        return None
