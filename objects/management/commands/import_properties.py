from soe.web.imports.command import ImportCommand


class Command(ImportCommand):
    help = (
        "Liest eine Liste von Problemimmobilien (XLSX, ODS, CSV) in das Kataster ein. Wiederholbar, auch nach Abbruch: "
        "jede Zeile wird genau einmal übernommen."
    )
    spec_name = "objekte"
