"""A real media server on free ports of this machine, one for all tests."""

import re
import subprocess
from collections.abc import AsyncIterator, Iterator
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
    "--rooms.max_rooms=8",
    "--log.level=silent",
]


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the server, wait until it says where it is, and end it after the last test."""
    with subprocess.Popen(
        COMMAND, cwd=tmp_path_factory.mktemp("server"), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if found := re.search(r"http://localhost:(\d+)", line):
                yield f"http://127.0.0.1:{found[1]}"
                break
        else:
            pytest.fail("The server ended before it said where it is.")
        server.terminate()


@pytest.fixture
async def client(server_url: str) -> AsyncIterator[MediaServerClient]:
    """Connect a client of the test's own."""
    async with MediaServerClient(server_url) as client:
        yield client
