# The commands of the README. A machine needs Python 3 (3.9 or newer), git and make; the rest is fetched.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST ARGS

.PHONY: help python setup demo test check bench
.DEFAULT_GOAL := help

help:
	@echo "make setup   Pakete einrichten"
	@echo "make demo    Demostadt starten (PORT=$(PORT))"
	@echo "make test    alle Prüfungen, auf SQLite und PostgreSQL, mit Browser"
	@echo "make check   Format, Regeln, Schichten, Migrationen, Betriebseinstellungen"
	@echo "make bench   Messungen mit großen Datenmengen (SCALE=0.1 für kleine)"

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python 3 fehlt: Bitte installieren (Debian: apt-get install python3)."; exit 1; }

setup: python
	@$(PYTHON) tools/setup.py

demo: setup
	@$(PYTHON) tools/demo.py

check: setup
	@$(PYTHON) tools/check.py

test: setup
	@$(PYTHON) tools/test.py

bench: setup
	@DATABASE_URL="$${BENCH_DATABASE_URL:-sqlite:///$(CURDIR)/var/bench.sqlite3}" .venv/bin/python manage.py bench --settings soe.settings.bench
