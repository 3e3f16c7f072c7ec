"""Who read much more than her peers, at unusual hours, or was refused again and again. Hints, never proof.

The comparison is robust: the middle of the peers (median) and the middle distance from it (MAD), so that one person
who reads very much does not hide herself by raising the average.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from soe.audit.models import ReadLog, SecurityEvent

MINIMUM = 20  # fewer records are never striking
DISTANCE = 5  # times the middle distance above the middle
TIMES = 3  # and at least this many times the middle
PEERS = 3  # a smaller group is compared with everybody
NIGHT_FROM, NIGHT_UNTIL = 20, 6
NIGHT_READS = 5
DENIALS = 10
SINGLE = ("view", "print", "history")


@dataclass
class Reader:
    """One person in the period."""

    user_id: object
    name: str
    role: str
    records: int = 0
    exported: int = 0
    night: int = 0
    denials: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def group(self):
        """The first role, without its department: people who do the same work."""
        return self.role.split(";")[0].split(",")[0].strip()

    @property
    def weight(self):
        return len(self.reasons), self.records, self.denials


def readers(since, until):
    """{user id: Reader} of everybody who read social data or was refused."""
    night = Q(hour__gte=NIGHT_FROM) | Q(hour__lt=NIGHT_UNTIL) | Q(weekday__gte=6)
    rows = (
        ReadLog.objects.filter(at__gte=since, at__lt=until)
        .exclude(user_id=None)
        .annotate(hour=ExtractHour("at"), weekday=ExtractIsoWeekDay("at"))
        .order_by()
        .values("user_id")
        .annotate(
            records=Count("object_id", distinct=True, filter=Q(kind__in=SINGLE)),
            exported=Sum("hits", filter=Q(kind="export")),
            night=Count("id", filter=night),
        )
    )
    found = {
        row["user_id"]: Reader(row["user_id"], "", "", row["records"], row["exported"] or 0, row["night"])
        for row in rows
    }
    refused = SecurityEvent.objects.filter(at__gte=since, at__lt=until, kind__in=["denial", "not_found"])
    for row in refused.exclude(user_id=None).order_by().values("user_id").annotate(count=Count("id")):
        found.setdefault(row["user_id"], Reader(row["user_id"], "", "")).denials = row["count"]
    _names(found)
    return found


def _names(found):
    """Name and roles as they are today: one query each, however many people there are."""
    from soe.accounts.models import User
    from soe.departments.models import Membership

    for user in User.objects.filter(pk__in=found):
        found[user.pk].name = str(user)
    roles = defaultdict(list)
    rows = Membership.objects.current().filter(user_id__in=found).select_related("role", "department")
    for row in rows.order_by("valid_from", "pk"):
        roles[row.user_id].append(f"{row.role}, {row.department}")
    for pk, reader in found.items():
        reader.role = "; ".join(roles.get(pk, ())) or "ohne Zugehörigkeit"
        reader.name = reader.name or "unbekanntes Konto"


def threshold(counts):
    """(middle, number above which somebody is striking)"""
    middle = median(counts)
    distance = median(abs(count - middle) for count in counts)
    return middle, max(MINIMUM, middle + DISTANCE * max(distance, 1), TIMES * middle)


def _german(value):
    return f"{value:g}".replace(".", ",")


def striking(since, until):
    """Readers with reasons, most striking first; each reason is a German sentence with its threshold."""
    everybody = readers(since, until)
    groups = defaultdict(list)
    for reader in everybody.values():
        groups[reader.group].append(reader)
    for name, group in groups.items():
        for reader in group:
            peers = [other.records for other in group if other is not reader and other.records]
            whom = f"von {len(peers)} anderen mit der Rolle „{name}“"
            if len(peers) < PEERS:
                peers = [
                    other.records for other in everybody.values() if other is not reader and other.records
                ]
                whom = f"aller {len(peers)} anderen Personen"
            if len(peers) >= PEERS:
                middle, limit = threshold(peers)
                if reader.records > limit:
                    reader.reasons.append(
                        f"Hat {reader.records} verschiedene Datensätze geöffnet. Die Mitte {whom} liegt bei "
                        f"{_german(middle)}; auffällig sind mehr als {_german(limit)}."
                    )
            if reader.night >= NIGHT_READS:
                reader.reasons.append(
                    f"{reader.night} Zugriffe zwischen {NIGHT_FROM} und {NIGHT_UNTIL} Uhr oder am Wochenende; "
                    f"auffällig sind {NIGHT_READS} und mehr."
                )
            if reader.denials >= DENIALS:
                reader.reasons.append(
                    f"{reader.denials} Mal verweigert oder nicht gefunden; auffällig sind {DENIALS} und mehr."
                )
    return sorted((r for r in everybody.values() if r.reasons), key=lambda r: r.weight, reverse=True)
