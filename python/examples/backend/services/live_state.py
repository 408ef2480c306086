"""Keeps the posts as the media server tells of them."""

from models import Post, SeenEvent
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bitbasel_media import MediaEvent


def apply_event(database: Session, event: MediaEvent) -> None:
    """Bring the post that the event is about up to date, once for each event."""
    database.add(SeenEvent(id=event["id"]))
    try:
        database.flush()
    except IntegrityError:
        return
    if event["type"] == "room.started":
        _on_room(database, event["data"]["post_id"], event["room_id"])
    post = database.scalar(select(Post).where(Post.room_id == event["room_id"]))
    if post is not None:
        _update(post, event)
    database.commit()


def _on_room(database: Session, post_id: str | None, room_id: str) -> None:
    if post_id is None or not post_id.isdecimal():
        return
    post = database.get(Post, int(post_id))
    if post is not None:
        post.room_id = room_id


def _update(post: Post, event: MediaEvent) -> None:
    match event["type"]:
        case "host.live" | "host.back":
            post.is_live = True
        case "host.lost":
            post.is_live = False
        case "viewer.joined" | "viewer.left":
            post.viewer_count = event["data"]["viewer_count"]
        case "room.ended":
            post.is_live, post.viewer_count, post.room_id = False, 0, None
