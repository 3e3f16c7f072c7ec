"""The demo accounts: one password, invented people (`seed_demo` makes them, `make demo` prints them)."""

from soe.accounts.checks import DEMO_DOMAIN

# Public on purpose; production settings refuse a database that holds the demo city.
PASSWORD = "Herne-zeigt-SOE-2026"  # noqa: S105

CLERK, COUNSEL, COUNSEL_CITY = "sachbearbeitung", "beratung", "beratung-stadt"

# user name (= department, unless named), role, first person, second person (suffix 2)
UNITS = [
    ("koordination", "koordination", "Tobias Rautenberg", "Svenja Althoff"),
    ("bauordnung", CLERK, "Henrike Stallmann", "Udo Gerlach"),
    ("wohnungsaufsicht", CLERK, "Nadine Brinkhoff", "Jonas Wefelscheid"),
    ("ordnung", CLERK, "Markus Dreyling", "Petra Ossowski"),
    ("umwelt", CLERK, "Kathrin Vossebein", "Lars Hüttemeister"),
    ("feuerwehr", CLERK, "Karsten Dombrowe", "Anja Reuschel"),
    ("jugend", CLERK, "Silke Pannhausen", "David Ehrlich-Kamp"),
    ("schule", CLERK, "Bettina Cordes-Wolff", "Ralf Timmerbeil"),
    ("soziales", CLERK, "Gregor Nattkemper", "Melanie Uphoff"),
    ("meldewesen", CLERK, "Doris Kleinewefer", "Sebastian Lohoff"),
    ("auslaenderbehoerde", CLERK, "Thorsten Quast", "Ines Borgmeier"),
    ("gesundheit", CLERK, "Dr. Hanna Overbeck", "Philipp Sanders"),
    ("steuern", CLERK, "Monika Trappe", "Olaf Hesselmann"),
    ("quartiere", CLERK, "Lena Schulte-Rauxel", "Marc Ingenhoven"),
    ("planb", COUNSEL, "Elena Dobrewa", "Murat Aslanbey"),
    ("ifak", COUNSEL, "Ioana Petrescu-Lang", "Carsten Wüllner"),
    ("caritas", COUNSEL, "Schwester Agnes Holt", "Radka Simeonowa"),
    ("wohnhilfen", COUNSEL_CITY, "Julia Feldkamp", "Stefan Marinow"),
    ("familienbegleitung", COUNSEL_CITY, "Corinna Ebbing", "Mihaela Stanciu-Roth"),
    ("jobcoaching", COUNSEL, "Nikolai Brandhorst", "Ayla Demirkan"),
    ("kim", "fallmanagement", "Miriam Okafor-Lenz", "Thomas Grevenstein"),
    ("dezernat3", "lenkungskreis", "Andrea Wittenbrink", "Rolf Pieper"),
    ("dezernat4", "lenkungskreis", "Sabine Hagedorn", "Jens Küper"),
    ("dezernat5", "lenkungskreis", "Frank Osterhold", "Ulrike Dahms"),
    ("dezernat6", "lenkungskreis", "Claudia Niggemann", "Peter Varnhorst"),
    ("polizei", "behoerde", "Jörg Hollenbeck", "Nina Kotowski"),
    ("zoll", "behoerde", "Matthias Grönke", "Eva Lindhorst"),
    ("jobcenter", "behoerde", "Birgit Sandkühler", "Kevin Rademacher"),
    ("datenschutz", "datenschutz", "Dr. Ute Marquardt", "Holger Bien"),
    ("revision", "revision", "Volker Steinkamp", "Regina Pauls"),
    ("admin", "administration", "Christoph Lehmkuhl", "Sandra Wiebe"),
]
DEPARTMENT_OF = {"admin": "fb16"}


def email(username):
    """Every demo account has an address of this domain: production recognises the demo city by it and stops."""
    return f"{username}{DEMO_DOMAIN}"
