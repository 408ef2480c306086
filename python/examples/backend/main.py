"""
An example backend: users who post, go live in a post, and are watched by their followers.

`make example` starts it with its media server. By itself: `uvicorn main:app --port 8001`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api.routes import livestream, posts, users
from database import engine
from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from models import Base
from services.media_server_client import get_media_server_client

static = Path(__file__).parent / "static"


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Make the tables that are missing; close the client's connections in the end."""
    Base.metadata.create_all(engine)
    yield
    await get_media_server_client().aclose()


app = FastAPI(title="BitBasel example backend", lifespan=lifespan)
app.include_router(users.router)
app.include_router(posts.router)
app.include_router(livestream.router)
app.mount("/static", StaticFiles(directory=static), name="static")


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    """Serve the page."""
    return FileResponse(static / "index.html")
