"""Publishes a test picture and a tone by WHIP, or watches by WHEP, with aiortc.

    aiortc_client.py publish|watch URL [--codec VP8|H264] [--local-address ADDRESS]

Prints a JSON object a line: what happens, and when watching each half second how many frames were decoded. SIGTERM ends it.
"""

import argparse
import asyncio
import json
import signal
from urllib.parse import urljoin

import aioice.ice
import httpx
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError

PICTURE = "testsrc2=size=320x180:rate=30"
TONE = "sine=frequency=440:sample_rate=48000"


def tell(**what):
    print(json.dumps(what), flush=True)


def prefer(transceiver, codec):
    """Offer this codec alone, with its retransmission."""
    known = (RTCRtpSender if transceiver.direction == "sendonly" else RTCRtpReceiver).getCapabilities("video").codecs
    chosen = [one for one in known if one.mimeType in (f"video/{codec}", "video/rtx")]
    transceiver.setCodecPreferences(chosen)


def publish(connection, codec):
    # The players go with what holds them.
    connection.players = [MediaPlayer(source, format="lavfi") for source in (PICTURE, TONE)]
    picture, tone = connection.players
    connection.addTransceiver(tone.audio, direction="sendonly")
    prefer(connection.addTransceiver(picture.video, direction="sendonly"), codec)


def watch(connection, codec, counts, tasks):
    async def read(track):
        try:
            while True:
                await track.recv()
                counts[track.kind] += 1
        except MediaStreamError:
            tell(ended=track.kind)

    connection.on("track", lambda track: tasks.append(asyncio.create_task(read(track))))
    connection.addTransceiver("audio", direction="recvonly")
    prefer(connection.addTransceiver("video", direction="recvonly"), codec)


async def tell_counts(counts):
    while True:
        await asyncio.sleep(0.5)
        tell(**counts)


async def run(options):
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    connection = RTCPeerConnection()
    connection.on("connectionstatechange", lambda: tell(state=connection.connectionState))
    counts = {"video": 0, "audio": 0}
    tasks = []
    if options.role == "publish":
        publish(connection, options.codec)
    else:
        watch(connection, options.codec, counts, tasks)
        tasks.append(asyncio.create_task(tell_counts(counts)))
    # aiortc gathers all candidates first: it has no trickle.
    await connection.setLocalDescription(await connection.createOffer())
    async with httpx.AsyncClient(timeout=15) as http:
        headers = {"content-type": "application/sdp"}
        answer = await http.post(options.url, content=connection.localDescription.sdp, headers=headers)
        tell(method="POST", status=answer.status_code)
        if answer.status_code != 201:
            tell(refused=answer.text)
            raise SystemExit(1)
        await connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await ended.wait()
        left = await http.delete(urljoin(options.url, answer.headers["location"]))
        tell(method="DELETE", status=left.status_code)
    for task in tasks:
        task.cancel()
    await connection.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["publish", "watch"])
    parser.add_argument("url")
    parser.add_argument("--codec", choices=["VP8", "H264"], default="VP8")
    parser.add_argument("--local-address", help="the only one to use; else all but those of loopback")
    options = parser.parse_args()
    if options.local_address:
        # It has no setting for this.
        aioice.ice.get_host_addresses = lambda **_: [options.local_address]
    asyncio.run(run(options))


main()
