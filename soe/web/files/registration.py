"""Attachments name the files the sweep must keep."""

from . import storing


def register():
    storing.add_owner(_attachments)


def _attachments(names):
    from .services import names_kept

    return names_kept(names)
