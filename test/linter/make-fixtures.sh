#!/usr/bin/env bash
# Records test/linter/fixtures: healthy streams, and one for each fault, sent by ffmpeg and GStreamer.
# The tests replay what is committed; run this to make it anew. It needs `scripts/setup.sh media` and some minutes.
#
#   test/linter/make-fixtures.sh            all of them
#   test/linter/make-fixtures.sh b-frames   those named
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"

wanted=" $* "

record() { # [OPTION] NAME COMMAND ARGUMENT...
  local options=()
  if [[ $1 == --* ]]; then
    options=("$1")
    shift
  fi
  local name=$1
  shift
  if [[ $wanted != "  " && $wanted != *" $name "* ]]; then return; fi
  node test/linter/record.ts "${options[@]}" -- "test/linter/fixtures/$name.rtp" "$@"
}

# ffmpeg: one RTP output for each track, all to one port, sender reports included.
to='127.0.0.1:5004?rtcpport=5004&pkt_size=1100'
video_out=(-payload_type 96 -ssrc 1000 -f rtp "rtp://$to")
audio_out=(-payload_type 111 -ssrc 2000 -f rtp "rtp://$to")
moving=(-re -f lavfi -i testsrc2=size=160x120:rate=15)
tone=(-re -f lavfi -i sine=frequency=440:sample_rate=48000)
x264=(-c:v libx264 -pix_fmt yuv420p -preset veryfast -b:v 50k -maxrate 50k -bufsize 50k)
baseline=(-profile:v baseline -tune zerolatency -g 30)
opus=(-c:a libopus -b:a 16k -ac 1)
ff() { record "$1" ffmpeg -loglevel error -nostdin "${@:2}"; }

ff healthy-h264 "${moving[@]}" "${tone[@]}" \
  -map 0 "${x264[@]}" "${baseline[@]}" "${video_out[@]}" -map 1 "${opus[@]}" "${audio_out[@]}"
ff healthy-vp9 "${moving[@]}" \
  -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -b:v 50k -g 30 -strict experimental "${video_out[@]}"
ff healthy-opus "${tone[@]}" "${opus[@]}" "${audio_out[@]}"
ff b-frames "${moving[@]}" "${x264[@]}" -profile:v main -bf 2 -g 30 "${video_out[@]}"
ff long-key-interval "${moving[@]}" "${x264[@]}" -profile:v baseline -tune zerolatency -g 600 "${video_out[@]}"
ff odd-profile-h264 "${moving[@]}" "${x264[@]}" -pix_fmt yuv444p -profile:v high444 -tune zerolatency -g 30 \
  "${video_out[@]}"
ff interlaced-h264 "${moving[@]}" "${x264[@]}" -profile:v main -tune zerolatency -g 30 -flags +ildct+ilme \
  "${video_out[@]}"
ff odd-profile-vp9 "${moving[@]}" -pix_fmt yuv444p -profile:v 1 \
  -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -b:v 50k -g 30 -strict experimental "${video_out[@]}"
ff low-framerate -re -f lavfi -i testsrc2=size=160x120:rate=4 "${x264[@]}" \
  -profile:v baseline -tune zerolatency -g 8 "${video_out[@]}"
ff silent-audio -re -f lavfi -i anullsrc=r=48000:cl=mono "${opus[@]}" "${audio_out[@]}"
# The picture ends after 2 s, the sound goes on.
ff frozen-video -t 2 "${moving[@]}" "${tone[@]}" \
  -map 0 "${x264[@]}" "${baseline[@]}" "${video_out[@]}" -map 1 "${opus[@]}" "${audio_out[@]}"
ff still-video -re -f lavfi -i smptebars=size=160x120:rate=15 \
  "${x264[@]}" "${baseline[@]}" "${video_out[@]}"

# GStreamer: rtpbin sends the reports; without it there are none.
picture='videotestsrc is-live=true pattern=ball ! video/x-raw,width=160,height=120,framerate=15/1'
sound='audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=1'
vp8='vp8enc deadline=1 cpu-used=8 target-bitrate=50000 end-usage=cbr keyframe-max-dist=30 ! rtpvp8pay pt=96 ssrc=1000 mtu=1100 picture-id-mode=15-bit'
h264='x264enc bitrate=50 tune=zerolatency speed-preset=veryfast key-int-max=30 ! video/x-h264,profile=baseline ! rtph264pay pt=96 ssrc=1000 mtu=1100 config-interval=-1 aggregate-mode=zero-latency'
sound_rtp='opusenc bitrate=16000 ! rtpopuspay pt=111 ssrc=2000'
udp='udpsink host=127.0.0.1 port=5004 sync=false async=false'
reporting() { # SESSION STREAM: the stream by rtpbin, with its reports
  echo "$2 ! bin.send_rtp_sink_$1 bin.send_rtp_src_$1 ! $udp bin.send_rtcp_src_$1 ! $udp"
}
# shellcheck disable=SC2068 # a pipeline is many words
gst() { record "$1" gst-launch-1.0 -q ${@:2}; }

# shellcheck disable=SC2046,SC2086 # the same
{
  gst healthy-vp8 rtpbin name=bin $(reporting 0 "$picture ! $vp8") $(reporting 1 "$sound ! $sound_rtp")
  gst healthy-gstreamer-h264 rtpbin name=bin $(reporting 0 "$picture ! $h264")
  gst sender-reports-missing $picture ! $vp8 ! $udp
  record --unset-report-times sender-reports-wrong gst-launch-1.0 -q rtpbin name=bin $(reporting 0 "$picture ! $vp8")
  gst loss-rising rtpbin name=bin $(reporting 0 "$picture ! $vp8 ! netsim drop-probability=0.1")
  # netsim delays out of order, the jitter buffer puts that right: what is late holds up what follows.
  gst jitter-rising rtpbin name=bin $(reporting 0 "$picture ! $vp8 ! netsim delay-probability=0.5 min-delay=50 \
    max-delay=300 ! rtpjitterbuffer latency=1000")
}
