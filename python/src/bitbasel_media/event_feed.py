"""Reads `GET /events`, and knows where to go on after a loss. No clock and no socket."""

import json
import random
from typing import Any, cast

import httpx

from .errors import MediaServerError
from .models import MediaEvent
from .options import Options
from .retry import RetryPolicy

# The server writes a comment every 15 s: what is silent for longer is a connection that is gone.
SILENCE_S = 40.0
# An event has some hundred bytes.
_LONGEST_LINE = 1024 * 1024
_PASSING = frozenset({429, 500, 502, 503, 504})


class EventFeed:
    """One reader's place in the events, over one connection after another."""

    def __init__(self, room_id: str | None, last_event_id: str | None, retry: RetryPolicy) -> None:
        """Begin after `last_event_id`, or with what happens from now on."""
        self.last_event_id = last_event_id
        self._room_id = room_id
        # It comes back for ever: a reader of events wants no gap, however long the server is away.
        self._retry = RetryPolicy(2**62, retry.first_wait_s, retry.longest_wait_s)
        self._failures = 0
        self._rest = b""
        self._data: list[str] = []

    def request(self, options: Options) -> dict[str, Any]:
        """Arguments of httpx's `stream`, for the next connection."""
        self._rest = b""
        self._data = []
        headers = {"Accept": "text/event-stream", **options.headers}
        if self.last_event_id is not None:
            headers["Last-Event-ID"] = self.last_event_id
        return {
            "method": "GET",
            "url": "/events",
            "params": None if self._room_id is None else {"room": self._room_id},
            "headers": headers,
            "timeout": httpx.Timeout(options.timeout.connect, read=SILENCE_S),
        }

    def refused(self, response: httpx.Response) -> float:
        """Return the seconds until the next connection, or raise `MediaServerError`."""
        error = MediaServerError.from_response(response)
        if error.status not in _PASSING:
            raise error
        return self.lost(error.retry_after_s)

    def lost(self, retry_after_s: float | None = None) -> float:
        """Return the seconds until the next connection."""
        wait_s = self._retry.wait_s(self._failures, None, random.random())
        self._failures += 1
        return max(wait_s or 0.0, retry_after_s or 0.0)

    def feed(self, chunk: bytes) -> list[MediaEvent]:
        """Take what has come, and return the events that it completes."""
        # Not by str.splitlines, which parts lines at U+2028 too: user ids may hold that.
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            raise _bad_event("a line without an end")
        events = [self._take(line.removesuffix(b"\r")) for line in lines]
        return [event for event in events if event is not None]

    def _take(self, line: bytes) -> MediaEvent | None:
        if line.startswith(b"data:"):
            text = line[len(b"data:") :].decode("utf-8", "replace")
            self._data.append(text.removeprefix(" "))
        # The id stands in the data as well, and the event's name too.
        if line or not self._data:
            return None
        data, self._data = "\n".join(self._data), []
        try:
            event = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise _bad_event("no JSON") from error
        if not isinstance(event, dict) or not isinstance(event.get("id"), str):
            raise _bad_event("no event")
        self.last_event_id = event["id"]
        self._failures = 0
        return cast(MediaEvent, event)


def _bad_event(what: str) -> MediaServerError:
    detail = f"GET /events sent {what}: is it a media server?"
    return MediaServerError(status=200, code="bad_answer", detail=detail)
