#!/usr/bin/python3
"""Publishes a test picture and a tone by WHIP, or watches by WHEP, with GStreamer's webrtcbin.

    gstreamer.py publish URL [--codec VP8|H264] [--trickle] [--token TOKEN]
    gstreamer.py watch URL [--codec VP8|H264] [--trickle] [--token TOKEN]

Debian 12: apt-get install python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-{base,good,bad}
Prints a JSON object a line: what happens, and each half second how many frames were sent, or decoded. SIGTERM ends it.
"""

import argparse
import json
import signal
import sys
import urllib.error
import urllib.request
from urllib.parse import urljoin

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC

ENCODERS = {
    "VP8": "vp8enc deadline=1 target-bitrate=600000 keyframe-max-dist=60 ! rtpvp8pay picture-id-mode=15-bit",
    "H264": "openh264enc gop-size=60 ! h264parse ! rtph264pay aggregate-mode=zero-latency config-interval=-1",
}
PUBLISHER = """
    webrtcbin name=rtc bundle-policy=max-bundle
    videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=30/1 ! videoconvert ! queue
      ! {encoder} ! application/x-rtp,media=video,payload=96 ! identity name=video ! rtc.
    audiotestsrc is-live=true ! audioconvert ! audioresample ! queue
      ! opusenc ! rtpopuspay ! application/x-rtp,media=audio,payload=97,encoding-name=OPUS ! identity name=audio ! rtc.
"""
VIDEO = "application/x-rtp,media=video,clock-rate=90000,rtcp-fb-nack-pli=true"
H264 = f"{VIDEO},encoding-name=H264,packetization-mode=(string)1"
# What a watcher takes: H264 in both of the profiles that have neither B-frames nor CABAC.
RECEIVED = {
    "audio": "application/x-rtp,media=audio,payload=111,clock-rate=48000,encoding-name=OPUS,encoding-params=(string)2",
    "VP8": f"{VIDEO},encoding-name=VP8,payload=96",
    "H264": f"{H264},payload=97,profile-level-id=(string)42e01f; {H264},payload=98,profile-level-id=(string)42001f",
}


def tell(**what):
    print(json.dumps(what), flush=True)


