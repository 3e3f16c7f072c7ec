"""What every template knows about the installation."""

from django.conf import settings


def site(request):
    return {
        "city": settings.SOE_CITY,
        "demo": settings.SOE_DEMO,
        "request_id": getattr(request, "request_id", ""),
    }
