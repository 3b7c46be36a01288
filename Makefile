# The commands a person types. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

# Recordings of real portals and device frames that belong to others. Without them, demo and tests use what the simulator makes.
export BEKET_DATA ?= $(abspath $(CURDIR)/../shared/data)
# Where cargo builds.
export CARGO_TARGET_DIR ?= $(CURDIR)/target

# npm speaks of itself at every call; we are not interested.
export NPM_CONFIG_FUND := false
export NPM_CONFIG_AUDIT := false
export NPM_CONFIG_UPDATE_NOTIFIER := false

.PHONY: help
help: ## list these commands
	@echo 'Beket, the software of a border checkpoint. Commands:'
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name what; do printf '  %-14s %s\n' "$$name" "$$what"; done
	@echo
	@echo "Recordings (BEKET_DATA): $(BEKET_DATA)$$([ -d '$(BEKET_DATA)' ] || echo ', not there: the simulator takes their place')"

.PHONY: demo
demo: setup-demo web ## a checkpoint with its devices, officers' terminal and hub, on this machine, until Ctrl-C
	cargo build --profile lean --locked -p edge-agent -p hub -p simulator
	'$(CARGO_TARGET_DIR)/lean/simulator' demo

.PHONY: broker
broker: setup ## the broker of a site: Debian's mosquitto on this machine, until Ctrl-C
	PATH=$$PATH:/usr/sbin mosquitto -c config/mosquitto.conf

.PHONY: test
test: setup ## every test: Rust, documentation, screens, browser
	@scripts/run-all-tests

.PHONY: lint
lint: ## formatting and clippy, as the automation wants them
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@scripts/build-without-std

.PHONY: bench
bench: ## figures as ratios, measured in one run on this machine
	cargo bench --profile lean --workspace --locked --bench '*'

.PHONY: mutants
mutants: ## what the tests of the term engine do not notice; hours (needs cargo-mutants: cargo install cargo-mutants)
	cargo mutants --test-tool nextest -p checkpoint -f checkpoint/src/law/term.rs -f 'checkpoint/src/law/term/*.rs' \
		--baseline skip --timeout 90 -o '$(CARGO_TARGET_DIR)' -- -E 'test(terms) | test(reference) | test(dated)'

.PHONY: fuzz
fuzz: ## feed whatever reads bytes with what may break it, SECONDS=60 each; ONLY="llrp egts" for some
	scripts/fuzz-the-decoders $(or $(SECONDS),60) $(ONLY)

.PHONY: soak
soak: setup ## the stories about faults, ten times as long as in `make test`
	cargo build --profile lean --locked -p edge-agent -p hub -p simulator
	BEKET_SOAK=10 BEKET_BIN='$(CARGO_TARGET_DIR)/lean' \
		cargo nextest run --profile soak --cargo-profile lean --locked -p stories

.PHONY: web
web: web/dist/terminal.html ## build the screens (skipped when their sources have not changed)

# The types of both interfaces are made from the documents that the Rust tests keep (web/types), so they are no source.
WEB_SOURCES := edge-agent/openapi.json hub/openapi.json \
	$(shell find web \( -name node_modules -o -name dist -o -name tests \) -prune -o -type f ! -name '*.d.ts' -print)

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --no-progress
	@touch $@

web/dist/terminal.html: web/node_modules/.installed $(WEB_SOURCES)
	cd web && npm run build

.PHONY: package
package: export BEKET_BUILD := $(shell git describe --tags --always --dirty 2>/dev/null)
package: setup-demo web ## what a site installs: one archive of binaries, units, configuration, papers
	cargo build --profile dist --locked -p edge-agent -p hub -p simulator
	@scripts/pack-for-a-site

.PHONY: setup
setup: ## install what building and testing need and this machine has not
	@scripts/install-what-is-missing to-test

.PHONY: setup-demo
setup-demo:
	@scripts/install-what-is-missing to-build

.PHONY: clean
clean: ## remove everything that was built or fetched
	rm -rf '$(CARGO_TARGET_DIR)' web/dist web/node_modules demo-data
