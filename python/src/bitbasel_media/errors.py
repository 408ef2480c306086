"""What can go wrong between a backend and the media server."""

import httpx


class MediaServerError(Exception):
    """
    The media server refused a call.

    `status` is the HTTP status (None where no answer came), `code` the stable word to branch on,
    for example `room_not_found`, and `detail` the sentence that says what was wrong.
    """

    def __init__(self, *, status: int | None, code: str, detail: str) -> None:
        """Keep the parts of the error, and show them all in its text."""
        super().__init__(f"{code}: {detail}" if status is None else f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail

    @classmethod
    def from_response(cls, response: httpx.Response) -> "MediaServerError":
        """Read problem details (RFC 9457); a proxy's own page becomes `http_502` and the like."""
        try:
            problem = response.json()
        except ValueError:
            problem = None
        if not isinstance(problem, dict):
            problem = {}
        return cls(
            status=response.status_code,
            code=str(problem.get("code", f"http_{response.status_code}")),
            detail=str(problem.get("detail") or problem.get("title") or response.reason_phrase),
        )


class MediaServerUnavailable(MediaServerError):
    """No answer came: the server is down, unreachable or too slow. `code` is `unavailable`."""

    def __init__(self, detail: str) -> None:
        """Say where the call went and what became of it."""
        super().__init__(status=None, code="unavailable", detail=detail)
