"""One line per event with the request id; no names, no bodies, no query strings."""


def logging_config(level):
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "soe.web.requestid.RequestIdFilter"}},
        "formatters": {
            "line": {
                "()": "soe.web.requestid.OneLineFormatter",
                "format": "{asctime} {levelname} {name} [{request_id}] {message}",
                "style": "{",
            },
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {"level": level, "handlers": ["stderr"], "propagate": False},
            # Its lines hold query strings, which may hold names.
            "django.server": {"level": "ERROR", "handlers": ["stderr"], "propagate": False},
            "soe": {"level": level},
            # Names the account and the address of each failed attempt; SignInEvent keeps that where rights apply.
            "axes": {"level": "ERROR"},
        },
    }
