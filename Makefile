# One target a daily task. Whatever a target needs it brings into .local/ first (tools/setup), so that each works in a
# fresh clone; doing it again costs nothing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.PHONY: help setup demo ring test e2e fuzz audit lint format bench chaos test-asterisk16 test-odoo clean openapi i18n docs lift dist docker screenshots

PYTHON_ODOO := .local/odoo/venv/bin/python
STACK := $(PYTHON_ODOO) -m tools.stack
LINT := .local/lint/bin
PRETTIER_FILES = $(shell git ls-files '*.cjs' 'telephony_*/*.js' 'telephony_*/*.scss' 'telephony_*/*.xml')
BENCHES = $(patsubst bench/bench_%.py,%,$(wildcard bench/bench_*.py))
ADDONS = $(patsubst %/__manifest__.py,%,$(wildcard */__manifest__.py))

help:  ## show this
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | \
		while IFS=$$'\t' read -r target text; do printf '  make %-16s %s\n' "$$target" "$$text"; done

setup:  ## bring Odoo 19, PostgreSQL, Asterisk, Chromium and the linters into .local/
	@tools/setup odoo asterisk chromium api lint

demo:  ## run Odoo with the addons, a real Asterisk and telephones, until Ctrl-C [PBX=mightycall: simulated, PBX=softphone]
	@case "$(PBX)" in ''|asterisk|mightycall|softphone) ;; *) echo "PBX is asterisk, mightycall or softphone"; exit 2;; esac
	@tools/setup odoo $(if $(filter mightycall softphone,$(PBX)),,asterisk)
	@PBX="$(PBX)" $(STACK) demo

ring:  ## call into the running demo: FROM=+33612345678 TO=1001 [ANSWER=seconds|no] [TALK=seconds]
	@[ -n "$(FROM)" ] && [ -n "$(TO)" ] || { echo "usage: make ring FROM=+33612345678 TO=1001"; exit 2; }
	@[ -x $(PYTHON_ODOO) ] || { echo "No demo is running here: start one with 'make demo'."; exit 1; }
	@$(STACK) ring $(if $(ANSWER),--answer "$(ANSWER)") $(if $(TALK),--talk "$(TALK)") -- "$(FROM)" "$(TO)"

test:  ## run all tests: each addon alone, all together, install and uninstall, end to end [ARGS=for pytest] [FAST=yes|upgrade]
	@env -u ODOO_BIN -u PBX_HOST tools/setup odoo asterisk chromium api packages packaging
	@env -u ODOO_BIN -u PBX_HOST $(STACK) test -- $(ARGS)

e2e:  ## run the ways of a call from end to end, alone [ARGS=for pytest]
	@env -u PBX_HOST tools/setup odoo asterisk chromium api packages
	@env -u PBX_HOST $(STACK) e2e -- $(ARGS)

fuzz:  ## try generated input on whatever reads what others send [MINUTES=5]; writes .local/bench/fuzz.json [ARGS=for pytest]
	@env -u PBX_HOST tools/setup odoo asterisk chromium
	@env -u PBX_HOST FUZZ_MINUTES="$(or $(MINUTES),5)" $(STACK) fuzz -- $(ARGS)

test-asterisk16:  ## play shapes of calls, controls and caller ids on Debian 11's Asterisk 16 [ARGS=for pytest]
	@env -u PBX_HOST tools/setup odoo asterisk16
	@ASTERISK_DIR=.local/asterisk16 $(STACK) test -- tests/test_asterisk_shapes.py tests/test_asterisk_controls.py \
		tests/test_asterisk_callerid.py tests/test_asterisk_sip.py $(ARGS)

test-odoo:  ## run Odoo's own tests without and with the addon, and compare [MODULES="crm hr"] [ARGS="--tags /crm:TestUi"]
	@env -u ODOO_BIN tools/setup odoo chromium
	@env -u ODOO_BIN $(PYTHON_ODOO) -m tools.odoo_tests $(MODULES) $(ARGS)

