"""The answer as files: JSON for machines (Art. 20), PDF for people, in one archive."""

import io
import json
import zipfile

from django.template.loader import render_to_string


def pdf(data) -> bytes:
    import weasyprint  # needs Pango and takes a second to load

    class NothingFetched(weasyprint.URLFetcher):
        def fetch(self, url, headers=None):
            raise ValueError("A disclosure loads nothing.")

    html = render_to_string("administration/disclosure/paper.html", {"data": paper(data)})
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=NothingFetched())
    return document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)


def paper(data):
    """Names a template can read."""
    return {
        "subject": data["Anfrage zu"],
        "city": data["Verantwortlich"],
        "at": data["Stand"],
        "notes": data["Hinweise"],
        "sections": [
            {
                "title": section["Datenart"],
                "records": [
                    (record["Angaben"], [_change(entry) for entry in record["Verlauf"]])
                    for record in section["Datensätze"]
                ],
            }
            for section in data["Abschnitte"]
        ],
        "accesses": [
            {
                "wann": entry["wann"],
                "was": f"{entry['Datenart']} {entry['was']}",
                "grund": f"{entry['Stelle und Rolle']}: {entry['Grundlage']}",
            }
            for entry in data["Zugriffe"]
        ],
    }


def _change(entry):
    return {
        "wann": entry["wann"],
        "rolle": entry["in welcher Rolle"],
        "was": entry["was"],
        "grund": entry["Grund"],
        "werte": list(entry["Werte"].items()),
    }


def archive(data) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("auskunft.json", json.dumps(data, ensure_ascii=False, indent=1))
        file.writestr("auskunft.pdf", pdf(data))
    return content.getvalue()
