"""The law a city starts with (seen as of 2024; administrators recheck and date changes). Idempotent."""

from datetime import date

from django.db import transaction

from .models import LegalBasis, ServiceKind, ServiceRule

USE = LegalBasis.Use
WOHNSTG, BAUO, VWVG = "WohnStG NRW", "BauO NRW", "VwVG NRW"
WOHNSTG_FROM, BAUO_FROM, VWVG_FROM = date(2021, 7, 1), date(2019, 1, 1), date(2003, 2, 19)
DSG_FROM, VWVFG_FROM = date(2018, 5, 25), date(1999, 11, 12)
CHECKED_ON = date(2024, 12, 31)

# law, paragraph, title, use, valid from
LEGAL_BASES = [
    (WOHNSTG, "§ 4", "Anordnungen der Wohnungsaufsicht", USE.ORDER, WOHNSTG_FROM),
    (WOHNSTG, "§ 5", "Mindeststandard von Wohnraum", USE.ORDER, WOHNSTG_FROM),
    (WOHNSTG, "§ 6", "Instandsetzung", USE.ORDER, WOHNSTG_FROM),
    (WOHNSTG, "§ 9", "Unbewohnbarkeit", USE.ORDER, WOHNSTG_FROM),
    (WOHNSTG, "§ 10", "Belegung", USE.ORDER, WOHNSTG_FROM),
    (WOHNSTG, "§ 21", "Ordnungswidrigkeiten, Geldbuße bis 500.000 €", USE.FINE, WOHNSTG_FROM),
    (BAUO, "§ 81", "Einstellung von Arbeiten", USE.ORDER, BAUO_FROM),
    (BAUO, "§ 82", "Beseitigung, Nutzungsuntersagung", USE.ORDER, BAUO_FROM),
    (VWVG, "§ 55", "Zulässigkeit des Verwaltungszwanges", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 57", "Zwangsmittel", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 58", "Verhältnismäßigkeit", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 59", "Ersatzvornahme", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 60", "Zwangsgeld", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 61", "Ersatzzwangshaft", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 62", "Unmittelbarer Zwang", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 63", "Androhung der Zwangsmittel", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 64", "Festsetzung der Zwangsmittel", USE.ENFORCEMENT, VWVG_FROM),
    (VWVG, "§ 65", "Anwendung der Zwangsmittel", USE.ENFORCEMENT, VWVG_FROM),
    # What one office may ask another on.
    (
        "DSG NRW",
        "§ 3",
        "Aufgabe im öffentlichen Interesse (mit Art. 6 Abs. 1 Buchst. e DSGVO)",
        USE.REQUEST,
        DSG_FROM,
    ),
    ("VwVfG NRW", "§ 4", "Amtshilfe", USE.REQUEST, VWVFG_FROM),
    ("BMG", "§ 34", "Datenübermittlung aus dem Melderegister", USE.REQUEST, date(2015, 11, 1)),
    ("SGB X", "§ 68", "Übermittlung von Sozialdaten zur Gefahrenabwehr", USE.REQUEST, date(2001, 5, 23)),
    ("SGB X", "§ 69", "Übermittlung von Sozialdaten für soziale Aufgaben", USE.REQUEST, date(2001, 5, 23)),
    ("SGB VIII", "§ 8a", "Schutzauftrag bei Kindeswohlgefährdung", USE.REQUEST, date(2005, 10, 1)),
]


@transaction.atomic
def ensure_legal_bases(*, reason="Grundeinrichtung") -> int:
    """Create missing paragraphs; returns how many. Needs an actor."""
    from objects.owners.changing import ensure_succession_rules

    known = set(LegalBasis.objects.values_list("law", "paragraph", "use"))
    added = 0
    for position, (law, paragraph, title, use, valid_from) in enumerate(LEGAL_BASES, 1):
        if (law, paragraph, use) not in known:
            LegalBasis(
                law=law,
                paragraph=paragraph,
                title=title,
                use=use,
                valid_from=valid_from,
                checked_on=CHECKED_ON,
                position=position * 10,
            ).save(reason=reason)
            added += 1
    ensure_service_rules(reason=reason)
    ensure_succession_rules(reason=reason)
    return added


# kind, paragraph of LZG NRW, counted from, days, proof decides, moved to the next working day
LZG_FROM, LZG_CHECKED_ON = date(2006, 2, 1), date(2024, 3, 16)
SERVICE_RULES = [
    (ServiceKind.DEED, "§ 3", "received", 0, False, False),
    (ServiceKind.RECEIPT, "§ 4 Abs. 2", "posted", 3, True, True),
    (ServiceKind.REGISTERED, "§ 4 Abs. 2", "posted", 3, False, True),
    (ServiceKind.HANDED, "§ 5 Abs. 1", "received", 0, False, False),
    (ServiceKind.PUBLIC, "§ 10 Abs. 2", "published", 14, False, False),
]


@transaction.atomic
def ensure_service_rules(*, reason="Grundeinrichtung") -> int:
    """Create missing rules; those that exist, with whatever dates, stay as they are. Needs an actor."""
    known, added = set(ServiceRule.objects.values_list("kind", flat=True)), 0
    for kind, paragraph, counted_from, days, proof, working in SERVICE_RULES:
        if kind not in known:
            ServiceRule(
                kind=kind,
                paragraph=paragraph,
                counted_from=counted_from,
                days=days,
                proof_decides=proof,
                to_working_day=working,
                valid_from=LZG_FROM,
                checked_on=LZG_CHECKED_ON,
            ).save(reason=reason)
            added += 1
    return added
