"""What is repeated, what is not, and after how long."""

from collections.abc import Awaitable, Callable

import pytest
from scripted_server import HANG_UP, answer, problem, scripted_server

from bitbasel_media import (
    NO_RETRY,
    MediaServerClient,
    MediaServerError,
    MediaServerUnavailable,
    RetryPolicy,
)

AT_ONCE = RetryPolicy(retries=2, first_wait_s=0)
ROOM = answer("200 OK", '{"room_id":"room_1","post_id":"p"}')
STOPPED = answer("200 OK", '{"status":"stopped","room_id":"room_1"}')
SESSION = answer("200 OK", '{"room_id":"room_1","session_id":"x"}')
GONE = problem("404 Not Found", "room_not_found")
BUSY = problem("503 Service Unavailable", "shutting_down", "Retry-After: 0", retryable=True)
LIMITED = problem("429 Too Many Requests", "rate_limited", "Retry-After: 0", retryable=True)
BROKEN = problem("500 Internal Server Error", "internal", retryable=True)
PROXY = answer("502 Bad Gateway", "<html>")

Use = Callable[[MediaServerClient], Awaitable[object]]


def create(client: MediaServerClient) -> Awaitable[object]:
    return client.create_room("p", "u")


def stop(client: MediaServerClient) -> Awaitable[object]:
    return client.stop_room("room_1")


def start(client: MediaServerClient) -> Awaitable[object]:
    return client.start_livestream("u")


@pytest.mark.parametrize(
    ("use", "answers", "attempts"),
    [
        (create, [HANG_UP, BROKEN, ROOM], 3),
        (create, [PROXY, ROOM], 2),
        (create, [BUSY, LIMITED, ROOM], 3),
        # The first attempt has done it, and its answer was lost.
        (stop, [HANG_UP, GONE], 2),
        (stop, [PROXY, GONE], 2),
        (stop, [BUSY, STOPPED], 2),
        # It was refused before anything was done.
        (start, [BUSY, LIMITED, SESSION], 3),
    ],
)
async def test_what_may_be_repeated_is(use: Use, answers: list[bytes], attempts: int) -> None:
    async with scripted_server(*answers) as script:
        async with MediaServerClient(script.url, retry=AT_ONCE) as client:
            await use(client)
    assert len(script.requests) == attempts


@pytest.mark.parametrize(
    ("use", "answers", "code", "attempts"),
    [
        # It may have been done: a second session would be begun.
        (start, [HANG_UP], "unavailable", 1),
        (start, [BROKEN], "internal", 1),
        (start, [PROXY], "http_502", 1),
        # Repeating makes it no better.
        (create, [problem("409 Conflict", "room_exists")], "room_exists", 1),
        (stop, [GONE], "room_not_found", 1),
        # It was refused, so that nobody but others have stopped it since.
        (stop, [BUSY, GONE], "room_not_found", 2),
        # Enough is enough.
        (create, [HANG_UP], "unavailable", 3),
        (create, [BUSY], "shutting_down", 3),
    ],
)
async def test_what_may_not_be_repeated_is_raised(
    use: Use, answers: list[bytes], code: str, attempts: int
) -> None:
    async with scripted_server(*answers) as script:
        async with MediaServerClient(script.url, retry=AT_ONCE) as client:
            with pytest.raises(MediaServerError) as raised:
                await use(client)
    assert (raised.value.code, len(script.requests)) == (code, attempts)


async def test_no_retry_is_one_attempt() -> None:
    async with scripted_server(HANG_UP) as script:
        async with MediaServerClient(script.url, retry=AT_ONCE) as client:
            with pytest.raises(MediaServerUnavailable):
                await client.with_options(retry=NO_RETRY).health()
    assert len(script.requests) == 1


async def test_a_pause_that_is_too_long_is_the_callers_to_make() -> None:
    full = problem("503 Service Unavailable", "room_full", "Retry-After: 30", retryable=True)
    async with scripted_server(full) as script, MediaServerClient(script.url) as client:
        with pytest.raises(MediaServerError) as raised:
            await client.get_stats()
    assert (len(script.requests), raised.value.retry_after_s) == (1, 30)
    assert raised.value.is_retryable
    assert (
        raised.value.advice
        == "Repeat after Retry-After where there is one, else with growing pauses."
    )


def test_pauses_grow_and_differ() -> None:
    policy = RetryPolicy(retries=6, first_wait_s=0.25, longest_wait_s=2)
    assert [policy.wait_s(attempt, None, 0) for attempt in range(7)] == [
        0.25,
        0.5,
        1,
        2,
        2,
        2,
        None,
    ]
    assert [policy.wait_s(attempt, None, 1) for attempt in range(3)] == [0.125, 0.25, 0.5]
    # What the server asks for is the least.
    assert policy.wait_s(0, 1, 0) == 1
    assert policy.wait_s(0, 1, 1) == 1.25
    assert policy.wait_s(0, 3, 0) is None


async def test_each_call_may_have_its_own_time_limit_and_token() -> None:
    async with scripted_server(answer("200 OK")) as script:
        async with MediaServerClient(script.url, token=lambda: "made") as client:
            await client.health()
            await client.with_options(token="given", timeout_s=1).health()
    assert ["Bearer made" in script.requests[0], "Bearer given" in script.requests[1]] == [True] * 2
