"""What can go wrong between a backend and the media server."""

import json
from functools import cache
from importlib.resources import files

import httpx


class MediaServerError(Exception):
    """
    The media server refused a call.

    `status` is the HTTP status (None where no answer came), `code` the stable word to branch on,
    for example `room_not_found`, `detail` the sentence that says what was wrong and `advice` the
    one that says what to do. `is_retryable` tells whether the same call may succeed later, and
    `retry_after_s` after how long, where the server says so. `faults` names the places of a body
    that were wrong.
    """

    def __init__(
        self,
        *,
        status: int | None,
        code: str,
        detail: str,
        is_retryable: bool = False,
        retry_after_s: float | None = None,
        faults: tuple[str, ...] = (),
    ) -> None:
        """Keep the parts of the error, and show them all in its text."""
        super().__init__(f"{code}: {detail}" if status is None else f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.is_retryable = is_retryable
        self.retry_after_s = retry_after_s
        self.faults = faults

    @property
    def advice(self) -> str | None:
        """What to do about it; None for a code that this version of the client does not know."""
        return _advice().get(self.code)

    @classmethod
    def from_response(cls, response: httpx.Response) -> "MediaServerError":
        """Read problem details (RFC 9457); a proxy's own page becomes `http_502` and the like."""
        try:
            problem = response.json()
        except ValueError:
            problem = None
        if not isinstance(problem, dict):
            problem = {}
        kind = _kinds.get(response.status_code, cls)
        return kind(
            status=response.status_code,
            code=str(problem.get("code", f"http_{response.status_code}")),
            detail=str(problem.get("detail") or problem.get("title") or response.reason_phrase),
            is_retryable=problem.get("retryable") is True,
            retry_after_s=_seconds(response.headers.get("retry-after")),
            faults=_faults(problem.get("errors")),
        )


class MediaServerUnavailable(MediaServerError):
    """No answer came: the server is down, unreachable or too slow. `code` is `unavailable`."""

    def __init__(self, detail: str) -> None:
        """Say where the call went and what became of it."""
        super().__init__(status=None, code="unavailable", detail=detail, is_retryable=True)


class NotAuthorized(MediaServerError):
    """401 or 403: there was no token, or not a good one, or it is for something else."""


class NotFound(MediaServerError):
    """404: there is no such room or session, or not any more."""


class Conflict(MediaServerError):
    """409: the room is somebody else's, has its host already, or is not live."""


class RateLimited(MediaServerError):
    """429: too many calls from this address, or by this user."""


_kinds: dict[int, type[MediaServerError]] = {
    401: NotAuthorized,
    403: NotAuthorized,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


def _seconds(retry_after: str | None) -> float | None:
    # The server sends seconds. A proxy may send a date, which is as good as nothing: clocks differ.
    try:
        return max(0.0, float(int(retry_after))) if retry_after is not None else None
    except ValueError:
        return None


def _faults(errors: object) -> tuple[str, ...]:
    if not isinstance(errors, list):
        return ()
    places = [fault for fault in errors if isinstance(fault, dict)]
    return tuple(f"{fault.get('path')}: {fault.get('message')}" for fault in places)


@cache
def _advice() -> dict[str, str]:
    # Written by `npm run documents`, from the same notes as docs/errors.md.
    text = files(__package__).joinpath("advice.json").read_text(encoding="utf-8")
    advice: dict[str, str] = json.loads(text)
    return advice
