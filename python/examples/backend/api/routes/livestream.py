"""The livestream calls, with this backend's users and rules."""

from typing import Annotated

from database import Database
from fastapi import APIRouter, Depends
from models import Follow, Post
from services.live_state import apply_event
from services.media_server_client import get_media_server_client
from settings import WEBHOOK_SECRET

from api.signed_in import SignedIn
from bitbasel_media import MediaEvent
from bitbasel_media.fastapi import StartBody, livestream_router, webhook_event


def current_user(me: SignedIn) -> str:
    """Name the user as the media server is to know it."""
    return str(me.id)


def may_start(start: StartBody, me: SignedIn, database: Database) -> bool:
    """One goes live in a post of one's own."""
    if start.post_id is None or not start.post_id.isdecimal():
        return False
    post = database.get(Post, int(start.post_id))
    return post is not None and post.author_id == me.id


def may_watch(user_id: str, me: SignedIn, database: Database) -> bool:
    """One watches oneself, and whom one follows."""
    if not user_id.isdecimal():
        return False
    is_self = int(user_id) == me.id
    return is_self or database.get(Follow, (me.id, int(user_id))) is not None


router = APIRouter()
router.include_router(
    livestream_router(
        current_user=current_user,
        may_start=may_start,
        may_watch=may_watch,
        media_server=get_media_server_client,
    )
)

SignedEvent = Annotated[
    MediaEvent, Depends(webhook_event([] if WEBHOOK_SECRET is None else WEBHOOK_SECRET))
]


@router.post("/webhooks/media", status_code=204, tags=["webhooks"])
def hear(event: SignedEvent, database: Database) -> None:
    """Take what the media server tells: here a post becomes live."""
    apply_event(database, event)
