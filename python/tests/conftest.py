"""A real media server on free ports of this machine, one for all tests."""

import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest

from bitbasel_media import MediaServerClient

ROOT = Path(__file__).parents[2]
COMMAND = [
    str(ROOT / "node_modules/.bin/node"),
    str(ROOT / "packages/server/src/main.ts"),
    "--host=127.0.0.1",
    "--port=0",
    "--server.http_alias_port=false",
    "--server.signaling_alias_port=false",
    "--media.port=0",
    "--history.mode=memory",
    "--drain.deadline_seconds=0",
    "--rooms.max_rooms=8",
    "--log.level=silent",
]


def run_server(folder: Path, environment: Mapping[str, str] = {}) -> Iterator[str]:
    """Start a server, wait until it says where it is, and end it in the end."""
    with subprocess.Popen(
        COMMAND,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if found := re.search(r"http://localhost:(\d+)", line):
                yield f"http://127.0.0.1:{found[1]}"
                break
        else:
            pytest.fail("The server ended before it said where it is.")
        server.terminate()


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the server of all tests."""
    yield from run_server(tmp_path_factory.mktemp("server"))


SECRET = "the secret of these tests, long enough"


@pytest.fixture
def guarded_server_url(tmp_path: Path) -> Iterator[str]:
    """Run a server that asks for tokens, signed with `SECRET`."""
    yield from run_server(tmp_path, {"BITBASEL_AUTH_SECRET": SECRET})


@pytest.fixture
def manage_token() -> str:
    """Print a token that may manage every room, as an operator does it."""
    command = [*COMMAND[:2], "token", "--room=*", "--role=manager"]
    environment = {**os.environ, "BITBASEL_AUTH_SECRET": SECRET}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
async def client(server_url: str) -> AsyncIterator[MediaServerClient]:
    """Connect a client of the test's own."""
    async with MediaServerClient(server_url) as client:
        yield client
