"""Virus scanning: clamd's INSTREAM, when the installation names one (setting SOE_CLAMD)."""

import socket
import struct
from contextlib import closing

from django.conf import settings

from .errors import UploadRefused

UNREACHABLE = (
    "Der Virenscanner antwortet nicht. Die Datei wurde nicht angenommen. "
    "Bitte versuchen Sie es in einigen Minuten noch einmal."
)
FOUND = "Der Virenscanner hat in dieser Datei Schadsoftware gefunden ({name}). Sie wurde nicht angenommen."


class NoScanner:
    """No scanner is set up: only the checks by content hold."""

    def scan(self, chunks):
        return None


class Clamd:
    """`address`: "tcp://host:3310" or "unix:/run/clamav/clamd.ctl"."""

    def __init__(self, address, timeout=30):
        self.address, self.timeout = address, timeout

    def _connect(self):
        if self.address.startswith("unix:"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self.timeout)
            connection.connect(self.address.removeprefix("unix:"))
            return connection
        host, _, port = self.address.removeprefix("tcp://").rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=self.timeout)

    def scan(self, chunks):
        """Raises UploadRefused for a finding, and when nobody answers: unchecked files are not taken in."""
        try:
            with closing(self._connect()) as connection:
                connection.sendall(b"zINSTREAM\0")
                for chunk in chunks:
                    connection.sendall(struct.pack(">I", len(chunk)) + chunk)
                connection.sendall(struct.pack(">I", 0))
                answer = b""
                while len(answer) < 4096 and (part := connection.recv(1024)):
                    answer += part
        except (OSError, ValueError) as error:
            raise UploadRefused(UNREACHABLE, code="scanner") from error
        words = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
        if words.endswith(" FOUND"):
            raise UploadRefused(FOUND.format(name=words.removesuffix(" FOUND")[:80]), code="virus")
        if words != "OK":
            raise UploadRefused(UNREACHABLE, code="scanner")


def scanner():
    return Clamd(settings.SOE_CLAMD) if settings.SOE_CLAMD else NoScanner()
