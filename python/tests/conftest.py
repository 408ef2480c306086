"""What the tests share: real media servers, and clients of them."""

from collections.abc import AsyncIterator, Iterator

import pytest
from media_server import bitbasel, media_server

from bitbasel_media import MediaServerClient

SECRET = "the secret of these tests, long enough"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the server of most tests, which asks for no tokens."""
    with media_server(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def guarded_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server that asks for tokens, signed with `SECRET`."""
    folder = tmp_path_factory.mktemp("guarded-server")
    with media_server(folder, environment={"BITBASEL_AUTH_SECRET": SECRET}) as url:
        yield url


@pytest.fixture
def secret() -> str:
    """Return the secret of the guarded server."""
    return SECRET


@pytest.fixture
def manage_token() -> str:
    """Print a token that may manage every room, as an operator does it."""
    return bitbasel(["token", "--room=*", "--role=manager"], {"BITBASEL_AUTH_SECRET": SECRET})


@pytest.fixture
async def client(server_url: str) -> AsyncIterator[MediaServerClient]:
    """Connect a client of the test's own."""
    async with MediaServerClient(server_url) as client:
        yield client
