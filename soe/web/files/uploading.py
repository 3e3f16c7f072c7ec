"""While a request is read: no file grows on our disk beyond the limit, however long the sender goes on."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


def max_bytes():
    return settings.SOE_MAX_UPLOAD_MB * 1024 * 1024


class CappedUploadHandler(FileUploadHandler):
    """Stands before Django's handlers and swallows what comes after the limit. The file arrives a little over it,
    so that the form can say it was too large."""

    chunk_size = 64 * 1024

    def receive_data_chunk(self, raw_data, start):
        return raw_data if start <= max_bytes() else None

    def file_complete(self, file_size):
        return None
