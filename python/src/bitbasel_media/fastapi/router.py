"""The livestream calls as a router, which an application gives its own users and rules."""

import os
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException

from ..client import MediaServerClient, get_media_server_client
from ..tokens import Caps, TokenMinter
from .bodies import (
    LivestreamAccepted,
    LivestreamAnswer,
    LivestreamEnd,
    LivestreamEnded,
    LivestreamHostAnswer,
    LivestreamJoin,
    LivestreamStart,
)
from .livestreams import Livestreams
from .problems import MediaServerRoute

Dependency = Callable[..., Any]


def _start_body(body: LivestreamStart) -> LivestreamStart:
    return body


StartBody = Annotated[LivestreamStart, Depends(_start_body)]
"""For the parameter by which `may_start` sees what is to be started."""


def anyone_may() -> bool:
    """Let every user do it that `current_user` lets in."""
    return True


def livestream_router(
    *,
    current_user: Dependency,
    may_watch: Dependency,
    may_start: Dependency = anyone_may,
    media_server: Callable[..., MediaServerClient] = get_media_server_client,
    minter: TokenMinter | None = None,
    public_url: str | None = None,
    token_ttl_s: float = 3600,
    host_caps: Caps | None = None,
    viewer_caps: Caps | None = None,
) -> APIRouter:
    """
    Make the router of `/livestream/start`, `/answer`, `/{user_id}/join` and `/end`.

    The first three arguments are FastAPI dependencies of the application's own. `current_user`
    returns the id of whoever calls, as text, or raises the application's 401. `may_watch` returns
    True where that user may watch the user of the path parameter `user_id`, and `may_start` where
    it may begin what a parameter `start: StartBody` tells; anything but True is a 403.

    `minter` makes the users' tokens (default: with `MEDIA_SERVER_SECRET`, or none where that is not
    set), which are good for `token_ttl_s` and limited to the caps. `public_url` is where browsers
    reach the media server (default: `MEDIA_SERVER_PUBLIC_URL`, or where this backend does).
    """
    router = APIRouter(prefix="/livestream", tags=["livestream"], route_class=MediaServerRoute)
    streams = Livestreams(
        minter or _minter_from_environment(),
        public_url or os.environ.get("MEDIA_SERVER_PUBLIC_URL"),
        token_ttl_s,
        host_caps,
        viewer_caps,
    )

    @router.post("/start", response_model_exclude_unset=True)
    async def start(
        body: StartBody,
        user: Annotated[str, Depends(current_user)],
        may: Annotated[object, Depends(may_start)],
        client: Annotated[MediaServerClient, Depends(media_server)],
    ) -> LivestreamAnswer:
        """Create the room, and return the server's offer, or the answer to the caller's."""
        if may is not True or body.user_id not in (None, user):
            raise HTTPException(403, "You may not go live here.")
        return await streams.start(client, user, body)

    @router.post("/answer")
    async def answer(
        body: LivestreamHostAnswer,
        _user: Annotated[str, Depends(current_user)],
        client: Annotated[MediaServerClient, Depends(media_server)],
    ) -> LivestreamAccepted:
        """Take the host's answer to the server's offer."""
        await client.answer_livestream(body.session_id, body.sdp)
        return LivestreamAccepted(session_id=body.session_id)

    @router.post("/{user_id}/join", response_model_exclude_unset=True)
    async def join(
        user_id: str,
        body: LivestreamJoin,
        user: Annotated[str, Depends(current_user)],
        may: Annotated[object, Depends(may_watch)],
        client: Annotated[MediaServerClient, Depends(media_server)],
    ) -> LivestreamAnswer:
        """Let a viewer in, and return the answer to its offer."""
        if may is not True:
            raise HTTPException(403, "You may not watch this.")
        if body.description is None and not body.sdk:
            raise HTTPException(422, "The viewer's offer is required: sdp, offer, or sdk: true.")
        return await streams.join(client, user_id, user, None if body.sdk else body.description)

    @router.post("/end")
    async def end(
        user: Annotated[str, Depends(current_user)],
        client: Annotated[MediaServerClient, Depends(media_server)],
        body: LivestreamEnd | None = None,
    ) -> LivestreamEnded:
        """End the caller's livestream."""
        room_id = await streams.end(client, user, None if body is None else body.room_id)
        return LivestreamEnded(room_id=room_id)

    return router


def _minter_from_environment() -> TokenMinter | None:
    secret = os.environ.get("MEDIA_SERVER_SECRET")
    return TokenMinter(secret) if secret else None
