"""Gathering one person's data: the record, everything that points at it, its history, files, and who looked at it.

No model is named here: whatever is added to an app and points at a person is part of the answer from then on.
"""

from collections import defaultdict

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from soe.audit.models import AuditedModel, ReadLog
from soe.web.targets import AboutRecord

CHUNK = 400
# Technical columns say nothing about anybody; search columns repeat the name.
SILENT = {"id", "version", "search", "sound", "search_words", "search_sounds", "target_model", "target_id"}
STAFF = "Beschäftigte oder Beschäftigter der Stelle (nicht genannt)"
OTHER = "andere Person oder Akte (nicht genannt)"


def reached(subject, along=()):
    """{model: ids} of every row that belongs to this person."""
    found = defaultdict(set)
    found[type(subject)].add(subject.pk)
    todo = [(type(subject), {subject.pk})]
    for model, pks in along:
        found[model] |= set(pks)
    while todo:
        model, pks = todo.pop()
        for relation in model._meta.related_objects:
            child, name = relation.related_model, relation.field.attname
            if hasattr(child, "instance_type") or child._meta.proxy or not issubclass(child, AuditedModel):
                continue
            rows = _not_of_others(child, subject)
            new = set()
            for some in _chunks(sorted(pks)):
                new |= set(rows.filter(**{f"{name}__in": some}).values_list("pk", flat=True))
            new -= found[child]
            if new:
                found[child] |= new
                todo.append((child, new))
    return {model: pks for model, pks in found.items() if pks}


def _not_of_others(child, subject):
    """Rows of `child`, without those that name another person as theirs."""
    rows = child._base_manager.all()
    for field in child._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is type(subject):
            rows = rows.filter(
                models.Q(**{field.attname: subject.pk}) | models.Q(**{f"{field.name}__isnull": True})
            )
    return rows


def _chunks(values):
    values = list(values)
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _rows(model, pks):
    for some in _chunks(sorted(pks)):
        yield from model._base_manager.filter(pk__in=some).order_by("pk")


def hanging_on(found):
    """Files, comments, letters on these rows."""
    extra = defaultdict(set)
    for about in apps.get_models():
        if not issubclass(about, AboutRecord) or about._meta.proxy or about._meta.abstract:
            continue
        for model, pks in found.items():
            for some in _chunks(sorted(pks)):
                rows = about._base_manager.filter(target_model=model._meta.label_lower, target_id__in=some)
                extra[about] |= set(rows.values_list("pk", flat=True))
    return {model: pks for model, pks in extra.items() if pks}


class Words:
    """Values as a person reads them. People other than the subject are not named at all.

    `own`: {model: ids} of her own records; a link to one of them leads on inside the same answer.
    """

    def __init__(self, subject, own=()):
        self.subject, self.own, self.known = subject, dict(own), {}

    def of(self, field, value):
        if value is None or value == "":
            return ""
        if isinstance(field, models.ForeignKey):
            return self._link(field.related_model, value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.FileField):
            return ""  # a name inside the storage; the file is listed with its own name
        if isinstance(value, bool):
            return "ja" if value else "nein"
        if isinstance(field, models.DateTimeField):
            return words_of_time(value)
        if isinstance(field, models.DateField):
            return value.strftime("%d.%m.%Y")
        return str(value)

    def _link(self, model, pk):
        if issubclass(model, get_user_model()):
            return STAFF
        key = (model, pk)
        if key not in self.known:
            self.known[key] = self._name(model, pk)
        return self.known[key]

    def _name(self, model, pk):
        if model is type(self.subject):
            return "Sie selbst" if pk == self.subject.pk else OTHER
        row = model._base_manager.filter(pk=pk).first()
        if row is None:
            return OTHER
        if getattr(model, "social_data", False):
            # Its name may be somebody's: the number says which one it is. A plan or goal counts from one in its case.
            number = getattr(row, "number", "")
            if isinstance(number, int):
                number = f"{model._meta.get_field('number').verbose_name} {number}"
            if pk in self.own.get(model, ()):
                return ", ".join(filter(None, [f"siehe {model._meta.verbose_name_plural}", number]))
            return number or OTHER
        return str(row)


