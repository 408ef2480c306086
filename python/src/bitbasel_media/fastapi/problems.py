"""What a backend answers when the media server refuses a call, or is away."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from ..errors import MediaServerError, MediaServerUnavailable

# How soon to ask again for a server that has said nothing of itself.
_AWAY_RETRY_AFTER_S = 5
# These are about the user, and told. Others of 401 and 403 are about the backend's own token.
_USERS_OWN = frozenset({"kicked", "token_revoked"})


def problem(
    status: int, code: str, detail: str, *, retry_after_s: float | None = None
) -> JSONResponse:
    """Write problem details (RFC 9457)."""
    headers = {} if retry_after_s is None else {"Retry-After": str(max(1, round(retry_after_s)))}
    return JSONResponse(
        {"status": status, "code": code, "detail": detail, "retryable": retry_after_s is not None},
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def answer_media_server_error(_request: Request, error: Exception) -> JSONResponse:
    """
    Answer an error of the media server's as the backend's own.

    For `app.add_exception_handler(MediaServerError, answer_media_server_error)`; the livestream
    router does it by itself. What the caller did wrong is told as the media server tells it. A
    server that is away, full, or that this backend asks too often is a 503 with Retry-After; one
    that does not take the backend's token, or that breaks, is a 502.
    """
    if not isinstance(error, MediaServerError):
        raise error
    if isinstance(error, MediaServerUnavailable):
        detail = "The media server does not answer. Try again in a moment."
        code = "media_server_unavailable"
        return problem(503, code, detail, retry_after_s=_AWAY_RETRY_AFTER_S)
    status = error.status or 500
    if error.code in _USERS_OWN:
        return problem(403, error.code, error.detail)
    if status in (401, 403):
        detail = "The media server does not accept this backend's token."
        return problem(502, "media_server_refused", detail)
    if status in (429, 503):
        wait_s = error.retry_after_s or _AWAY_RETRY_AFTER_S
        return problem(503, error.code, error.detail, retry_after_s=wait_s)
    if status >= 500 or status < 400:
        return problem(502, "media_server_failed", "The media server could not do this.")
    return problem(status, error.code, error.detail, retry_after_s=error.retry_after_s)


class MediaServerRoute(APIRoute):
    """A route that answers the media server's errors by itself: `APIRouter(route_class=...)`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handle = super().get_route_handler()

        async def handle_errors(request: Request) -> Response:
            try:
                return await handle(request)
            except MediaServerError as error:
                return answer_media_server_error(request, error)

        return handle_errors
