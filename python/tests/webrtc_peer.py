"""Hosts and viewers with real media, of another make than the server and browsers: aiortc."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import VideoFrame

# Nothing is asked of the world outside: all are on this machine.
ALONE = RTCConfiguration(iceServers=[])


class SmallPicture(VideoStreamTrack):
    """A grey picture that gets brighter: cheap to encode."""

    _shade = 0

    async def recv(self) -> VideoFrame:
        """Return the next frame at its time."""
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(160, 120, "yuv420p")
        self._shade = (self._shade + 4) % 256
        for plane in frame.planes:
            plane.update(bytes([self._shade]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


@asynccontextmanager
async def peer() -> AsyncIterator[RTCPeerConnection]:
    """Make a peer connection, and close it in the end."""
    connection = RTCPeerConnection(ALONE)
    try:
        yield connection
    finally:
        await connection.close()


async def answer_to_publish(host: RTCPeerConnection, offer: str) -> str:
    """Answer the server's offer as a host."""
    await host.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    host.addTrack(SmallPicture())
    await host.setLocalDescription(await host.createAnswer())
    return host.localDescription.sdp


async def offer_to_publish(host: RTCPeerConnection) -> str:
    """Offer to send."""
    host.addTransceiver(SmallPicture(), "sendonly")
    await host.setLocalDescription(await host.createOffer())
    return host.localDescription.sdp


async def offer_to_watch(viewer: RTCPeerConnection) -> str:
    """Offer to receive."""
    viewer.addTransceiver("video", "recvonly")
    await viewer.setLocalDescription(await viewer.createOffer())
    return viewer.localDescription.sdp


async def accept(connection: RTCPeerConnection, answer: str) -> None:
    """Take the server's answer."""
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))


async def first_frame(viewer: RTCPeerConnection) -> VideoFrame:
    """Wait for the first picture that the viewer has decoded."""
    [receiver] = viewer.getReceivers()
    frame = await receiver.track.recv()
    assert isinstance(frame, VideoFrame)
    return frame
