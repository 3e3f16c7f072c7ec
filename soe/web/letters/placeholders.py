"""`{{ name }}` in templates of letters. A list of allowed names and one pass of replacing; nothing is evaluated."""

import re

from django.core.exceptions import ValidationError

BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
NAME = re.compile(r"\s*([a-z_]{1,40})\s*")


def named(text) -> list[str]:
    """What stands between double braces, as written."""
    return [found.strip() for found in BRACES.findall(text or "")]


def check(text, allowed):
    """Raises ValidationError when `text` names something that is not in `allowed`."""
    wrong = [word for word in named(text) if word not in allowed]
    rest = BRACES.sub("", text or "")
    if wrong:
        raise ValidationError(
            "Diese Platzhalter gibt es nicht: "
            + ", ".join(f"„{word[:40]}“" for word in dict.fromkeys(wrong))
            + ". Die möglichen stehen neben dem Text.",
            code="placeholder",
        )
    if "{{" in rest or "}}" in rest or "{%" in rest:
        raise ValidationError("Ein Platzhalter ist nicht geschlossen: {{ name }}.", code="placeholder")


def fill(text, values):
    """`text` with the values put in. Values are never looked at again; unknown names stay as they are."""

    def value(found):
        name = NAME.fullmatch(found.group(1))
        return str(values[name.group(1)]) if name and name.group(1) in values else found.group(0)

    return BRACES.sub(value, text or "")


def blocks(text):
    """[("p", text)] and [("ul", [items])]: paragraphs between blank lines, lists of lines that start with "- "."""
    result = []
    for part in re.split(r"\n\s*\n", (text or "").replace("\r", "").strip()):
        lines = [line.rstrip() for line in part.split("\n")]
        run = []
        for line in lines:
            is_item = line.startswith("- ")
            if run and is_item != run[-1].startswith("- "):
                result.append(_block(run))
                run = []
            run.append(line)
        if run and any(run):
            result.append(_block(run))
    return result


def _block(lines):
    if lines[0].startswith("- "):
        return ("ul", [line[2:].strip() for line in lines])
    return ("p", "\n".join(lines))
