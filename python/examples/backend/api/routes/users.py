"""Signing in, and following."""

from typing import Annotated

from database import Database
from fastapi import APIRouter, HTTPException
from models import Follow, User
from pydantic import BaseModel, StringConstraints
from sqlalchemy import select

from api.signed_in import SignedIn, sign_in

router = APIRouter(tags=["users"])


class SignIn(BaseModel):
    """Body of `POST /users`."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Session(BaseModel):
    """Who is signed in, and the token to send along."""

    user_id: int
    name: str
    token: str


class ShownUser(BaseModel):
    """Another user."""

    user_id: int
    name: str
    is_followed: bool


@router.post("/users")
def enter(body: SignIn, database: Database) -> Session:
    """Sign in, and up where the name is new."""
    user = database.scalar(select(User).where(User.name == body.name))
    if user is None:
        user = User(name=body.name)
        database.add(user)
        database.commit()
    return Session(user_id=user.id, name=user.name, token=sign_in(user))


@router.get("/users")
def list_users(me: SignedIn, database: Database) -> list[ShownUser]:
    """List the others."""
    followed = set(database.scalars(select(Follow.followed_id).where(Follow.follower_id == me.id)))
    users = database.scalars(select(User).where(User.id != me.id).order_by(User.name))
    return [
        ShownUser(user_id=user.id, name=user.name, is_followed=user.id in followed)
        for user in users
    ]


@router.put("/users/{user_id}/follow", status_code=204)
def follow(user_id: int, me: SignedIn, database: Database) -> None:
    """Follow somebody."""
    if database.get(User, user_id) is None:
        raise HTTPException(404, "There is no such user.")
    database.merge(Follow(follower_id=me.id, followed_id=user_id))
    database.commit()


@router.delete("/users/{user_id}/follow", status_code=204)
def unfollow(user_id: int, me: SignedIn, database: Database) -> None:
    """Do not follow somebody any more."""
    follow = database.get(Follow, (me.id, user_id))
    if follow is not None:
        database.delete(follow)
        database.commit()
