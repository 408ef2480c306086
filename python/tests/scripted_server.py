"""Stands in for what no media server does on demand: it fails in the way that a test wants."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Script:
    """What the server answers to one connection after another, and what it was asked."""

    answers: Sequence[bytes]
    url: str = ""
    requests: list[str] = field(default_factory=list)


def answer(status: str, body: str = "{}", *headers: str) -> bytes:
    """Write an HTTP answer after which the connection is closed."""
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        "Connection: close",
        f"Content-Length: {len(body.encode())}",
        *headers,
    ]
    return "\r\n".join([*lines, "", body]).encode()


def problem(status: str, code: str, *headers: str, retryable: bool = False) -> bytes:
    """Write a refusal as the media server does it."""
    flag = "true" if retryable else "false"
    body = f'{{"code":"{code}","detail":"It says why.","retryable":{flag}}}'
    return answer(status, body, *headers)


HANG_UP = b""
"""The connection ends without an answer, after the request was read."""


@asynccontextmanager
async def scripted_server(*answers: bytes) -> AsyncIterator[Script]:
    """Serve these answers, the last one again and again."""
    script = Script(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        turn = min(len(script.requests), len(script.answers) - 1)
        script.requests.append(head)
        writer.write(script.answers[turn])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield script
