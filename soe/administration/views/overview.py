"""The entrance to administration: other parts add their line with `OverviewView.PARTS`."""

from django.conf import settings

from soe.departments.roles import missing_defaults
from soe.web.views import PageView

CRUMB = ("Verwaltung", "/verwaltung/")
ANY = (
    "admin.departments",
    "admin.roles",
    "admin.members",
    "admin.all",
    "audit.view",
    "privacy.view",
    "privacy.erase",
    "privacy.disclose",
    "system.manage",
)


class OverviewView(PageView):
    """What there is to administer, as far as the reader may."""

    title = "Verwaltung"
    permission = ANY
    template_name = "administration/overview.html"

    # (permission, heading, address, what it is for)
    PARTS = (
        (
            ("admin.members", "admin.all"),
            "Konten",
            "/verwaltung/konten/",
            "Personen, ihre Zugehörigkeiten und Vertretungen",
        ),
        (("admin.members",), "Rollen", "/verwaltung/rollen/", "Was eine Rolle darf"),
        (
            ("admin.departments", "admin.members", "admin.all"),
            "Fachbereiche und Träger",
            "/verwaltung/organisation/",
            "Der Aufbau der Stadt und die Träger",
        ),
        (
            ("admin.all",),
            "Gruppen des Verzeichnisdienstes",
            "/verwaltung/gruppen/",
            "Welche Gruppe welche Zugehörigkeit gibt, bei Anmeldung mit dem Stadtkonto",
        ),
        (
            ("audit.view", "privacy.view"),
            "Änderungen",
            "/verwaltung/aenderungen/",
            "Wer hat wann welchen Datensatz geändert",
        ),
        (
            ("audit.view", "privacy.view"),
            "Sicherheitsereignisse",
            "/verwaltung/sicherheit/",
            "Verweigerte Zugriffe, geänderte Rechte, Exporte",
        ),
        (
            ("privacy.view",),
            "Auffällige Zugriffe",
            "/verwaltung/auffaellig/",
            "Wer viel mehr Akten öffnet als andere mit derselben Rolle",
        ),
        (
            ("audit.view", "privacy.view"),
            "Siegel",
            "/verwaltung/siegel/",
            "Der Beweis, dass Verlauf und Protokolle unverändert sind",
        ),
        (
            ("admin.members", "admin.all", "audit.view"),
            "Überprüfung der Rechte",
            "/verwaltung/ueberpruefung/",
            "Einmal im Jahr bestätigt jede Stelle ihre Zugehörigkeiten",
        ),
        (
            ("privacy.view",),
            "Zugriffe auf Sozialdaten",
            "/verwaltung/zugriffe/",
            "Wer hat wann welche Akte angesehen",
        ),
        (
            ("privacy.view", "audit.view"),
            "Anmeldungen",
            "/verwaltung/anmeldungen/",
            "Anmeldungen, Fehlversuche, Sperren",
        ),
        (
            ("privacy.view", "privacy.erase"),
            "Löschfristen",
            "/verwaltung/loeschung/",
            "Was wie lange bleibt, was fällig ist, Löschnachweise",
        ),
        (
            ("privacy.disclose",),
            "Auskünfte",
            "/verwaltung/auskunft/",
            "Was über einen Menschen gespeichert ist, für diesen Menschen",
        ),
        (
            ("system.manage",),
            "Aufträge im Hintergrund",
            "/verwaltung/auftraege/",
            "Was wartet und läuft, was nicht gelungen ist, der Zeitplan",
        ),
        (
            ("system.manage",),
            "Bausteine der Oberfläche",
            "/konto/bausteine/",
            "Jeder Baustein einmal, zum Prüfen",
        ),
    )

    def get_context_data(self, **kwargs):
        parts = [part for part in self.PARTS if any(self.may(code) for code in part[0])]
        return super().get_context_data(**kwargs) | {
            "parts": parts,
            "new_rights": missing_defaults() if self.may("admin.roles") else {},
            "factor_off": not settings.SOE_REQUIRE_SECOND_FACTOR,
        }
