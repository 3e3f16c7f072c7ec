from django.core.exceptions import ValidationError


class UploadRefused(ValidationError):
    """A file that is not taken in; the message says what is wrong with it and what to do instead."""