def _fields(model):
    hidden = SILENT | set(model.history_excluded)
    return [field for field in model._meta.concrete_fields if field.name not in hidden]


def _record(row, words):
    pairs = [
        (field.verbose_name, words.of(field, field.value_from_object(row))) for field in _fields(type(row))
    ]
    return {str(label): value for label, value in pairs if value != ""}


def _history(model, pks, words):
    """{id: [what was changed when, in which role, why]}"""
    tracked = {field.name for field in model.history.model.tracked_fields}
    fields = [f for f in _fields(model) if f.name in tracked and f.name not in ("created_at", "changed_at")]
    verbs = {"+": "angelegt", "~": "geändert", "-": "entfernt"}
    found, before = defaultdict(list), {}
    for some in _chunks(sorted(pks)):
        for row in model.history.model.objects.filter(id__in=some).order_by("id", "history_id"):
            now = {str(f.verbose_name): words.of(f, getattr(row, f.attname)) for f in fields}
            old = before.get(row.id, {})
            found[row.id].append(
                {
                    "wann": words_of_time(row.history_date),
                    "was": verbs[row.history_type],
                    "in welcher Rolle": row.actor_role,
                    "Grund": row.history_change_reason,
                    "Werte": {label: value for label, value in now.items() if value != old.get(label, "")},
                }
            )
            before[row.id] = now
    return found


def accesses(found):
    """Who looked: time, occasion, role and basis; not which employee (EuGH C-579/21)."""
    rows = []
    for pks in found.values():
        for some in _chunks(sorted(pks)):
            rows += ReadLog.objects.filter(object_id__in=some).values_list(
                "at", "kind", "model", "role", "basis"
            )
    kinds = dict(ReadLog.Kind.choices)
    return [
        {
            "wann": words_of_time(at),
            "was": kinds.get(kind, kind),
            "Datenart": _model_words(model),
            "Stelle und Rolle": role,
            "Grundlage": basis,
        }
        for at, kind, model, role, basis in sorted(rows)
    ]


def words_of_time(value):
    return timezone.localtime(value).strftime("%d.%m.%Y, %H:%M Uhr")


def _model_words(label):
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label


NOTES = (
    (
        "Diese Auskunft enthält, was SOE zum genannten Datensatz speichert: Angaben, Verlauf, die Liste der Dateien "
        "und wer wann hineingesehen hat."
    ),
    (
        "Freie Texte (Notizen, Begründungen, Kommentare) stehen hier im Wortlaut. Namen anderer Menschen darin lassen "
        "sich nicht selbsttätig entfernen: Bitte vor der Herausgabe lesen und schwärzen (Art. 15 Abs. 4 DSGVO)."
    ),
    (
        "Beschäftigte sind nicht namentlich genannt, nur ihre Stelle und Rolle. Andere Personen desselben Haushalts "
        "sind nicht enthalten."
    ),
    (
        "Nicht enthalten sind ungesendete Entwürfe, eingelesene Dateien, die Inhalte hochgeladener Dateien und "
        "Datensicherungen."
    ),
)


def collect(source, subject, progress=lambda done, total: None):
    """Everything as plain values, ready for JSON and for paper."""
    found = reached(subject, source.along(subject))
    found |= hanging_on(found)
    words, sections = Words(subject, own=found), []
    ordered = sorted(found, key=lambda model: (model is not type(subject), model._meta.label))
    for number, model in enumerate(ordered, start=1):
        histories = _history(model, found[model], words)
        records = [
            {"Angaben": _record(row, words), "Verlauf": histories.pop(row.pk, [])}
            for row in _rows(model, found[model])
        ]
        sections.append(
            {
                "Datenart": str(model._meta.verbose_name_plural),
                "Kennung": model._meta.label,
                "Datensätze": records,
            }
        )
        progress(number, len(ordered))
    return {
        "Auskunft": "nach Art. 15 DSGVO",
        "Verantwortlich": settings.SOE_CITY,
        "Stand": words_of_time(timezone.now()),
        "Anfrage zu": source.label,
        "Hinweise": list(NOTES),
        "Abschnitte": sections,
        "Zugriffe": accesses(found),
    }
