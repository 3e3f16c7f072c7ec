#!/usr/bin/env python
"""Django's command line for SOE."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soe.settings.dev")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django fehlt in dieser Python-Umgebung. Bitte zuerst „make setup“ ausführen.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
