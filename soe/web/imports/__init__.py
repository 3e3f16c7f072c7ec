"""The import all apps use: see spec.py for what an app writes, decision 0013 for the promises."""
