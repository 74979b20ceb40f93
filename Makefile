# One target a daily task. Whatever a target needs it brings into .local/ first (tools/setup), so that each works in a
# fresh clone; doing it again costs nothing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.PHONY: help setup demo ring test e2e fuzz audit lint format bench bench-lookup bench-views bench-board chaos bench-listener bench-pop test-asterisk16 test-odoo clean openapi i18n docs

PYTHON_ODOO := .local/odoo/venv/bin/python
STACK := $(PYTHON_ODOO) -m tools.stack
LINT := .local/lint/bin
PRETTIER_FILES = $(shell git ls-files '*.cjs' 'telephony_*/*.js' 'telephony_*/*.scss' 'telephony_*/*.xml')
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

test:  ## run all tests: each addon alone, all together, install and uninstall, end to end [ARGS=for pytest]
	@env -u ODOO_BIN -u PBX_HOST tools/setup odoo asterisk chromium api packages
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

lint:  ## check style: ruff, pylint-odoo, eslint, prettier
	@tools/setup lint
	@$(LINT)/ruff check --quiet .
	@$(LINT)/ruff format --quiet --check .
	@$(LINT)/pylint $(ADDONS)
	@node_modules/.bin/eslint --no-warn-ignored .
	@node_modules/.bin/prettier --log-level warn --check $(PRETTIER_FILES)
	@echo "lint: all clean"

format:  ## bring all files into style, as far as it goes by itself
	@tools/setup lint
	@$(LINT)/ruff check --quiet --fix . || true
	@$(LINT)/ruff format --quiet .
	@node_modules/.bin/eslint --no-warn-ignored --fix . || true
	@node_modules/.bin/prettier --log-level warn --write $(PRETTIER_FILES)

bench-lookup:  ## measure the number index: lookups, building, writing, disk [ROWS=1000000]
	@tools/setup odoo
	@$(PYTHON_ODOO) bench/bench_lookup.py $(if $(ROWS),--rows $(ROWS))

bench-views:  ## measure how long each view of calls takes to open [CALLS=100000]
	@tools/setup odoo
	@$(PYTHON_ODOO) bench/bench_views.py $(if $(CALLS),--calls $(CALLS))

bench-board:  ## measure the live board in a browser: 200 agents, 100 calls; writes .local/bench/board.json
	@tools/setup odoo chromium
	@$(PYTHON_ODOO) bench/bench_board.py $(ARGS)

bench:  ## measure all: each bench/bench_*.py prints a table and writes .local/bench/*.json
	@tools/setup odoo asterisk chromium
	@missed=; for file in bench/bench_*.py; do \
		name=$$(basename "$$file" .py); echo "== $$name"; \
		$(PYTHON_ODOO) "$$file" || missed="$$missed $$name"; \
	done; [ -z "$$missed" ] || { echo "missed a bar, or failed:$$missed"; exit 1; }

bench-listener:  ## measure the listener: events, calls and delay, with a database; writes .local/bench/listener.json
	@tools/setup odoo
	@$(PYTHON_ODOO) bench/bench_listener.py $(ARGS)

chaos:  ## break each part in the middle of calls, in each way to run; writes .local/bench/failover.json [ARGS=--mode prefork]
	@tools/setup odoo asterisk
	@$(PYTHON_ODOO) -m tools.chaos $(ARGS)

bench-pop:  ## measure the way from the event to the card in the browser [ROWS=1000000]
	@tools/setup odoo chromium
	@$(PYTHON_ODOO) bench/bench_pop.py $(if $(ROWS),--rows $(ROWS))

i18n:  ## write each addon's i18n/*.pot, the texts to translate
	@tools/setup odoo
	@$(STACK) i18n

docs:  ## make a site of docs/ in .local/docs/site; a broken link fails
	@tools/setup docs
	@NO_MKDOCS_2_WARNING=1 .local/docs/venv/bin/mkdocs build
	@echo "docs: .local/docs/site/index.html"

openapi:  ## write docs/openapi.json, the API's description, as the code has it
	@tools/write-openapi

clean:  ## remove databases, logs and screenshots (KEEP=no: Odoo, Asterisk and the linters, too)
	@if [ -x $(PYTHON_ODOO) ]; then $(STACK) clean; fi
	@if [ "$(KEEP)" = no ]; then rm -rf .local node_modules; fi
