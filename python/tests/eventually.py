"""Asks again until the answer fits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    ask: Callable[[], Awaitable[T]], fits: Callable[[T], bool], what: str, timeout_s: float = 30
) -> T:
    """Return the answer that fits; the bound is on how long a test hangs, not on the server."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = await ask()
        if fits(answer):
            return answer
        assert time.monotonic() < deadline, f"{what}: still {answer!r} after {timeout_s} s"
        await asyncio.sleep(0.05)
