"""The published council papers this system starts with, and how any paper becomes a record."""

import re
from datetime import date
from decimal import Decimal

from django.db import transaction

from soe.audit.context import acting_as
from soe.departments.models import Department
from soe.web import wording

from .allris import Money, PaperData, Station, parse
from .models import Committee, Consultation, CouncilPaper, FinanceRow, Outcome

HEARING, NOTED = Consultation.Role.HEARING, Outcome.NOTED


def _heard(name, year, month, day):
    return Station(name, HEARING.value, date(year, month, day), NOTED.value, "zur Kenntnis genommen")


STRATEGY = PaperData(
    reference="2023/1062",
    name='Umsetzung der Strategie "Zuwanderung aus Südosteuropa"',
    paper_type="Berichtsvorlage",
    lead="FB 31 - Schule und Weiterbildung",
    originator_person="Stegmann, Tim",
    text="Die strategische Steuerung des Themenfeldes wird durch den Lenkungskreis Zuwanderung Südosteuropa unter "
    "Vorsitz des Dezernates III gewährleistet. Der Lenkungskreis hielt seine konstituierende Sitzung im Februar 2023 "
    "ab und kommt quartalsweise zusammen. Die inhaltlichen Leitplanken bestehen aus dem Dreiklang von Integration, "
    "Intervention und Prävention.",
    consultations=(
        _heard("Ausschuss für Planung und Stadtentwicklung", 2023, 11, 7),
        _heard("Ausschuss für Bürgerbeteiligung, Sicherheit und Ordnung", 2023, 11, 8),
        _heard("Schulausschuss", 2023, 11, 16),
        _heard("Ausschuss für Kinder, Jugend und Familie", 2023, 11, 29),
        _heard("Integrationsrat", 2023, 12, 7),
        _heard("Ausschuss für Soziales, Arbeit, Gesundheit und Senioren", 2024, 1, 23),
        _heard("Bezirksvertretung Eickel", 2024, 1, 25),
        _heard("Bezirksvertretung Wanne", 2024, 1, 30),
        _heard("Bezirksvertretung Sodingen", 2024, 1, 31),
        _heard("Bezirksvertretung Herne-Mitte", 2024, 2, 1),
    ),
)

DOUBLE_STRATEGY = PaperData(
    reference="2022/0072",
    name="Bericht der Verwaltung zum Prüfauftrag zur Einführung der Doppelstrategie "
    '"Chancen bieten - Grenzen setzen" (Vorlage 2021/0832)',
    paper_type="Berichtsvorlage",
    lead="Büro Dezernat III",
    originator_person="Hr. Gnörk",
    text="Im Ergebnis wird von Verwaltungsseite kein Bedarf zur Schaffung weiterer Projektstrukturen gesehen.",
    # The paper prints no role for this station.
    consultations=(Station("Rat der Stadt", "", date(2022, 2, 15), NOTED.value, "zur Kenntnis genommen"),),
)

FINAL_REPORT = PaperData(
    reference="2019/0793",
    name='Abschluss des Projektes "Integration von Neuzugewanderten"',
    paper_type="öffentliche Beschlussvorlage",
    lead="Büro Dezernat III",
    originator_person="Frau Kruse",
    text="Seit 2016 wurde das auf drei Jahre befristete gesamtstädtische Projekt „Integration von Neuzugewanderten“ "
    "durchgeführt. Mit der Vorlage dieses Abschlussberichtes ist das Projekt beendet.",
    resolution="Der Haupt- und Personalausschuss nimmt den Abschlussbericht zum Projekt „Integration von "
    "Neuzugewanderten“ zur Kenntnis",
    consultations=(
        _heard("Haupt- und Personalausschuss", 2019, 10, 8),
        _heard("Integrationsrat", 2019, 10, 30),
    ),
)

RHEINE = PaperData(
    reference="199/17",
    name="Modellprojekt Einwanderung gestalten - NRW",
    body="Stadt Rheine",
    text="Das Land NRW fördert in 12 Modellkommunen ein Projekt zum Thema „Einwanderung gestalten – NRW“.",
    resolution="Der Sozialausschuss nimmt die Ausführungen zum „Modellprojekt Einwanderung gestalten – NRW“ zur "
    "Kenntnis und unterstützt die Zielsetzung des aus Mitteln des Ministeriums für Arbeit, Integration und Soziales "
    "des Landes Nordrhein-Westfalen (NRW) geförderten Projektes und die dazu erarbeiteten Umsetzungs-ideen der Stadt "
    "Rheine.",
    consultations=(Station("Sozialausschuss", "", date(2017, 6, 27)),),
    # Printed as it is: the row of 2018 and the sum of the own shares are each off by one cent.
    finance=(
        Money("2017", Decimal("94607.95"), Decimal("105119.94"), Decimal("10511.99")),
        Money(
            "01.04.17 – 31.03.19",
            Decimal("257230.21"),
            Decimal("285811.34"),
            Decimal("28581.13"),
            is_total=True,
        ),
        Money("2018", Decimal("129757.07"), Decimal("144174.52"), Decimal("14417.46")),
        Money("2019", Decimal("32865.19"), Decimal("36516.88"), Decimal("3651.69")),
    ),
)

PAPERS = (STRATEGY, DOUBLE_STRATEGY, FINAL_REPORT, RHEINE)


def load_papers(*, by) -> int:
    """Enter the published papers that are not there yet; returns how many were new."""
    return sum(1 for data in PAPERS if enter(data, by=by)[1])


@transaction.atomic
def enter(data: PaperData, *, by, reason="Vorlage übernommen") -> tuple[CouncilPaper, bool]:
    """Make `data` a record unless the body already has a paper of that number; (paper, whether it is new)."""
    known = CouncilPaper.objects.filter(body=data.body, reference=data.reference).first()
    if known:
        return known, False
    committees = {row.name.casefold(): row for row in Committee.objects.all()}
    with acting_as(by, reason=reason):
        paper = CouncilPaper(
            body=data.body,
            reference=data.reference,
            name=data.name,
            paper_type=data.paper_type,
            public=data.public,
            lead=data.lead,
            under_direction_of=_department(data.lead) if data.body == "Stadt Herne" else None,
            originator_person=data.originator_person,
            text=data.text,
            resolution=data.resolution,
        )
        paper.save()
        for position, station in enumerate(data.consultations, 1):
            Consultation(
                paper=paper,
                position=position,
                organization=committees.get(station.organization_name.casefold()),
                organization_name=station.organization_name,
                role=station.role,
                date=station.date,
                result=station.result,
                result_text=station.result_text,
            ).save()
        for position, row in enumerate(data.finance, 1):
            FinanceRow(
                paper=paper,
                position=position,
                period=row.period,
                is_total=row.is_total,
                income=row.income,
                expense=row.expense,
                own_share_printed=row.own_share_printed,
            ).save()
    return paper, True


def import_council_paper(text, *, by, body="Stadt Herne") -> tuple[CouncilPaper, bool, list[str]]:
    """Read and enter a printed paper: (paper, whether it is new, notes for the reader). Raises NotAPaper."""
    data = parse(text, body=body)
    paper, new = enter(data, by=by)
    notes = [note for note in (wording.note("Text", data.text), *paper.finance_warnings()) if note]
    return paper, new, notes


def decode(raw: bytes) -> str:
    """Bytes of an uploaded text: UTF-8 with or without BOM, else cp1252."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _department(lead):
    """„FB 31 - Schule und Weiterbildung“ → FB 31; „Büro Dezernat III“ → Dezernat III."""
    for department in Department.objects.active():
        for name in filter(None, (department.number, department.name)):
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", lead):
                return department
    return None
