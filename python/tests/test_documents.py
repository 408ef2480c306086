"""The examples of README.md and docs/fastapi.md, run as they stand."""

import ast
import asyncio
import inspect
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

import httpx
import pytest
from documents import blocks
from eventually import eventually
from media_server import media_server
from webrtc_peer import accept, offer_to_publish, peer

from bitbasel_media import get_media_server_client


async def test_the_readmes_examples(
    guarded_server_url: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_SERVER_URL", guarded_server_url)
    monkeypatch.setenv("MEDIA_SERVER_SECRET", secret)
    monkeypatch.setenv("MEDIA_SERVER_TOKEN", "")
    get_media_server_client.cache_clear()
    own_client = get_media_server_client()
    token = own_client._options.token

    # What the examples' surroundings know; they use each other's names.
    names: dict[str, object] = {
        "url": guarded_server_url,
        "secret": secret,
        "last_seen": "evt_00000000000001",
        "current_user": lambda x_user=None: x_user,
        "may_watch": lambda: True,
    }
    examples = blocks("python/README.md", "python")
    assert len(examples) == 6
    for example in examples:
        # The server of this test asks for tokens, which the shared client makes by itself.
        text = re.sub(r"Client\(url", "Client(url, token=token", example)
        code = compile(text, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        assert isinstance(code, CodeType)
        names["token"] = token
        done = eval(code, names)
        if inspect.isawaitable(done):
            await asyncio.wait_for(done, 60)
    assert {"room_id", "stats", "quality", "host", "viewer", "app"} <= set(names)
    await own_client.aclose()
    get_media_server_client.cache_clear()


@contextmanager
def backend(folder: Path, environment: dict[str, str], listening: socket.socket) -> Iterator[None]:
    """Run the page's main.py under uvicorn, on a socket that is open already."""
    command = [sys.executable, "-m", "uvicorn", "main:app", "--fd", str(listening.fileno())]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        pass_fds=[listening.fileno()],
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def variables(exports: str, port: int) -> dict[str, str]:
    """Let bash read the page's exports, and return what the two servers are told."""
    script = exports.replace("make start &", "env").replace(":8001", f":{port}")
    shell = {"PATH": os.environ["PATH"]}
    told = subprocess.run(
        ["bash", "-c", script], env=shell, capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split("=", 1) for line in told.splitlines() if "=" in line]
    return {name: value for name, value in lines if re.match("BITBASEL_|MEDIA_|WEBHOOK_", name)}


async def test_embed_in_ten_minutes_with_fastapi(tmp_path: Path) -> None:
    exports, _install, curls = blocks("docs/fastapi.md", "bash")
    [program] = blocks("docs/fastapi.md", "python")
    (tmp_path / "main.py").write_text(program, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        told = variables(exports, port)
        assert {"MEDIA_SERVER_SECRET", "WEBHOOK_SECRET", "BITBASEL_CORS_ORIGINS"} < set(told)
        servers = {name: value for name, value in told.items() if name.startswith("BITBASEL_")}
        with media_server(tmp_path, environment=servers) as media_url:
            environment = {**told, "MEDIA_SERVER_URL": media_url, "MEDIA_SERVER_TOKEN": ""}
            with backend(tmp_path, environment, listening):
                await _use(f"http://localhost:{port}", media_url, curls)


async def _use(url: str, media_url: str, curls: str) -> None:
    async with httpx.AsyncClient(base_url=url.replace("localhost", "127.0.0.1")) as http:

        async def live() -> list[str]:
            return list((await http.get("/live")).json())

        start, join, end = curls.replace("localhost:8001", url.removeprefix("http://")).splitlines()
        host, viewer = await _curl(start), await _curl(join)
        assert host["room_id"] == viewer["room_id"] == "eve"
        assert host["server_url"] == viewer["server_url"] == media_url
        assert host["token"] != viewer["token"]
        refused = await http.post(
            "/livestream/eve/join", json={"sdk": True}, headers={"X-User": "mallory"}
        )
        assert refused.status_code == 403
        async with peer() as publisher:
            # By WHIP, with the token of the pass.
            answer = await http.post(
                f"{host['server_url']}/whip/eve",
                content=await offer_to_publish(publisher),
                headers={
                    "Authorization": f"Bearer {host['token']}",
                    "Content-Type": "application/sdp",
                },
            )
            await accept(publisher, answer.text)
            await eventually(live, lambda rooms: rooms == ["eve"], "live")
        assert await _curl(end) == {"status": "stopped", "room_id": "eve"}
        await eventually(live, lambda rooms: rooms == [], "the end")


async def _curl(command: str) -> dict[str, str]:
    process = await asyncio.create_subprocess_shell(f"{command} -s", stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    answer: dict[str, str] = json.loads(output)
    return answer
