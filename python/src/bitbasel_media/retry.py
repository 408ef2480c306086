"""When a call is made again, and after how long. No clock and no socket: the clients have those."""

import random
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

from .calls import Call
from .errors import MediaServerError, MediaServerUnavailable

T = TypeVar("T")

# Of these the request has never left, so that the server cannot have done anything.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """
    How often a call is made again, and how long the pauses are.

    They grow from `first_wait_s` by a factor of two, each less a random part of up to half, so that
    many callers do not come back at the same moment. The server's Retry-After is honoured; where it
    asks for more than `longest_wait_s`, the error is raised at once, and holds it.
    """

    retries: int = 2
    first_wait_s: float = 0.2
    longest_wait_s: float = 5.0

    def wait_s(self, attempt: int, retry_after_s: float | None, chance: float) -> float | None:
        """
        Tell how long to wait after this attempt (from 0), or None to give up.

        `chance` is a random number of 0 to 1.
        """
        if attempt >= self.retries:
            return None
        # An attempt number is unbounded where a stream of events comes back for hours.
        growing_s = min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(attempt, 30))
        if retry_after_s is None:
            return growing_s * (1 - chance / 2)
        # Not sooner than was asked for.
        wait_s = retry_after_s + self.first_wait_s * chance
        return None if retry_after_s > self.longest_wait_s else wait_s


DEFAULT_RETRY = RetryPolicy()
NO_RETRY = RetryPolicy(retries=0)


@dataclass(frozen=True)
class Done(Generic[T]):
    """The call has succeeded."""

    value: T


class Attempts(Generic[T]):
    """One call until it has succeeded or is given up: what became of each attempt comes in."""

    def __init__(self, call: Call[T], policy: RetryPolicy, url: str, timeout_s: float) -> None:
        """Remember what is called, and `url` and `timeout_s` for the words of errors."""
        self._call = call
        self._policy = policy
        self._where = f"{call.method} {url}"
        self._timeout_s = timeout_s
        self._attempt = 0
        # The server may have carried out an attempt whose answer was lost.
        self._may_be_done = False

    def answered(self, response: httpx.Response) -> Done[T] | float:
        """Return the answer, or the seconds until the next attempt; raise `MediaServerError`."""
        call = self._call
        if response.is_success or response.status_code in call.also_answers:
            return Done(self._read(response))
        error = MediaServerError.from_response(response)
        if self._may_be_done and call.done_when_gone and error.status == 404:
            return Done(call.done_when_gone())
        is_refusal = error.status == 429 or (error.status == 503 and error.is_retryable)
        if not is_refusal and (error.status or 0) >= 500:
            self._may_be_done = True
        is_passing = error.status in _BUSY or (error.status == 500 and error.is_retryable)
        return self._next(error, can_repeat=is_passing and (is_refusal or call.is_repeatable))

    def failed(self, cause: httpx.TransportError) -> float:
        """Return the seconds until the next attempt, or raise `MediaServerUnavailable`."""
        if isinstance(cause, httpx.TimeoutException):
            error = MediaServerUnavailable(f"{self._where}: no answer within {self._timeout_s:g} s")
        else:
            error = MediaServerUnavailable(f"{self._where}: {cause or type(cause).__name__}")
        error.__cause__ = cause
        is_unsent = isinstance(cause, _UNSENT)
        self._may_be_done = self._may_be_done or not is_unsent
        return self._next(error, can_repeat=is_unsent or self._call.is_repeatable)

    def _next(self, error: MediaServerError, *, can_repeat: bool) -> float:
        wait_s = self._policy.wait_s(self._attempt, error.retry_after_s, random.random())
        if not can_repeat or wait_s is None:
            raise error
        self._attempt += 1
        return wait_s

    def _read(self, response: httpx.Response) -> T:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._bad_answer(response, "no JSON object")
        try:
            return self._call.read(answer)
        except (KeyError, TypeError) as error:
            raise self._bad_answer(response, "something else than is documented") from error

    def _bad_answer(self, response: httpx.Response, what: str) -> MediaServerError:
        return MediaServerError(
            status=response.status_code,
            code="bad_answer",
            detail=f"{self._where} answered {what}: is it a media server?",
        )
