"""The law a city starts with (seen as of 2024; administrators recheck and date changes). Idempotent."""

from datetime import date

from django.db import transaction

from .models import LegalBasis

USE = LegalBasis.Use
WOHNSTG, BAUO, VWVG = "WohnStG NRW", "BauO NRW", "VwVG NRW"
WOHNSTG_FROM, BAUO_FROM, VWVG_FROM = date(2021, 7, 1), date(2019, 1, 1), date(2003, 2, 19)
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
]


@transaction.atomic
def ensure_legal_bases(*, reason="Grundeinrichtung") -> int:
    """Create missing paragraphs; returns how many. Needs an actor."""
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
    return added
