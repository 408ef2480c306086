#!/usr/bin/env bash
# Installs what is missing, and does nothing where nothing is.
#
#   scripts/setup.sh node      npm packages, Node 24 among them: all that the server needs
#   scripts/setup.sh native    g++, and the native transport compiled with it
#   scripts/setup.sh browser   Chromium, for the demo and the browser tests
#   scripts/setup.sh firefox   Firefox, for the tests with that
#   scripts/setup.sh proxy     nginx and Caddy, for the test of the server behind each of them
#   scripts/setup.sh network   iproute2, ffmpeg, coturn, Redis and faketime, for the tests behind a slow line or TURN, with
#                              a real encoder, of shared rate limits, and with a clock that jumps
#   scripts/setup.sh peers     Janus, and gcc with libsrtp, for the comparison with other servers; the others of them it
#                              builds itself, where there is Go
#   scripts/setup.sh media     ffmpeg and GStreamer, to record the linter's fixtures anew (no part of `all`)
#   scripts/setup.sh gstreamer  GStreamer's webrtcbin with its Python bindings, for the test with it as a client
#   scripts/setup.sh python    python/.venv with the client and its test tools; curl, for the examples in docs/contract
#   scripts/setup.sh           all that the server and its tests need
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

apt_install() {
  command -v apt-get >/dev/null || fail "please install: $* (there is no apt-get here to do it with)"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "please install as root: apt-get install $*"
    as_root=(sudo)
  fi
  say "installing $* with apt"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

setup_node() {
  # npm writes this file at the end of every install, so it is older than the lock file when an install is due.
  local installed=node_modules/.package-lock.json
  if [ -x node_modules/.bin/node ] && [ -e "$installed" ] && [ ! package-lock.json -nt "$installed" ]; then return; fi
  command -v npm >/dev/null || fail 'npm is needed to begin with: install Node.js 20 or newer (https://nodejs.org)'
  say 'installing npm packages'
  npm ci --no-audit --no-fund
  touch "$installed"
  [ -x node_modules/.bin/node ] || fail 'the npm package "node" brought no node: were install scripts switched off?'
}

setup_native() {
  command -v "${CXX:-g++}" >/dev/null || apt_install g++
  node_modules/.bin/node scripts/build-native.ts
}

setup_browser() {
  # Where test/support/chromium.ts looks.
  local path
  for path in "${CHROMIUM_PATH:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    if [ -x "$path" ]; then return; fi
  done
  apt_install chromium
}

setup_firefox() {
  # Where test/support/firefox.ts looks.
  local path
  for path in "${FIREFOX_PATH:-}" /usr/bin/firefox-esr /usr/bin/firefox; do
    if [ -x "$path" ]; then return; fi
  done
  apt_install firefox-esr
}

setup_proxy() {
  local name
  for name in nginx caddy; do
    # nginx is among root's programs, and so not on everyone's path.
    PATH="$PATH:/usr/sbin" command -v "$name" >/dev/null || {
      apt_install nginx caddy
      return
    }
  done
}

setup_network() {
  local name
  for name in ip tc ffmpeg turnserver redis-server faketime; do
    # ip and tc are root's, and so not on everyone's path; the tests are run by root or skipped.
    PATH="$PATH:/usr/sbin:/sbin" command -v "$name" >/dev/null || {
      apt_install iproute2 ffmpeg coturn redis-server faketime
      return
    }
  done
}

setup_peers() {
  # Debian starts a service with Janus; the comparison starts its own.
  if [ ! -e /usr/bin/janus ]; then
    apt_install janus iproute2
    if [ -d /run/systemd/system ]; then
      systemctl disable --now janus 2>/dev/null || say 'Debian’s service of Janus may be running: systemctl disable --now janus'
    fi
  fi
  if command -v gcc >/dev/null && [ -e /usr/include/srtp2/srtp.h ]; then return; fi
  apt_install gcc libc6-dev libsrtp2-dev libssl-dev
}

setup_media() {
  if command -v ffmpeg >/dev/null && gst-inspect-1.0 --exists netsim 2>/dev/null &&
    gst-inspect-1.0 --exists x264enc && gst-inspect-1.0 --exists vp8enc; then
    return
  fi
  apt_install ffmpeg gstreamer1.0-tools gstreamer1.0-plugins-{base,good,bad,ugly}
}

setup_gstreamer() {
  # The bindings are those of Debian's Python, whatever other one comes first on the path.
  local elements='webrtcbin nicesink dtlssrtpenc srtpenc vp8enc openh264enc h264parse opusenc rtpvp8pay'
  /usr/bin/python3 - $elements 2>/dev/null <<'CHECK' && return
import sys, gi
gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC
Gst.init(None)
sys.exit(not all(map(Gst.ElementFactory.find, sys.argv[1:])))
CHECK
  apt_install python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-{base,good,bad}
}

setup_python() {
  local stamp=python/.venv/.installed
  command -v curl >/dev/null || apt_install curl
  if [ -e "$stamp" ] && [ ! python/requirements-dev.txt -nt "$stamp" ] && [ ! python/pyproject.toml -nt "$stamp" ]; then
    return
  fi
  # Debian leaves ensurepip out of python3 and puts it into python3-venv.
  python3 -c 'import ensurepip' 2>/dev/null || apt_install python3 python3-venv
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail 'Python 3.10 or newer is needed'
  say 'making python/.venv'
  python3 -m venv --clear python/.venv
  python/.venv/bin/pip install --quiet --requirement python/requirements-dev.txt
  python/.venv/bin/pip install --quiet --no-deps --editable python
  touch "$stamp"
}

case "${1:-all}" in
  node | native | browser | firefox | proxy | network | peers | media | gstreamer | python) "setup_$1" ;;
  all)
    setup_node
    setup_native
    setup_browser
    setup_firefox
    setup_proxy
    setup_network
    setup_gstreamer
    setup_peers
    setup_python
    ;;
  *) fail "unknown part $1: node, native, browser, firefox, proxy, network, peers, media, gstreamer or python" ;;
esac
