.DEFAULT_GOAL := help

PREFIX ?= /usr/local
# For `make bench` and `make test`: arguments to clinic-bench and to swift test.
ARGS ?=

# What `make bench` measures on: small, or years of a clinic.
DATA ?= small

SOURCES := Package.swift Plugins Sources Tests
# Where the built programs are.
RELEASE ?= .build/release
# Where `make install` puts the units.
UNITS ?= $(PREFIX)/lib/systemd/system

.PHONY: help run test test-python test-boot test-pages chaos siege bench figures generated lint format dependencies build install deb clean

help: ## Show these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

run: build ## Run clinicd on private servers with a demo clinic; Ctrl-C stops it all
	@RELEASE="$(RELEASE)" scripts/run

test: ## Run the tests of Swift, Python and the pages on real servers of their own (ARGS="--filter Queue")
	@scripts/test $(ARGS)

test-python: ## Run the Python client's tests (ARGS="-k board"); make test runs them too
	@scripts/test-python $(ARGS)

test-boot: build ## Install the package on a booted systemd, and try what an administrator does (root)
	Tests/Boot/run "$(RELEASE)"

test-pages: ## Run the pages' tests in headless Chromium (ARGS="-k kiosk"); make test runs them too
	@scripts/test-pages $(ARGS)

chaos: build ## Kill, stop, freeze, slow and fill everything under load, for minutes (ARGS="--seed 7 --minutes 10")
	Tests/Chaos/chaos.py "$(RELEASE)" $(ARGS)

siege: build ## Hold ten thousand hostile connections against a release (ARGS="--seconds 60")
	Tests/Chaos/siege.py "$(RELEASE)" $(ARGS)

bench: build ## Measure a release build on private servers (ARGS=..., DATA=large)
	@CLINIC_HOME=.build/bench-$(if $(filter large,$(DATA)),large,stack) CLINIC_TCP_ADDRESS=none CLINIC_WEB_ADDRESS=none \
	  RELEASE="$(RELEASE)" CLINIC_ROLES=$$(id -u)=ADMIN \
	  CLINIC_STACK_CACHE_MB=2048 CLINIC_MAX_CONNECTIONS=4000 CLINIC_MAX_CONNECTIONS_PER_PEER=2000 \
	  scripts/run "$(RELEASE)/clinic-bench" --data $(DATA) $(ARGS)

figures: build ## Measure the pages in headless Chromium
	@scripts/figures

generated: ## Rewrite what is made from the code: clients/openrpc.json, the clients' types and methods, README's table
	swift build --product clinicd
	scripts/generated write .build/debug

lint: ## Check the format of the Swift sources, the units and how exposed they are
	swift format lint --strict --parallel --recursive $(SOURCES)
	scripts/check-units

format: ## Rewrite the Swift sources in the project's format
	swift format --in-place --parallel --recursive $(SOURCES)

dependencies: ## Install what is missing of Debian's packages and MongoDB
	@scripts/dependencies

build: dependencies ## Build a release
	swift build -c release --static-swift-stdlib

install: ## Install a built release (DESTDIR, PREFIX)
	@test -x "$(RELEASE)/clinicd" || { echo 'Nothing is built; run make build first.' >&2; exit 1; }
	scripts/install "$(RELEASE)" "$(DESTDIR)" "$(PREFIX)" "$(UNITS)"

deb: build ## Build a Debian package in dist/
	scripts/deb "$(RELEASE)"

clean: ## Remove what was built (.clinic, the demo's data, stays)
	scripts/test clean
	scripts/stack down .build/bench-stack
	scripts/stack down .build/bench-large
	rm -rf .build dist
