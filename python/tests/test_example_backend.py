"""The example backend as `make example` starts it, with real hosts and viewers."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
from eventually import eventually
from media_server import ROOT
from webrtc_peer import accept, answer_to_publish, first_frame, offer_to_publish, offer_to_watch
from webrtc_peer import peer as webrtc_peer


@dataclass(frozen=True)
class Example:
    """Where both servers are."""

    backend: str
    media_server: str


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Start it on free ports, and end it as a supervisor does."""
    program = str(ROOT / "python/examples/backend/start.py")
    folder = str(tmp_path_factory.mktemp("example"))
    arguments = ["--port=0", "--media-port=0", f"--folder={folder}"]
    command = [sys.executable, program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        backend, media_server = re.findall(
            r"(?:Backend|Media server) +(http://[a-z0-9.]+:\d+)", said
        )
        yield Example(backend, media_server)
        process.terminate()
        assert process.wait(timeout=30) == 0
    # It has ended its media server too.
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{media_server}/health")


class Somebody:
    """A user of the backend, by its HTTP."""

    def __init__(self, http: httpx.AsyncClient, user_id: int) -> None:
        self.http = http
        self.user_id = user_id

    async def call(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        answer = await self.http.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def post(self, text: str) -> str:
        post = await self.call("POST", "/posts", {"text": text}, 201)
        assert post["is_live"] is False
        return str(post["post_id"])

    async def follow(self, other: "Somebody") -> None:
        await self.call("PUT", f"/users/{other.user_id}/follow", status=204)

    async def shown(self, post_id: str) -> dict[str, Any]:
        posts = {str(post["post_id"]): post for post in await self.call("GET", "/posts")}
        found: dict[str, Any] = posts[post_id]
        return found


@asynccontextmanager
async def somebody(example: Example, name: str) -> AsyncIterator[Somebody]:
    async with httpx.AsyncClient(base_url=example.backend, timeout=30) as http:
        session = (await http.post("/users", json={"name": name})).json()
        http.headers["Authorization"] = f"Bearer {session['token']}"
        yield Somebody(http, session["user_id"])


async def test_from_posting_to_watching_to_the_end(example: Example) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        eve = await enter(somebody(example, "eve"))
        followers = [await enter(somebody(example, name)) for name in ("ben", "cleo", "dan")]
        stranger = await enter(somebody(example, "mallory"))
        post_id = await eve.post("My opening")
        for follower in followers:
            await follower.follow(eve)
        assert [post["text"] for post in await stranger.call("GET", "/posts")] == []

        # She goes live by answering the server's offer; the webhook shows it to her followers.
        started = await eve.call("POST", "/livestream/start", {"post_id": post_id})
        assert (started["type"], started["post_id"]) == ("offer", post_id)
        host = await enter(webrtc_peer())
        sdp = await answer_to_publish(host, started["sdp"])
        body = {"session_id": started["session_id"], "sdp": sdp}
        accepted = await eve.call("POST", "/livestream/answer", body)
        assert accepted == {"status": "accepted", "session_id": started["session_id"]}
        for follower in followers:
            shown = partial(follower.shown, post_id)
            await eventually(shown, lambda post: post["is_live"], "the post is live")

        # Three followers watch real pictures.
        join = f"/livestream/{eve.user_id}/join"
        tokens = []
        for follower in followers:
            viewer = await enter(webrtc_peer())
            joined = await follower.call("POST", join, {"sdp": await offer_to_watch(viewer)})
            assert (joined["type"], joined["room_id"]) == ("answer", started["room_id"])
            await accept(viewer, joined["sdp"])
            frame = await asyncio.wait_for(first_frame(viewer), 30)
            assert (frame.width, frame.height) == (160, 120)
            tokens.append(joined["token"])
        await eventually(
            lambda: eve.shown(post_id), lambda post: post["viewer_count"] == 3, "three watch"
        )
        stats = await eve.call("GET", f"/posts/{post_id}/stats")
        assert (stats["is_active"], stats["viewer_count"]) == (True, 3)

        # Who does not follow her is not let in, and has no token either.
        for pass_wanted in ({"sdk": True}, {"sdp": "v=0"}):
            refused = await stranger.call("POST", join, pass_wanted, 403)
            assert refused == {"detail": "You may not watch this."}
        async with httpx.AsyncClient(base_url=example.media_server) as media:
            assert (await media.get(f"/rooms/{started['room_id']}")).status_code == 401

        # The end is hers alone to call, and is shown.
        await stranger.call("POST", "/livestream/end", {"room_id": started["room_id"]}, 404)
        ended = await eve.call("POST", "/livestream/end")
        assert ended == {"status": "stopped", "room_id": started["room_id"]}
        await eventually(
            lambda: followers[0].shown(post_id), lambda post: not post["is_live"], "the end"
        )
        await followers[0].call("POST", join, {"sdk": True}, 404)
        await eve.call("POST", "/livestream/end", status=404)


async def test_a_token_is_good_for_its_room_and_its_part_alone(example: Example) -> None:
    async with somebody(example, "fay") as fay, somebody(example, "gus") as gus:
        await gus.follow(fay)
        post_id, other_post_id = await fay.post("One"), await gus.post("Two")
        body = {"post_id": post_id, "sdk": True}
        host_pass = await fay.call("POST", "/livestream/start", body)
        assert set(host_pass) == {"room_id", "post_id", "server_url", "token"}
        other = await gus.call("POST", "/livestream/start", {"post_id": other_post_id, "sdk": True})
        viewer_pass = await gus.call("POST", f"/livestream/{fay.user_id}/join", {"sdk": True})
        assert viewer_pass["room_id"] == host_pass["room_id"] != other["room_id"]

        sdp = {"Content-Type": "application/sdp"}
        async with httpx.AsyncClient(base_url=example.media_server, headers=sdp) as media:

            async def status(path: str, token: str) -> int:
                headers = {"Authorization": f"Bearer {token}"}
                return (await media.post(path, content="v=0", headers=headers)).status_code

            # 400: let in, and then the description is no good.
            assert await status(f"/whep/{viewer_pass['room_id']}", viewer_pass["token"]) == 400
            assert await status(f"/whip/{host_pass['room_id']}", host_pass["token"]) == 400
            assert await status(f"/whep/{other['room_id']}", viewer_pass["token"]) == 403
            assert await status(f"/whip/{other['room_id']}", host_pass["token"]) == 403
            assert await status(f"/whip/{viewer_pass['room_id']}", viewer_pass["token"]) == 403


async def test_a_host_may_bring_its_own_offer(example: Example) -> None:
    async with somebody(example, "hal") as hal, webrtc_peer() as host:
        post_id = await hal.post("By an offer of mine")
        offer = {"type": "offer", "sdp": await offer_to_publish(host)}
        started = await hal.call("POST", "/livestream/start", {"post_id": post_id, "offer": offer})
        assert started["type"] == "answer"
        await accept(host, started["sdp"])
        await eventually(lambda: hal.shown(post_id), lambda post: post["is_live"], "live")
        # Deleting the post stops its room.
        await hal.call("DELETE", f"/posts/{post_id}", status=204)
        async with httpx.AsyncClient() as http:
            assert (await http.delete(started["resource_url"])).status_code == 404


async def test_what_is_not_allowed_is_said(example: Example) -> None:
    async with somebody(example, "ida") as ida, somebody(example, "jon") as jon:
        post_id = await ida.post("Mine")
        start = "/livestream/start"
        await jon.call("POST", start, {"post_id": post_id, "sdk": True}, 403)
        await jon.call("POST", start, {"sdk": True}, 403)
        other_user = {"post_id": post_id, "user_id": str(jon.user_id)}
        await ida.call("POST", start, other_user, 403)
        await ida.call("POST", f"/livestream/{ida.user_id}/join", {}, 422)
        await jon.call("DELETE", f"/posts/{post_id}", status=404)
        refused = await ida.call("POST", start, {"post_id": post_id, "sdp": "no description"}, 400)
        assert refused["code"] == "malformed_sdp"
        jon.http.headers["Authorization"] = "Bearer nonsense"
        await jon.call("POST", start, {"post_id": post_id}, 401)
        await jon.call("POST", "/webhooks/media", {"type": "host.live"}, 401)


async def test_the_page_and_what_it_loads_are_served(example: Example) -> None:
    async with httpx.AsyncClient(base_url=example.backend) as http:
        page = (await http.get("/")).text
        for path in re.findall(r'(?:src|href)="(/[^"]+)"', page):
            assert (await http.get(path)).status_code == 200
