# `make` alone lists the targets.
SHELL := bash
SYSTEM_PATH := $(PATH)
# Node 24 comes with the npm packages and goes before the machine's own.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

# Where `make start` listens: 127.0.0.1 is this machine only, 0.0.0.0 every interface.
HOST ?= 127.0.0.1
# Firefox sends no media to loopback. Those alone who have come by HTTP get an answer at the media port.
MEDIA_HOST := $(if $(filter 127.0.0.1,$(HOST)),--media.host 0.0.0.0)
# Passed on to the program: make start ARGS="--port 9000", make test-unit ARGS=packages/server/src/rtp
ARGS ?=

# Set-up runs with the machine's own Node: it replaces node_modules, where the other one lives.
SETUP := PATH="$(SYSTEM_PATH)" scripts/setup.sh

.DEFAULT_GOAL := help
.PHONY: help setup start demo example test test-unit test-system test-python check format bench peers loop-health instant-start handover restart flood soak profile fuzz bottleneck page-budget screenshots example-react fixtures sim storm load-limit pack clean native sanitize setup-node setup-native setup-browser setup-media setup-network setup-peers setup-python

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what is missing: npm packages (with Node 24), Chromium, the Python environment
	@$(SETUP)

start: setup-node ## Run the server on http://localhost:8082 (HOST=0.0.0.0 for other machines, ARGS for its flags)
	@node scripts/build-native.ts --if-possible
	@exec node packages/server/src/main.ts --host $(HOST) $(MEDIA_HOST) $(ARGS)

demo: setup-node setup-browser ## Show it without a screen: a headless Chromium host and three viewers
	@node scripts/demo.ts $(ARGS)

example: setup-node setup-python ## An example backend (FastAPI) with its media server: http://localhost:8001
	@exec python/.venv/bin/python python/examples/backend/start.py $(ARGS)

native: setup-node setup-native ## Compile the native transport, which takes about half the CPU for each packet (installs g++ where it is missing)

sanitize: native ## The native transport's tests under AddressSanitizer
	@scripts/sanitize.sh

test: setup ## Everything: checks, unit tests, browser and package tests, Python tests
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory --jobs 2 --output-sync test-unit test-python
	@$(MAKE) --no-print-directory test-system

test-unit: native ## Unit tests beside the code
	vitest run --project unit $(ARGS)

test-system: setup ## Tests with real browsers, the packed tarball and the documents' examples
	vitest run --project 'system*' $(ARGS)

test-python: setup-node setup-python ## Tests of the Python client against a real server
	python/.venv/bin/python -m pytest python/tests

check: setup-node setup-python ## Lint (with layering), formatting and types
	npm run --silent check
	python/.venv/bin/ruff check python
	python/.venv/bin/ruff format --check python
	python/.venv/bin/mypy --config-file python/pyproject.toml python/src python/tests
	python/.venv/bin/mypy --config-file python/pyproject.toml python/examples/backend

format: setup-node setup-python ## Format and fix what can be fixed
	npm run --silent format
	python/.venv/bin/ruff check --fix python
	python/.venv/bin/ruff format python

bench: native ## Measure the server's cost of a forwarded packet
	@node bench/run.ts $(ARGS)

loop-health: native ## How late the server's one thread is while 100, 300 and 500 viewers watch
	@node bench/loop-health.ts $(ARGS)

storm: native ## 1,000 viewers of one room come at once, to a server of their own: all within 5 s, none refused
	@node bench/storm.ts $(ARGS)

load-limit: native ## The largest number of viewers that a server of their own holds at 1.5 Mbps with less than 0.1 % loss
	@node bench/storm.ts --limit $(ARGS)

peers: native setup-peers ## The same load on this server and on others: Janus, LiveKit, MediaMTX, Pion (ARGS=--capacity: how many viewers each holds)
	@node bench/peers/run.ts $(ARGS)

instant-start: setup ## 50 viewers join a deaf host with a 10 s key interval: time to the first frame, and to live
	INSTANT_START_JOINS=50 vitest run --project 'system*' test/browser/instant-start.test.ts

handover: setup ## The host is killed and comes back ten times: what its viewers notice
	HANDOVER_RETURNS=10 vitest run --project 'system*' test/browser/handover.test.ts

restart: setup ## kill -9 during the activity of 50 rooms, ten times: what is there again, and what was told of
	RESTART_KILLS=10 vitest run --no-file-parallelism --project 'system*' test/restart

flood: setup ## 5,000 requests and 20,000 datagrams a second for ten seconds each, beside a live room
	FLOOD_SECONDS=10 vitest run --project 'system*' test/flood

soak: setup ## 10,000 joins and leaves, 1,000 rooms made and stopped, 20 minutes at least: what the server keeps of them
	SOAK_JOINS=$${SOAK_JOINS:-10000} SOAK_ROOMS=$${SOAK_ROOMS:-1000} SOAK_MINUTES=$${SOAK_MINUTES:-20} vitest run --project 'system*' test/soak

profile: native ## CPU profile and heap of the server while viewers watch, with its top costs; files in bench/results (ARGS="VIEWERS SECONDS")
	@node bench/profile.ts $(ARGS)

fuzz: setup ## Random calls, messages, descriptions and datagrams for ten minutes, beside a live room (FUZZ_SEED repeats a run)
	FUZZ_SECONDS=600 vitest run --project 'system*' test/fuzz

bottleneck: setup setup-network ## As root: a viewer's line gets slow and recovers, five times: layers and freezes, in Chromium
	BOTTLENECK_ROUNDS=5 vitest run --project 'system*' test/network/bottleneck.test.ts test/network/av1-layers.test.ts

page-budget: setup-node setup-browser ## How soon the watch page is of use, and its first frame there, on a CPU of a quarter of the speed
	@node scripts/page-budget.ts $(ARGS)

screenshots: setup-node setup-browser setup-network ## Take the pictures in docs/screenshots anew
	@node scripts/screenshots.ts

example-react: setup-node ## Install, check and build the React example in examples/react
	npm --prefix examples/react ci --no-audit --no-fund
	npm --prefix examples/react run --silent build

fixtures: setup-node setup-media ## Record the linter's streams anew with ffmpeg and GStreamer
	@test/linter/make-fixtures.sh $(ARGS)

sim: setup-node ## Bandwidth estimation and whole rooms on simulated lines, in virtual time, as tables (ARGS: a part of a name)
	@node test/sim/run.ts $(ARGS)

sim-long: setup-node ## Half an hour of virtual time with 200 viewers who come and go (some ten minutes)
	@node test/sim/run.ts --long

pack: native ## Make the npm tarball in dist/
	@mkdir -p dist
	npm pack --workspace bitbasel-media-server --pack-destination dist

clean: ## Remove all that can be made again
	rm -rf node_modules dist coverage python/.venv packages/server/native/build

setup-node setup-native setup-browser setup-media setup-network setup-peers setup-python:
	@$(SETUP) $(@:setup-%=%)
