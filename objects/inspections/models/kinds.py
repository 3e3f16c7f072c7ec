"""Closed lists of what an inspection counts, finds, does and hands on. Labels are what a protocol says."""

from django.db import models


class CountKind(models.TextChoices):
    """What is counted in houses and dwellings. The press states some of these as totals of a day."""

    HOUSES = "houses", "Häuser"
    DWELLINGS = "dwellings", "Wohneinheiten"
    ENTERED = "entered", "betretene Wohneinheiten"
    REGISTERED = "registered", "gemeldete Personen"
    MET = "met", "angetroffene Personen"
    UNREGISTERED = "unregistered", "angetroffen, nicht gemeldet"
    GONE = "gone", "gemeldet, wohnen nicht mehr dort"
    CHILDREN = "children", "schulpflichtige Kinder, nicht in der Schule"
    BENEFIT_NOT_MET = "benefit_not_met", "Leistungsbeziehende, nicht angetroffen"


class MeasureKind(models.TextChoices):
    """What was done on the day or followed directly from it; typed, so that it can be counted over years."""

    METER_POWER = "meter_power", "Stromzähler gesperrt"
    METER_GAS = "meter_gas", "Gaszähler gesperrt"
    METER_WATER = "meter_water", "Wasserzähler gesperrt"
    SEALED = "sealed", "versiegelt"
    USE_PROHIBITED = "use_prohibited", "Nutzung untersagt"
    UNFIT = "unfit", "für unbewohnbar erklärt"
    REHOUSED = "rehoused", "anderweitig untergebracht"
    ORDERED = "ordered", "vor Ort angeordnet"
    OWNER_ASKED = "owner_asked", "Eigentümer zur Beseitigung aufgefordert"
    VEHICLE_TOWED = "vehicle_towed", "Fahrzeug abgeschleppt"
    WARRANT = "warrant", "Haftbefehl vollstreckt"
    DOCUMENT_SECURED = "document_secured", "Dokument sichergestellt"
    AMOUNT_COLLECTED = "amount_collected", "Betrag eingezogen"
    DEREGISTERED = "deregistered", "von Amts wegen abgemeldet"
    REGISTER_REQUEST = "register_request", "zur Anmeldung aufgefordert"
    BENEFITS_STOPPED = "benefits_stopped", "Leistungen eingestellt"
    BENEFITS_REVIEWED = "benefits_reviewed", "Leistungen werden überprüft"
    CHILDREN_SEEN = "children_seen", "Kinder durch das Jugendamt in Augenschein genommen"
    CHILDREN_REFERRED = "children_referred", "Kinder ohne Schulbesuch weitergemeldet"
    TRUANCY_CHECK = "truancy_check", "Verstoß gegen die Schulpflicht wird geprüft"
    BUSINESS_CHECKED = "business_checked", "Gewerbe geprüft"
    SEX_WORK_CHECKED = "sex_work_checked", "Prostitutionsgewerbe geprüft"
    PAPERS_EXAMINED = "papers_examined", "Geschäftsunterlagen werden geprüft"
    REINSPECTION = "reinspection", "erneute Kontrolle nötig"
    REGULAR_CHECKS = "regular_checks", "regelmäßige Kontrollen beschlossen"
    OTHER = "other", "Sonstiges"


class Category(models.TextChoices):
    """What a finding is about."""

    HOUSING = "housing", "Mindestanforderungen nach WohnStG"
    DAMP = "damp", "Feuchte, Schimmel"
    WINDOWS = "windows", "Fenster, Absturzsicherung"
    DOORS = "doors", "Türen, Schlösser"
    HEATING = "heating", "Heizung, Warmwasser"
    SANITARY = "sanitary", "Sanitär, Wasser"
    ELECTRICITY = "electricity", "Elektro, Gas"
    STAIRS = "stairs", "Treppen, Geländer"
    LIFT = "lift", "Aufzug"
    OVERCROWDING = "overcrowding", "Überbelegung"
    SMOKE_ALARM = "smoke_alarm", "Rauchwarnmelder"
    FIRE_LOAD = "fire_load", "Brandlasten im Rettungsweg"
    ESCAPE_ROUTE = "escape_route", "Rettungswege"
    BUILDING_LAW = "building_law", "Bauordnungsrecht"
    USE = "use", "Nutzung, Nutzungsänderung"
    STABILITY = "stability", "Standsicherheit"
    WASTE = "waste", "Müll"
    PESTS = "pests", "Schädlinge"
    TRADE = "trade", "Gewerbe"
    REGISTRATION = "registration", "Meldeverhältnisse"
    BENEFITS = "benefits", "Sozialleistungen"
    CHILD = "child", "Kindeswohl"
    SCHOOL = "school", "Schulpflicht"
    HEALTH = "health", "Gesundheit"
    ORDER = "order", "Öffentliche Ordnung"
    OTHER = "other", "Sonstiges"


class HelpKind(models.TextChoices):
    """What a household needs; never which household."""

    HOUSING = "housing", "Wohnungssuche, Umzug"
    ENERGY = "energy", "Energie, Stromsperre"
    BENEFITS = "benefits", "Existenzsicherung, Anträge"
    SCHOOL = "school", "Schule, Anmeldung"
    CHILDCARE = "childcare", "Kita, Familie"
    HEALTH = "health", "Gesundheit, Krankenversicherung"
    LANGUAGE = "language", "Sprache"
    WORK = "work", "Arbeit, Ausbildung"
    DEBT = "debt", "Schulden"
    PROTECTION = "protection", "Schutz vor Gewalt"
    OTHER = "other", "Sonstiges"


class Severity(models.TextChoices):
    """The three answers on site. Not answered is not „in Ordnung“: then there is no row."""

    OK = "ok", "in Ordnung"
    DEFECT = "defect", "Mangel"
    DANGER = "danger", "Gefahr"
