"""Run by itself: `python -I pdf_probe.py FILE` prints "ok" or what is wrong (see pdfs.py). No Django here."""

import resource
import sys

MEMORY = 700 * 1024 * 1024
PROCESSOR_SECONDS = 20
OBJECTS = 300_000

ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/RichMediaExecute",
}
KEYS = ("/JS", "/JavaScript", "/RichMediaContent", "/XFA", "/Launch")


def verdict(path):
    import pikepdf

    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return "encrypted"
            for number, item in enumerate(pdf.objects):
                if number > OBJECTS:
                    return "large"
                if found := look(pikepdf, item, 0):
                    return found
            return look(pikepdf, pdf.trailer, 0) or "ok"
    except pikepdf.PasswordError:
        return "encrypted"
    except (pikepdf.PdfError, ValueError, RecursionError):
        return "broken"
    except MemoryError:
        return "large"


def look(pikepdf, item, depth):
    """Walk through one object; indirect ones stand in the list of objects themselves."""
    if depth > 60:
        return "broken"
    if isinstance(item, pikepdf.Array):
        for value in item:
            if isinstance(value, pikepdf.Object) and not value.is_indirect:
                if found := look(pikepdf, value, depth + 1):
                    return found
        return ""
    if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        return ""
    if any(key in item for key in KEYS):
        return "active"
    if str(item.get("/S", "")) in ACTIONS or str(item.get("/Subtype", "")) in (
        "/RichMedia",
        "/Movie",
        "/Screen",
    ):
        return "active"
    if "/EmbeddedFiles" in item or str(item.get("/Type", "")) == "/EmbeddedFile" or "/EF" in item:
        return "embedded"
    for _, value in item.items():
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            if found := look(pikepdf, value, depth + 1):
                return found
    return ""


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(verdict(sys.argv[1]))


if __name__ == "__main__":
    main()
