"""Every permission there is: area × action. Roles combine them; a name that is not here raises.

Few on purpose: an administrator must be able to read the whole matrix on one page.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """One right. `social` marks access to social data of single persons (read log, second factor)."""

    code: str
    area: str
    label: str
    effect: str
    social: bool = False


def _p(code, area, label, effect, social=False):
    return code, Permission(code, area, label, effect, social)


REGISTER, COMPLAINTS, PROCEEDINGS, INSPECTIONS = "Kataster", "Beschwerden", "Verfahren", "Kontrollen"
OFFERS, PEOPLE, STEERING, REPORTS, ADMIN = "Angebote", "Beratung", "Steuerung", "Berichte", "Verwaltung"

PERMISSIONS: dict[str, Permission] = dict(
    [
        _p("address.view", REGISTER, "Anschriften suchen", "findet amtliche Anschriften der Stadt"),
        _p(
            "register.view",
            REGISTER,
            "Kataster einsehen",
            "sieht alle Objekte, wer handelt und was fällig ist",
        ),
        _p(
            "register.change",
            REGISTER,
            "Objekte anlegen und ändern",
            "legt Objekte an und ändert die des eigenen oder beteiligten Fachbereichs",
        ),
        _p(
            "register.steer",
            REGISTER,
            "Objekte steuern",
            "setzt Ampel, Ziel und Federführung und beteiligt Fachbereiche",
        ),
        _p(
            "owner.view",
            REGISTER,
            "Eigentümer einsehen",
            "sieht Namen und Bestand von Eigentümern und Verwaltern",
        ),
        _p(
            "owner.personal",
            REGISTER,
            "Kontaktdaten von Eigentümern",
            "sieht und ändert Geburtsdatum, Anschrift und Telefon von Eigentümern",
        ),
        _p(
            "complaint.view",
            COMPLAINTS,
            "Beschwerden einsehen",
            "sieht alle Beschwerden ohne die Person, die meldet",
        ),
        _p("complaint.record", COMPLAINTS, "Beschwerden aufnehmen", "nimmt Beschwerden auf"),
        _p(
            "complaint.route",
            COMPLAINTS,
            "Beschwerden bearbeiten",
            "bearbeitet und verteilt Beschwerden des eigenen Fachbereichs",
        ),
        _p(
            "complaint.reporter",
            COMPLAINTS,
            "Meldende Person einsehen",
            "sieht Name und Kontakt der meldenden Person, nur im eigenen Fachbereich",
        ),
        _p(
            "reply.supervise",
            COMPLAINTS,
            "Ausstehende Antworten beaufsichtigen",
            "erfährt, wenn im eigenen Bereich eine Antwort überfällig wird",
        ),
        _p(
            "proceeding.view",
            PROCEEDINGS,
            "Verfahren einsehen",
            "sieht offene Verfahren ganz, interne anderer Fachbereiche nur als Hinweis",
        ),
        _p(
            "proceeding.change",
            PROCEEDINGS,
            "Verfahren führen",
            "führt Verfahren, Verfügungen und Vollstreckung des eigenen Fachbereichs",
        ),
        _p(
            "measure.change",
            PROCEEDINGS,
            "Maßnahmen führen",
            "legt Maßnahmen des eigenen Fachbereichs an und meldet sie erledigt",
        ),
        _p(
            "inspection.view",
            INSPECTIONS,
            "Kontrollen einsehen",
            "sieht Einsatztage, Zahlen und offene Feststellungen",
        ),
        _p(
            "inspection.plan",
            INSPECTIONS,
            "Kontrollen planen",
            "legt Einsatztage an, lädt ein und ändert den Ablauf",
        ),
        _p(
            "inspection.record",
            INSPECTIONS,
            "Abschnitt erfassen",
            "erfasst und schließt den Abschnitt des eigenen Fachbereichs",
        ),
        _p(
            "inspection.publish",
            INSPECTIONS,
            "Protokoll veröffentlichen",
            "gibt das gemeinsame Protokoll frei",
        ),
        _p("helpneed.view", OFFERS, "Hilfebedarfe einsehen", "sieht Hilfebedarfe aus Kontrollen, ohne Namen"),
        _p(
            "helpneed.take",
            OFFERS,
            "Hilfebedarfe übernehmen",
            "übernimmt Hilfebedarfe für das eigene Angebot",
        ),
        _p("offer.view", OFFERS, "Angebote einsehen", "sieht Angebote, Standorte, Plätze und Förderung"),
        _p("offer.manage", OFFERS, "Angebote pflegen", "legt Angebote, Standorte und Förderzeiträume an"),
        _p("contact.view", PEOPLE, "Kontakte einsehen", "sieht Beratungskontakte des eigenen Trägers", True),
        _p("contact.record", PEOPLE, "Kontakte erfassen", "erfasst Beratungskontakte, auch ohne Namen", True),
        _p(
            "person.view",
            PEOPLE,
            "Personen einsehen",
            "sieht Personen des eigenen Trägers und solche mit Einwilligung",
            True,
        ),
        _p(
            "person.change",
            PEOPLE,
            "Personen pflegen",
            "legt Personen und Einwilligungen an und ändert sie",
            True,
        ),
        _p(
            "case.view",
            PEOPLE,
            "Fälle einsehen",
            "sieht Fälle des eigenen Trägers und ausdrücklich geteilte",
            True,
        ),
        _p("case.change", PEOPLE, "Fälle führen", "führt Fälle des eigenen Trägers", True),
        _p("steering.view", STEERING, "Gremien einsehen", "sieht Sitzungen, Beschlüsse und Vorlagen"),
        _p(
            "steering.propose",
            STEERING,
            "Vorschläge einbringen",
            "bringt Maßnahmenvorschläge des eigenen Fachbereichs ein",
        ),
        _p(
            "steering.manage",
            STEERING,
            "Gremien führen",
            "plant Sitzungen, schreibt Protokolle, hält Beschlüsse fest",
        ),
        _p(
            "steering.report",
            STEERING,
            "Umsetzung berichten",
            "berichtet über Beschlüsse des eigenen Fachbereichs",
        ),
        _p("council.manage", STEERING, "Vorlagen pflegen", "pflegt Ratsvorlagen und Beratungsfolgen"),
        _p("report.view", REPORTS, "Berichte einsehen", "sieht freigegebene Quartalsberichte"),
        _p(
            "report.prepare",
            REPORTS,
            "Berichte erstellen",
            "erstellt Quartalsberichte und schreibt die Texte",
        ),
        _p(
            "report.release",
            REPORTS,
            "Berichte freigeben",
            "gibt Quartalsberichte frei und friert die Zahlen ein",
        ),
        _p(
            "population.manage",
            REPORTS,
            "Bevölkerungszahlen pflegen",
            "trägt Zahlen aus dem Melderegister ein",
        ),
        _p(
            "admin.departments",
            ADMIN,
            "Organisation pflegen",
            "legt Fachbereiche und Träger an und ändert sie",
        ),
        _p("admin.roles", ADMIN, "Rollen pflegen", "ändert, was eine Rolle darf"),
        _p(
            "admin.members",
            ADMIN,
            "Zugehörigkeiten pflegen",
            "gibt und beendet Zugehörigkeiten im eigenen Fachbereich",
        ),
        _p(
            "admin.all",
            ADMIN,
            "Zugehörigkeiten überall",
            "gibt und beendet Zugehörigkeiten in allen Fachbereichen",
        ),
        _p(
            "list.share",
            ADMIN,
            "Ansichten für alle freigeben",
            "teilt gespeicherte Ansichten von Listen mit allen und räumt geteilte auf",
        ),
        _p("audit.view", ADMIN, "Änderungen prüfen", "sieht alle Änderungen mit Person und Zeit"),
        _p("privacy.view", ADMIN, "Zugriffe prüfen", "sieht, wer welche Sozialdaten angesehen hat"),
        _p(
            "privacy.disclose",
            ADMIN,
            "Auskunft erteilen",
            "stellt für einen Menschen zusammen, was über ihn gespeichert ist",
        ),
        _p(
            "privacy.erase",
            ADMIN,
            "Löschen freigeben",
            "ändert Löschfristen, gibt fällige Löschungen frei und hält Datensätze zurück",
        ),
        _p(
            "system.manage",
            ADMIN,
            "System verwalten",
            "sieht Bausteine, Aufträge und den Zustand der Anwendung",
        ),
    ]
)


def permission(code: str) -> Permission:
    """The permission `code`; raises KeyError with the nearest names for a typing mistake."""
    try:
        return PERMISSIONS[code]
    except KeyError:
        raise KeyError(f"Unknown permission {code!r}; see soe.departments.catalogue.") from None


def wants_second_factor(codes) -> bool:
    """Whether a role with these rights should demand a second factor: social data, administration, logs."""
    return any(
        permission(code).social or code.startswith(("admin.", "audit.", "privacy.", "system."))
        for code in codes
    )


def areas() -> dict[str, list[Permission]]:
    """Permissions by area, in the order of the catalogue."""
    result: dict[str, list[Permission]] = {}
    for entry in PERMISSIONS.values():
        result.setdefault(entry.area, []).append(entry)
    return result


CHOICES = [(area, [(p.code, p.label) for p in entries]) for area, entries in areas().items()]
