# kiln: `make demo` shows it, `make test` proves it.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO      ?= go
LDFLAGS := -s -w -X main.version=$(VERSION)
SHELL   := bash

# kustomize can load plugins of its users'. That would make the linker keep and
# export all code that it ever saw: programs of twice the size.
export GOFLAGS := $(shell $(GO) env GOFLAGS) -tags=kustomize_disable_go_plugin_support

# ./... leaves out what is below testdata.
PACKAGES := ./... ./testdata/bench ./testdata/docs ./testdata/measure

.PHONY: build testbed demo test check bench measure docs picture clean
.DEFAULT_GOAL := build

build: ## kiln itself, into bin/, as one static file
	@echo "building kiln"
	@CGO_ENABLED=0 $(GO) build -v -trimpath -ldflags "$(LDFLAGS)" -o bin/kiln ./cmd/kiln 2> >($(counter))

testbed: ## a real control plane in one program, into bin/; minutes the first time
	@echo "building the testbed: Kubernetes' control plane and etcd"
	@$(MAKE) --no-print-directory -C testdata/testbed build GOFLAGS="$(GOFLAGS) -v" OUT=$(abspath bin/testbed) 2> >($(counter))

demo: build testbed ## the TUI on a vulnerable cluster of its own, gone on exit
	@bin/testbed run --load testdata/clusters/vulnerable -- bin/kiln

test: check testbed ## everything: static checks, then all tests with the race detector
	KILN_REQUIRE_TESTBED=1 $(GO) test -race -timeout 20m $(PACKAGES)
	$(MAKE) --no-print-directory -C testdata/testbed test

check: ## gofmt, vet, staticcheck
	@unformatted=$$(gofmt -l cmd kube scanners fixes tui themes testdata); \
	if [ -n "$$unformatted" ]; then echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet $(PACKAGES)
	$(GO) tool staticcheck $(PACKAGES)

bench: build testbed ## the budgets, as ratios to the bare listing in the same run
	$(GO) run ./testdata/bench

measure: ## other projects' test cases against kiln's checks, from the folder CORPORA
	@$(GO) run ./testdata/measure $(CORPORA)

docs: ## the parts of the documents that are made from the code
	$(GO) run ./testdata/docs
	$(GO) run ./testdata/measure -differences docs/differences.md

picture: build testbed ## the pictures in docs/
	testdata/picture/take.sh
	testdata/picture/walk.sh

clean:
	rm -rf bin

# counter turns the names of built packages into a count, on one line of a
# terminal, and lets all else through.
counter = awk -v tty=$$([ -t 2 ] && echo 1 || echo 0) ' \
	/^[A-Za-z0-9._~\/-]+$$/ { n++; if (tty) printf "\r  %d packages", n > "/dev/stderr"; \
		else if (n % 250 == 0) print "  " n " packages" > "/dev/stderr"; next } \
	{ print > "/dev/stderr" } \
	END { if (tty && n) print "" > "/dev/stderr" }'
