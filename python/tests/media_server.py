"""The real media server as a process of its own, on free ports of this machine."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = [str(ROOT / "node_modules/.bin/node"), str(ROOT / "packages/server/src/main.ts")]
SETTINGS = {
    "server.host": "127.0.0.1",
    "server.port": "0",
    "server.http_alias_port": "false",
    "server.signaling_alias_port": "false",
    "media.port": "0",
    "history.mode": "memory",
    "drain.deadline_seconds": "0",
    "log.level": "silent",
}


@contextmanager
def media_server(
    folder: Path,
    settings: Mapping[str, str] = {},
    environment: Mapping[str, str] = {},
) -> Iterator[str]:
    """Start a server, wait until it says where it is, yield its URL, and end it in the end."""
    flags = [f"--{name}={value}" for name, value in {**SETTINGS, **settings}.items()]
    with subprocess.Popen(
        [*PROGRAM, *flags],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as server:
        try:
            yield f"http://127.0.0.1:{_port(server)}"
        finally:
            server.terminate()


def _port(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://localhost:(\d+)", line):
            return found[1]
    raise AssertionError("The server ended before it said where it is.")


def bitbasel(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a command of the server's program, and return what it prints."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
