"""`make demo`: database, demo city, job worker and web server in one command. A second start keeps the data."""

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

from common import PYTHON, ROOT, manage, stop

SETTINGS = "soe.settings.dev"
ANY = "0.0.0.0"


def number(name, default):
    text = os.environ.get(name, default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        stop(f"{name}={text} ist keine gültige Portnummer, zum Beispiel {name}=8000.")
    return int(text)


def check_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            stop(
                f"Port {port} ist belegt. Bitte einen anderen wählen, zum Beispiel „make demo PORT={port + 1}“."
            )


def wait_until_up(server, url):
    for _ in range(150):
        if server.poll() is not None:
            stop("Der Server ist nicht gestartet. Die Meldungen darüber sagen, warum.")
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    stop("Der Server antwortet nicht.")


def serve(host, port):
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS}
    gunicorn = [
        PYTHON, "-m", "gunicorn", "soe.wsgi", "--bind", f"{host}:{port}", "--worker-class", "gthread",
        "--workers", "2", "--threads", "4", "--timeout", "120", "--graceful-timeout", "5", "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip
    worker = [PYTHON, "manage.py", "worker"]
    return [
        subprocess.Popen([str(part) for part in command], cwd=ROOT, env=env) for command in (gunicorn, worker)
    ]


def main():
    host, port = os.environ.get("HOST", "127.0.0.1"), number("PORT", "8000")
    check_free(host, port)
    manage("demo_prepare", settings=SETTINGS)
    processes = serve(host, port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    reachable = "localhost" if host == ANY else host
    try:
        wait_until_up(processes[0], f"http://{reachable}:{port}/livez")
        print(f"\nSOE läuft: http://{reachable}:{port}/", flush=True)
        print("Beenden mit Strg+C. Die Daten bleiben in var/soe.sqlite3.", flush=True)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        stop("Ein Teil von SOE hat sich beendet. Die Meldungen darüber sagen, warum.")
    except KeyboardInterrupt:
        print("\nSOE ist beendet.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    main()
