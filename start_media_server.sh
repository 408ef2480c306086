#!/usr/bin/env bash
# Starts the media server on http://localhost:8082, reachable from other machines too (server.host is 0.0.0.0).
# Arguments go to the server: ./start_media_server.sh --port 9000 (see --help).
set -euo pipefail
cd "$(dirname "$0")"
./scripts/setup.sh node
exec node_modules/.bin/node packages/server/src/main.ts "$@"
