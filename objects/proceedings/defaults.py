"""The law a city starts with (seen as of 2024; administrators recheck and date changes). Idempotent."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from .models import LegalBasis, ServiceKind, ServiceRule

USE = LegalBasis.Use
WOHNSTG, BAUO, VWVG = "WohnStG NRW", "BauO NRW", "VwVG NRW"
WOHNSTG_FROM, BAUO_FROM, VWVG_FROM = date(2021, 7, 1), date(2019, 1, 1), date(2003, 2, 19)
DSG_FROM, VWVFG_FROM = date(2018, 5, 25), date(1999, 11, 12)
# Read by us in that year. Rules about requests between offices nobody read again: they have no such day.
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
                checked_on=None if use == USE.REQUEST else CHECKED_ON,
                position=position * 10,
            ).save(reason=reason)
            added += 1
    ensure_service_rules(reason=reason)
    ensure_succession_rules(reason=reason)
    return added


# LZG NRW: kind, paragraph, counted from, days, proof decides, to the next working day, valid from, last compared.
# The text as of 16 March 2024 was read. The fourth day since 2025 is known from a note of the municipal association
# (see soe/decisions/0020): nobody compared it with the law yet, so it has no day of checking.
LZG_FROM, LZG_CHANGED, LZG_CHECKED_ON = date(2006, 2, 1), date(2025, 1, 1), date(2024, 3, 16)
SERVICE_RULES = [
    (ServiceKind.DEED, "§ 3", "received", 0, False, False, LZG_FROM, LZG_CHECKED_ON),
    (ServiceKind.RECEIPT, "§ 4 Abs. 2", "posted", 3, True, True, LZG_FROM, LZG_CHECKED_ON),
    (ServiceKind.RECEIPT, "§ 4 Abs. 2", "posted", 4, True, True, LZG_CHANGED, None),
    (ServiceKind.REGISTERED, "§ 4 Abs. 2", "posted", 3, False, True, LZG_FROM, LZG_CHECKED_ON),
    (ServiceKind.REGISTERED, "§ 4 Abs. 2", "posted", 4, False, True, LZG_CHANGED, None),
    (ServiceKind.HANDED, "§ 5 Abs. 1", "received", 0, False, False, LZG_FROM, LZG_CHECKED_ON),
    (ServiceKind.PUBLIC, "§ 10 Abs. 2", "published", 14, False, False, LZG_FROM, LZG_CHECKED_ON),
]


@transaction.atomic
def ensure_service_rules(*, reason="Grundeinrichtung") -> int:
    """Create missing versions; returns how many. Needs an actor.

    A rule that somebody compared with the law after the change, or followed by a version of her own, stays as it is.
    """
    added = 0
    for kind, paragraph, counted_from, days, proof, working, valid_from, checked_on in SERVICE_RULES:
        known = ServiceRule.objects.filter(kind=kind)
        if known.filter(Q(valid_from__gte=valid_from) | Q(checked_on__gte=valid_from)).exists():
            continue
        for before in known.filter(valid_until=None):
            before.valid_until = valid_from - timedelta(days=1)
            before.save(reason=reason)
        ServiceRule(
            kind=kind,
            paragraph=paragraph,
            counted_from=counted_from,
            days=days,
            proof_decides=proof,
            to_working_day=working,
            valid_from=valid_from,
            checked_on=checked_on,
        ).save(reason=reason)
        added += 1
    return added
