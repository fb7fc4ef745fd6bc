# Each target does its own set-up on a fresh Debian 12 machine with Python 3.11 and a Rust tool chain.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# the distribution's own first: it is optimised by profile, and a call costs a fifth less CPU than with one from pyenv
PYTHON ?= $(shell command -v /usr/bin/python3.11 || command -v python3.11 || command -v python3)
BIN := .venv/bin
CORE := media/core
CORE_SOURCES := $(shell find $(CORE)/crates $(CORE)/Cargo.toml $(CORE)/Cargo.lock -not -path '*/target/*' -type f 2>/dev/null)
RUST_HOST = $(shell rustc -vV | sed -n "s/^host: //p")
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# tests start Python again and again: it need not compile what did not change
unexport PYTHONDONTWRITEBYTECODE
FUZZ_S ?= 60
RUST_PARSERS := rtp_packet rtcp endpoint telephone_event srtp jitter_buffer stun handshake sip_message
FUZZ = -max_total_time=$(FUZZ_S) -artifact_prefix=$(CURDIR)/build/fuzz/ -verbosity=0

# $(call need,<program>,<Debian package>): install the package when the program is missing
need = command -v $(1) >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends $(2); }

.PHONY: help demo test check-browser check-mrcp test-wire test-cores lint lint-python lint-rust fuzz bench prompts clean fuzz-sip fuzz-sdp fuzz-mrcp fuzz-wav fuzz-prompt fuzz-flow $(addprefix fuzz-,$(RUST_PARSERS))

help:  ## say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

demo: .venv/.core  ## place one real call from caller to agent on this machine and check its recording
	@$(call need,sipp,sip-tester)
	@$(BIN)/python -m sipp_scenarios.demo

test: .venv/.core  ## run all tests: Rust, Python, SIPp scenarios, foreign phones
	@$(call need,sipp,sip-tester)
	@$(call need,baresip,baresip-core)
	@$(call need,sox,sox)
	@$(call need,opusdec,opus-tools)
	@$(call need,linphonec,linphone-cli)
	@$(call need,age,age)
	@$(call need,espeak-ng,espeak-ng)
	cd $(CORE) && cargo test --quiet --release && cargo build --quiet --release --bins  # those that benchmarks run
	cd $(CORE) && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --quiet --package prefetch --target $(RUST_HOST) --target-dir target/sanitizer
	@$(MAKE) --no-print-directory --jobs=2 test-wire test-cores

check-browser: .venv/.core  ## let a real Chromium play recordings of every format and show the wallboard (installs it: 220 MB)
	@$(call need,chromium-headless-shell,chromium-headless-shell)
	$(BIN)/pytest -v tests/interop/test_listening.py tests/interop/test_pages.py -k browser

check-mrcp: .venv/.core  ## let UniMRCP's server, installed in UNIMRCP=<folder>, speak to a caller and hear one
	@UNIMRCP=$(UNIMRCP) $(BIN)/pytest -q tests/interop/test_unimrcp.py

# what runs by the clock: sockets, phones, media threads; four at a time, since most of them wait
WIRE := tests/interop tests/media tests/sipp_scenarios

test-wire: .venv/.core
	$(BIN)/pytest -n 4 --dist loadfile $(WIRE)

# what only computes steps aside for the others
test-cores: .venv/.core
	nice $(BIN)/pytest -n 2 --dist loadfile $(addprefix --ignore=,$(WIRE))

lint: .venv/.core  ## ruff, mypy --strict, import directions, stubtest, clippy, rustfmt
	@$(MAKE) --no-print-directory --jobs=2 --output-sync lint-python lint-rust

lint-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m mypy.stubtest media._core

lint-rust:
	cd $(CORE)/fuzz && cargo fmt --check
	cd $(CORE) && cargo fmt --all --check && cargo clippy --quiet --release --all-targets -- -D warnings
	cd $(CORE) && cargo clippy --quiet --release --workspace --exclude prefetch --no-deps --all-targets -- -D warnings -F unsafe_code

fuzz: .venv/.core build/fuzz/seeds  ## feed hostile bytes to the parsers of SIP, SDP, MRCP, WAV, flows and media, FUZZ_S=60 seconds each
	@$(call need,g++,g++)
	cd $(CORE)/fuzz && cargo build --quiet --release
	@printf '%s\n' sip sdp mrcp wav prompt flow $(RUST_PARSERS) | xargs -P 2 -I{} $(MAKE) --no-print-directory fuzz-{}

fuzz-prompt: PARSER := loader
fuzz-flow: PARSER := reader
fuzz-sip fuzz-sdp fuzz-mrcp fuzz-wav: PARSER := parser
fuzz-sip fuzz-sdp fuzz-mrcp fuzz-wav fuzz-prompt fuzz-flow: fuzz-%:
	@mkdir -p build/fuzz/$*
	$(BIN)/python tests/fuzz/fuzz_$*_$(PARSER).py $(FUZZ) build/fuzz/$* tests/fuzz/corpus/$* $(wildcard tests/vectors/$*/*/)

build/fuzz/seeds: tests/fuzz/media_seeds.py
	@$(BIN)/python -m tests.fuzz.media_seeds $@
	@touch $@

$(addprefix fuzz-,$(RUST_PARSERS)): fuzz-%: build/fuzz/seeds
	@mkdir -p build/fuzz/$*
	cd $(CORE)/fuzz && cargo run --quiet --release --bin $* -- $(FUZZ) $(addprefix $(CURDIR)/build/fuzz/,$* seeds/$*)

bench: .venv/.core  ## measure what a packet, a call, a registration, a menu and a flood cost
	@$(call need,sipp,sip-tester)
	$(BIN)/python -m benchmarks.bench_relay
	$(BIN)/python -m benchmarks.bench_recording
	$(BIN)/python -m benchmarks.bench_media
	@$(call need,kamailio,kamailio)
	$(BIN)/python -m benchmarks.bench_calls --proxy
	$(BIN)/python -m benchmarks.bench_flood
	$(BIN)/python -m benchmarks.bench_register
	$(BIN)/python -m benchmarks.bench_acd
	$(BIN)/python -m benchmarks.bench_dispatch
	$(BIN)/python -m benchmarks.bench_ivr

prompts: .venv/.core  ## make conf/prompts anew with espeak-ng
	@$(call need,espeak-ng,espeak-ng)
	$(BIN)/python -m media.make_prompts

clean:  ## remove everything that was built; recordings and records in run/ stay
	rm -rf .venv build dist .*_cache .hypothesis media/_core*.so $(CORE)/target $(CORE)/fuzz/target
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/.tools: pyproject.toml
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call need,/usr/lib/python3.11/ensurepip,python3-venv)
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/pip install --quiet --group dev
	@touch $@

.venv/.core: .venv/.tools $(CORE_SOURCES)
	@$(call need,cmake,cmake)
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/maturin develop --quiet --release >/dev/null
	@touch $@
