"""How calls are made: where to, by whom, and how patiently."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx

from .calls import Call
from .retry import RetryPolicy

DEFAULT_BASE_URL = "http://localhost:8082"

Token = str | Callable[[], str]
"""A token, or what makes one for each call."""


@dataclass(frozen=True)
class Options:
    """Shared by both clients; immutable, so that a copy with other values shares connections."""

    timeout_s: float
    connect_timeout_s: float
    token: Token | None
    retry: RetryPolicy

    def changed(
        self, timeout_s: float | None, token: Token | None, retry: RetryPolicy | None
    ) -> "Options":
        """Return these options with those that are given in their places."""
        return replace(
            self,
            timeout_s=self.timeout_s if timeout_s is None else timeout_s,
            token=self.token if token is None else token,
            retry=self.retry if retry is None else retry,
        )

    @property
    def timeout(self) -> httpx.Timeout:
        """The time limits, as httpx takes them."""
        connect_s = min(self.connect_timeout_s, self.timeout_s)
        return httpx.Timeout(self.timeout_s, connect=connect_s)

    @property
    def headers(self) -> dict[str, str]:
        """Who calls."""
        if self.token is None:
            return {}
        token = self.token if isinstance(self.token, str) else self.token()
        return {"Authorization": f"Bearer {token}"}

    def request(self, call: Call[Any]) -> dict[str, Any]:
        """Arguments of httpx's `request`, the same for both of its clients."""
        return {
            "method": call.method,
            "url": call.path,
            "json": call.body,
            "params": call.query or None,
            "headers": self.headers,
            "timeout": self.timeout,
        }
