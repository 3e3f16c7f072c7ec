"""`/livez`: the process answers. `/readyz`: it can work. Both before sessions, so that neither needs the database."""

import logging

from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse

from soe.audit.triggers import missing

logger = logging.getLogger("soe.health")


def _plain(text, status):
    response = HttpResponse(text + "\n", content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return response


def problem():
    """Why this process cannot work right now, or None."""
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations"
        if missing(connection):
            return "history"
        if "soe_restoring" in connection.introspection.table_names():
            return "restore"  # a backup is being put back, erasures may still be undone
    except Error:
        logger.exception("Datenbank nicht erreichbar")
        return "database"
    return None


class HealthMiddleware:
    """Answers the two probes itself: no session, no login, no host check by the load balancer's address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/livez":
            return _plain("ok", 200)
        if request.path == "/readyz":
            found = problem()
            return _plain("ok", 200) if found is None else _plain(f"nicht bereit: {found}", 503)
        return self.get_response(request)
