"""Users, who follows whom, posts and whether they are live."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The tables."""


class User(Base):
    """Somebody who posts and watches."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Follow(Base):
    """`follower` sees what `followed` posts."""

    __tablename__ = "follows"
    follower_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    followed_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class Post(Base):
    """What somebody posts; it can be live. The last three columns follow the webhooks."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    room_id: Mapped[str | None] = mapped_column(unique=True)
    is_live: Mapped[bool] = mapped_column(default=False)
    viewer_count: Mapped[int] = mapped_column(default=0)
    author: Mapped[User] = relationship()


class SeenEvent(Base):
    """An event that was handled: it may be delivered again, and must not count twice."""

    __tablename__ = "seen_events"
    id: Mapped[str] = mapped_column(primary_key=True)
