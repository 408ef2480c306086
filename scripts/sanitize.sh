#!/usr/bin/env bash
# The native transport's tests with AddressSanitizer, which ends the process where C++ touches memory that is not its own.
set -euo pipefail
cd "$(dirname "$0")/.."

built=packages/server/native/build/*/media.node
rebuild() {
  rm -f $built
  CXXFLAGS= node scripts/build-native.ts
}
trap rebuild EXIT

rm -f $built
CXXFLAGS='-fsanitize=address -U_FORTIFY_SOURCE' node scripts/build-native.ts
# Node and the peers' library are not built for it: what they allocate and free is not looked at, nor what is left at the end.
LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libstdc++.so.6)" \
  ASAN_OPTIONS=detect_leaks=0:alloc_dealloc_mismatch=0 \
  node node_modules/vitest/vitest.mjs run --project unit packages/server/src/transport/native
