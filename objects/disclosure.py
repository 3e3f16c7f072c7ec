"""Whom one may ask about in the register (Art. 15 DSGVO): who reported, and who owns or manages a house."""

from uuid import UUID

from soe.administration.disclosure.sources import Source, add


def _reporter(text):
    from .models import ComplaintReporter

    return ComplaintReporter._base_manager.filter(complaint__number=text).first()


def _owner(text):
    """The id at the end of the page's address, or all of the address."""
    from .models import Party

    for part in reversed(text.strip("/").split("/")):
        try:
            return Party._base_manager.filter(pk=UUID(part), kind="person").first()
        except ValueError:
            continue
    return None


def register():
    add(
        Source(
            "reporter",
            "Meldende Person einer Beschwerde",
            "objects.ComplaintReporter",
            "Nummer der Beschwerde, zum Beispiel 2026-0001",
            find=_reporter,
        )
    )
    add(
        Source(
            "owner",
            "Eigentümer oder Verwalter (natürliche Person)",
            "objects.Party",
            "Adresse seiner Seite in SOE",
            find=_owner,
        )
    )
