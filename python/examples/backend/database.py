"""The database, and one session of it for each request."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from settings import DATABASE_URL
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

engine = create_engine(DATABASE_URL)


def _session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


Database = Annotated[Session, Depends(_session)]
