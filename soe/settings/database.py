"""DATABASE_URL becomes Django's DATABASES, with the safety options of each engine."""

from django.core.exceptions import ImproperlyConfigured

# A write must survive a power cut (FULL), and a reader must not lock out a writer (WAL).
SQLITE_OPTIONS = {
    # Writers queue from their first statement on; DEFERRED ends in "database is locked" as soon as two people save.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}

POSTGRES_SESSION = {
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "statement_timeout": "120s",
    # Rights make long statements that touch few rows: compiling one took 1.6 s, running it 0.05 s (decision 0024).
    "jit": "off",
    # A list of ids inside OR is looked up in a hash only if that fits; else PostgreSQL reads it anew for each row, and
    # the deadlines of a large city took minutes instead of half a second (decision 0024).
    "work_mem": "32MB",
}


def configure(config, *, pool_size=0):
    """Add the options of the engine to what django-environ read from DATABASE_URL."""
    engine = config["ENGINE"]
    options = dict(config.get("OPTIONS", {}))
    if engine == "django.db.backends.sqlite3":
        options = {**SQLITE_OPTIONS, **options}
    elif engine == "django.db.backends.postgresql":
        session = " ".join(f"-c {name}={value}" for name, value in POSTGRES_SESSION.items())
        options["options"] = f"{session} {options.get('options', '')}".strip()
        if pool_size:
            options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    else:
        raise ImproperlyConfigured("DATABASE_URL: Bitte sqlite:///… oder postgres://… angeben.")
    return {
        **config,
        "OPTIONS": options,
        "ATOMIC_REQUESTS": False,  # on SQLite every read would take the write lock; views open their own
        "CONN_HEALTH_CHECKS": True,
    }
