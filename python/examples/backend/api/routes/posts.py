"""Posts, and the room behind each."""

from contextlib import suppress
from typing import Annotated

from database import Database
from fastapi import APIRouter, HTTPException
from models import Follow, Post, User
from pydantic import BaseModel, StringConstraints
from services.media_server_client import get_media_server_client
from sqlalchemy import or_, select

from api.signed_in import SignedIn
from bitbasel_media import MediaServerUnavailable, NotFound
from bitbasel_media.fastapi import MediaServerRoute
from bitbasel_media.models import RoomStats

router = APIRouter(tags=["posts"], route_class=MediaServerRoute)


class NewPost(BaseModel):
    """Body of `POST /posts`."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ShownPost(BaseModel):
    """A post as the page shows it."""

    post_id: int
    author_id: int
    author: str
    text: str
    is_live: bool
    viewer_count: int


def _shown(post: Post) -> ShownPost:
    return ShownPost(
        post_id=post.id,
        author_id=post.author_id,
        author=post.author.name,
        text=post.text,
        is_live=post.is_live,
        viewer_count=post.viewer_count,
    )


@router.post("/posts", status_code=201)
async def create_post(body: NewPost, me: SignedIn, database: Database) -> ShownPost:
    """Post, and create the room that the post can be live in."""
    post = Post(author_id=me.id, text=body.text)
    database.add(post)
    database.commit()
    # One can post while it is away; going live makes the room then.
    with suppress(MediaServerUnavailable):
        post.room_id = await get_media_server_client().create_room(str(post.id), str(me.id))
        database.commit()
    return _shown(post)


@router.get("/posts")
def feed(me: SignedIn, database: Database) -> list[ShownPost]:
    """List one's own posts and those of whom one follows, live ones first."""
    followed = select(Follow.followed_id).where(Follow.follower_id == me.id)
    posts = database.scalars(
        select(Post)
        .where(or_(Post.author_id == me.id, Post.author_id.in_(followed)))
        .order_by(Post.is_live.desc(), Post.id.desc())
        .limit(50)
    )
    return [_shown(post) for post in posts]


@router.get("/posts/{post_id}/stats")
async def post_stats(post_id: int, me: SignedIn, database: Database) -> RoomStats:
    """Ask the media server how the post's room is."""
    post = _own_post(database, me, post_id)
    if post.room_id is None:
        raise HTTPException(404, "The post has no room now.")
    return await get_media_server_client().get_room_stats(post.room_id)


@router.delete("/posts/{post_id}", status_code=204)
async def delete_post(post_id: int, me: SignedIn, database: Database) -> None:
    """Delete a post and stop its room."""
    post = _own_post(database, me, post_id)
    if post.room_id is not None:
        with suppress(NotFound):
            await get_media_server_client().stop_room(post.room_id)
    database.delete(post)
    database.commit()


def _own_post(database: Database, me: User, post_id: int) -> Post:
    post = database.get(Post, post_id)
    if post is None or post.author_id != me.id:
        raise HTTPException(404, "You have no such post.")
    return post