lint:  ## check style: ruff, pylint-odoo, eslint, prettier, hadolint
	@tools/setup lint packaging
	@$(LINT)/ruff check --quiet .
	@$(LINT)/ruff format --quiet --check .
	@$(LINT)/pylint $(ADDONS)
	@node_modules/.bin/eslint --no-warn-ignored .
	@node_modules/.bin/prettier --log-level warn --check $(PRETTIER_FILES)
	@.local/packaging/bin/hadolint --failure-threshold warning Dockerfile
	@echo "lint: all clean"

format:  ## bring all files into style, as far as it goes by itself
	@tools/setup lint
	@$(LINT)/ruff check --quiet --fix . || true
	@$(LINT)/ruff format --quiet .
	@node_modules/.bin/eslint --no-warn-ignored --fix . || true
	@node_modules/.bin/prettier --log-level warn --write $(PRETTIER_FILES)

bench:  ## measure: one of bench/, or all without a name; writes .local/bench/*.json [BENCH=board|listener|lookup|pop|views] [ROWS=] [CALLS=] [ARGS=]
	@missed=; for name in $(or $(BENCH),$(BENCHES)); do \
		echo "== $$name"; $(MAKE) "bench-$$name" || missed="$$missed $$name"; \
	done; [ -z "$$missed" ] || { echo "missed a bar, or failed:$$missed"; exit 1; }

bench-%: bench/bench_%.py
	@tools/setup odoo $(if $(filter board pop views,$*),chromium)
	@$(PYTHON_ODOO) $< $(if $(ROWS),$(if $(filter lookup pop,$*),--rows $(ROWS))) \
		$(if $(CALLS),$(if $(filter pop views,$*),--calls $(CALLS))) $(ARGS)

chaos:  ## break each part in the middle of calls, in each way to run; writes .local/bench/failover.json [ARGS=--mode prefork]
	@tools/setup odoo asterisk
	@$(PYTHON_ODOO) -m tools.chaos $(ARGS)

i18n:  ## write each addon's i18n/*.pot, the texts to translate, and its translations by them
	@tools/setup odoo
	@$(STACK) i18n

docs:  ## make a site of docs/ in .local/docs/site; a broken link fails
	@tools/setup docs
	@NO_MKDOCS_2_WARNING=1 .local/docs/venv/bin/mkdocs build
	@echo "docs: .local/docs/site/index.html"

dist:  ## build each addon and the desktop agent as a package, install them beside Odoo alone, and have a customer call
	@env -u ODOO_BIN -u PBX_HOST tools/setup odoo asterisk packaging
	@env -u ODOO_BIN -u PBX_HOST $(PYTHON_ODOO) -m tools.dist

docker:  ## do what Dockerfile and compose.yaml say, where no Docker engine is at hand, and have a customer call
	@env -u ODOO_BIN -u PBX_HOST tools/setup odoo asterisk packaging nginx
	@env -u ODOO_BIN -u PBX_HOST $(PYTHON_ODOO) -m tools.docker

screenshots:  ## take the pictures of the addons' pages in Odoo's Apps, static/description/*.png [ADDON=telephony_supervisor]
	@env -u ODOO_BIN -u PBX_HOST tools/setup odoo asterisk chromium packages
	@env -u ODOO_BIN -u PBX_HOST $(PYTHON_ODOO) -m tools.screenshots $(ADDON)

openapi:  ## write docs/openapi.json, the API's description, as the code has it
	@tools/write-openapi

lift:  ## raise the pinned versions of Python and npm packages to the newest that go together
	@tools/setup lint
	@$(LINT)/python tools/lift-versions
	@git diff --stat -- '*requirements*.txt' package.json

clean:  ## remove databases, logs and screenshots (KEEP=no: Odoo, Asterisk and the linters, too)
	@if [ -x $(PYTHON_ODOO) ]; then $(STACK) clean; fi
	@if [ "$(KEEP)" = no ]; then rm -rf .local node_modules; fi
