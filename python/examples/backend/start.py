"""
`make example`: starts the media server and the example backend, joined by secrets made up anew.

    --port 8001        where the backend and its page are; 0 for a free port
    --media-port 8082  where the media server is
    --folder PATH      where both keep their databases; default: a new one, gone in the end
"""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def main() -> None:
    """Run both until Ctrl-C."""
    wanted = _arguments()
    # Uvicorn raises the signal that ended it once more, and the media server is to be ended then.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        _run(wanted)


def _run(wanted: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="bitbasel-example-") as made:
        folder = Path(wanted.folder or made)
        # Taken before anything starts: the media server is told where to send webhooks to.
        backend = _listen(wanted.port)
        port = backend.getsockname()[1]
        media_secret = secrets.token_hex(32)
        webhook_secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        environment = _media_server_environment(port, wanted.media_port, media_secret)
        environment["BITBASEL_WEBHOOKS_ENDPOINTS"] = json.dumps(
            [{"url": f"http://127.0.0.1:{port}/webhooks/media", "secret": webhook_secret}]
        )
        with _media_server(folder, environment) as media_url:
            os.environ |= {
                "MEDIA_SERVER_URL": media_url,
                "MEDIA_SERVER_PUBLIC_URL": media_url.replace("127.0.0.1", "localhost"),
                "MEDIA_SERVER_SECRET": media_secret,
                "WEBHOOK_SECRET": webhook_secret,
                "SESSION_SECRET": secrets.token_hex(32),
                "DATABASE_URL": f"sqlite:///{folder / 'example.sqlite'}",
            }
            _say(port, media_url)
            server = uvicorn.Server(uvicorn.Config("main:app", log_level="warning"))
            server.run(sockets=[backend])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Starts the media server and the example backend.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--media-port", type=int, default=8082)
    parser.add_argument("--folder")
    return parser.parse_args()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"The backend's port {port} cannot be had: {error}. Choose another with --port.")


def _media_server_environment(port: int, media_port: int, secret: str) -> dict[str, str]:
    origins = [f"http://localhost:{port}", f"http://127.0.0.1:{port}"]
    # Free ports for tests beside a running server; else the usual ones.
    others = {"BITBASEL_MEDIA_PORT": "0"} if media_port == 0 else {}
    return {
        "BITBASEL_SERVER_HOST": "127.0.0.1",
        "BITBASEL_SERVER_PORT": str(media_port),
        "BITBASEL_SERVER_HTTP_ALIAS_PORT": "false",
        "BITBASEL_SERVER_SIGNALING_ALIAS_PORT": "false",
        "BITBASEL_AUTH_SECRET": secret,
        "BITBASEL_CORS_ORIGINS": json.dumps(origins),
        "BITBASEL_LOG_LEVEL": "warn",
        # Ctrl-C means now.
        "BITBASEL_DRAIN_DEADLINE_SECONDS": "0",
        **others,
    }


@contextmanager
def _media_server(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    command = [str(ROOT / "node_modules/.bin/node"), str(ROOT / "packages/server/src/main.ts")]
    history = {"BITBASEL_HISTORY_PATH": str(folder / "media.sqlite")}
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment, **history},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            yield _url_of(server)
        finally:
            server.terminate()


def _url_of(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if "Open " in line:
            return "http://127.0.0.1:" + line.split("localhost:")[1].split()[0]
    sys.exit("The media server did not start.")


def _say(port: int, media_url: str) -> None:
    print(
        f"""
  Open http://localhost:{port} in two tabs. In one, enter as one user, post, and go live
  (the test picture needs no camera). In the other, enter as somebody else, follow, and watch.

  Backend       http://localhost:{port}/docs
  Media server  {media_url}

  Ctrl-C ends both.
""",
        flush=True,
    )


if __name__ == "__main__":
    main()