class Client:
    """One connection to a WHIP or WHEP endpoint."""

    def __init__(self, options):
        self.options = options
        self.counts = {"video": 0, "audio": 0}
        self.resource = None
        # Candidates that were found before there was a session to give them to.
        self.early = []
        self.loop = GLib.MainLoop()
        self.pipeline = self.publisher() if options.role == "publish" else self.watcher()
        self.rtc = self.pipeline.get_by_name("rtc")
        if options.local_address:
            # Kept: its reference floats, and goes with what is the first to hold it.
            self.agent = self.rtc.get_property("ice-agent")
            self.agent.emit("add-local-ip-address", options.local_address)
        self.rtc.connect("on-negotiation-needed", lambda _: self.offer())
        self.rtc.connect("on-ice-candidate", lambda _, line, text: GLib.idle_add(self.candidate, line, text))
        self.rtc.connect("notify::ice-gathering-state", lambda *_: GLib.idle_add(self.gathered))
        self.rtc.connect("notify::connection-state", lambda *_: self.tell_state())
        self.rtc.connect("pad-added", lambda _, pad: self.receive(pad))
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(message.parse_error()))
        for name in (signal.SIGTERM, signal.SIGINT):
            GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, name, self.end)
        GLib.timeout_add(500, self.tell_counts)

    def publisher(self):
        codec = self.options.codec
        pipeline = Gst.parse_launch(PUBLISHER.format(encoder=ENCODERS[codec]))
        for kind in self.counts:
            self.count(pipeline.get_by_name(kind).get_static_pad("src"), kind)
        rtc = pipeline.get_by_name("rtc")
        for index in range(2):
            transceiver = rtc.emit("get-transceiver", index)
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        return pipeline

    def watcher(self):
        pipeline = Gst.Pipeline()
        rtc = Gst.ElementFactory.make("webrtcbin", "rtc")
        rtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        pipeline.add(rtc)
        for kind in ("audio", self.options.codec):
            direction = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            rtc.emit("add-transceiver", direction, Gst.Caps.from_string(RECEIVED[kind]))
        return pipeline

    def offer(self):
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered, None))

    def offered(self, promise, _):
        # Holds what the offer points to.
        self.reply = promise.get_reply()
        offer = self.reply.get_value("offer")
        self.rtc.emit("set-local-description", offer, Gst.Promise.new())
        if self.options.trickle:
            GLib.idle_add(self.post, offer.sdp.as_text())

    def gathered(self):
        is_complete = self.rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE
        if is_complete and not self.options.trickle:
            self.post(self.rtc.get_property("local-description").sdp.as_text())

    def post(self, offer):
        answer = self.call("POST", self.options.url, "application/sdp", offer)
        if answer is None:
            return
        text, location = answer
        self.resource = urljoin(self.options.url, location)
        _, message = GstSdp.SDPMessage.new_from_text(text)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.rtc.emit("set-remote-description", description, Gst.Promise.new())
        for line, candidate in self.early:
            self.patch(line, candidate)

    def candidate(self, line, text):
        if not self.options.trickle:
            return
        if self.resource is None:
            self.early.append((line, text))
        else:
            self.patch(line, text)

    def patch(self, line, candidate):
        sdp = self.rtc.get_property("local-description").sdp
        # Everything is bundled: the credentials of the first line are those of all.
        media = sdp.get_media(0)
        fragment = [
            f"a=ice-ufrag:{media.get_attribute_val('ice-ufrag')}",
            f"a=ice-pwd:{media.get_attribute_val('ice-pwd')}",
            f"m={media.get_media()} 9 UDP/TLS/RTP/SAVPF 0",
            f"a=mid:{sdp.get_media(line).get_attribute_val('mid')}",
            f"a={candidate}",
        ]
        text = "\r\n".join(fragment) + "\r\n"
        if self.call("PATCH", self.resource, "application/trickle-ice-sdpfrag", text) is not None:
            tell(patched=candidate)

    def call(self, method, url, content_type=None, body=None):
        headers = {"Content-Type": content_type} if content_type else {}
        if self.options.token:
            headers["Authorization"] = f"Bearer {self.options.token}"
        request = urllib.request.Request(url, data=body and body.encode(), headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                tell(method=method, status=response.status)
                return response.read().decode(), response.headers.get("Location")
        except urllib.error.HTTPError as error:
            self.fail(f"{method} was answered {error.code}: {error.read().decode()}")
        return None

    def receive(self, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        decoder = Gst.ElementFactory.make("decodebin")
        decoder.connect("pad-added", lambda _, decoded: self.decoded(decoded))
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def decoded(self, pad):
        kind = pad.get_current_caps().get_structure(0).get_name().split("/")[0]
        sink = Gst.ElementFactory.make("fakesink")
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))
        self.count(pad, kind)

    def count(self, pad, kind):
        def passed(_pad, _info):
            self.counts[kind] += 1
            return Gst.PadProbeReturn.OK

        pad.add_probe(Gst.PadProbeType.BUFFER, passed)

    def tell_state(self):
        tell(state=self.rtc.get_property("connection-state").value_nick)

    def tell_counts(self):
        tell(**self.counts)
        return True

    def fail(self, reason):
        print(reason, file=sys.stderr, flush=True)
        self.loop.quit()

    def end(self):
        if self.resource is not None:
            self.call("DELETE", self.resource)
        self.loop.quit()

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("role", choices=["publish", "watch"])
    parser.add_argument("url")
    parser.add_argument("--codec", choices=list(ENCODERS), default="VP8")
    parser.add_argument("--trickle", action="store_true", help="send the offer at once, and candidates by PATCH")
    parser.add_argument("--local-address", help="the only one to use; else all but those of loopback")
    parser.add_argument("--token")
    Gst.init(None)
    Client(parser.parse_args()).run()


main()
