"""A letter on paper after DIN 5008 form B, as PDF (WeasyPrint) and as DOCX. Texts arrive as text and stay text."""

import io
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from .placeholders import blocks

# Millimetres of DIN 5008 form B.
FIELD_LEFT, FIELD_TOP, FIELD_WIDTH, FIELD_HEIGHT = 20, 45, 85, 45
OPTIONS = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}
FOLDS, HOLE, TEXT_TOP = (105, 210), 148.5, 98.5


FONTS = {400: "FiraSans-Regular.woff2", 600: "FiraSans-SemiBold.woff2"}


def _fonts():
    found = {weight: finders.find(f"vendor/kern/fonts/fira-sans/{name}") for weight, name in FONTS.items()}
    return {weight: Path(path).as_uri() for weight, path in found.items() if path}


def document(letter):
    """The letter laid out by WeasyPrint, before it becomes a file."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    fonts = _fonts()

    class OwnFontsOnly(weasyprint.URLFetcher):
        def fetch(self, url, headers=None):
            if url not in fonts.values():
                raise ValueError(f"Not allowed in a letter: {url}")
            return super().fetch(url, headers)

    html = render_to_string(
        "web/letters/paper.html",
        {
            "letter": letter,
            "blocks": blocks(letter.body),
            "city": settings.SOE_CITY,
            "city_address": settings.SOE_CITY_ADDRESS,
            "email": letter.written_by.email or settings.SOE_CONTACT_EMAIL,
            "fonts": fonts.items(),
        },
    )
    html = weasyprint.HTML(string=html, base_url=None, url_fetcher=OwnFontsOnly())
    return html.render(font_config=FontConfiguration(), **OPTIONS)


def pdf(letter) -> bytes:
    return document(letter).write_pdf(**OPTIONS)


def docx(letter) -> bytes:
    from docx import Document
    from docx.shared import Mm, Pt

    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin, section.bottom_margin = Mm(25), Mm(25)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(11)
    style.paragraph_format.space_after = Pt(0)
    paper.core_properties.title, paper.core_properties.author = letter.subject, str(letter.department)
    _at(paper, [letter.department.full_name, settings.SOE_CITY], 25, 15, 120, 25, bold=True)
    sender = f"{settings.SOE_CITY} · {settings.SOE_CITY_ADDRESS}"
    _at(paper, [sender], FIELD_LEFT + 5, FIELD_TOP + 8, FIELD_WIDTH - 5, 9, size=7)
    _at(paper, letter.address_lines, FIELD_LEFT + 5, FIELD_TOP + 17.7, FIELD_WIDTH - 5, 27.3)
    _at(paper, _facts(letter), 125, 50, 65, 40, size=9)
    for fold in (*FOLDS, HOLE):
        _at(paper, ["–"], 5, fold - 1.5, 5, 4, size=7)
    subject = paper.add_paragraph()
    subject.paragraph_format.space_before = Mm(TEXT_TOP - 25)
    subject.paragraph_format.space_after = Pt(22)
    subject.add_run(letter.subject).bold = True
    for kind, content in blocks(letter.body):
        if kind == "ul":
            for item in content:
                paper.add_paragraph(item, style="List Bullet")
        else:
            paper.add_paragraph(content).paragraph_format.space_after = Pt(11)
    _page_numbers(section.footer.paragraphs[0])
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()


def _facts(letter):
    rows = [
        ("Unser Zeichen", letter.reference),
        ("Ihr Zeichen", letter.your_sign),
        ("Auskunft", letter.written_by.get_full_name()),
        ("E-Mail", letter.written_by.email or settings.SOE_CONTACT_EMAIL),
        ("Datum", f"{letter.on:%d.%m.%Y}"),
    ]
    return [f"{label}: {value}" for label, value in rows if value]


def _at(paper, lines, left, top, width, height, size=11, bold=False):
    """Lines in a frame at a fixed place of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    def twips(millimetres):
        return str(round(millimetres / 25.4 * 1440))

    for line in lines:
        paragraph = paper.add_paragraph()
        run = paragraph.add_run(line)
        run.font.size, run.bold = Pt(size), bold
        frame = OxmlElement("w:framePr")
        for name, value in (
            ("w", twips(width)), ("h", twips(height)), ("hRule", "exact"), ("hAnchor", "page"),
            ("vAnchor", "page"), ("x", twips(left)), ("y", twips(top)), ("wrap", "around"),
        ):  # fmt: skip
            frame.set(qn(f"w:{name}"), value)
        paragraph._p.get_or_add_pPr().insert(0, frame)


def _page_numbers(paragraph):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.add_run("Seite ")
    for name, after in (("PAGE", " von "), ("NUMPAGES", "")):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        paragraph._p.append(field)
        if after:
            paragraph.add_run(after)
