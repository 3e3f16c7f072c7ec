"""„@Vorname Nachname“ or „@anmeldename“ in a text: whom it names, and whether she may see what is written there."""

import re

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Concat

# Not inside an address of mail; up to four words may belong to a name.
_AT = re.compile(r"(?<![\w@.])@((?:[\w.'’-]+)(?:[ \u00a0][\w.'’-]+){0,3})")
LIMIT = 10


def refused(name):
    """The same sentence whether there is no such person or she may not see this: the answer must not tell."""
    return (
        f"„@{name}“ lässt sich hier nicht erwähnen. Erwähnen können Sie nur Personen, die diesen Kommentar sehen "
        "dürfen. Bitte wählen Sie aus der Liste, die nach „@“ erscheint, oder entfernen Sie das „@“."
    )


def _spellings(found):
    """„Nadine Brinkhoff hat recht.“ → the longest first: four words, three, two, one."""
    words = found.replace("\u00a0", " ").split(" ")
    return [" ".join(words[:count]).rstrip(".,'’-") for count in range(len(words), 0, -1)]


def named():
    people = get_user_model().objects.people().filter(is_active=True)
    return people.annotate(full_name=Concat("first_name", Value(" "), "last_name"))


def find(text):
    """[(words after the @, people so named)], in order; one query."""
    found = [_spellings(match.group(1)) for match in _AT.finditer(text or "")]
    every = {spelling for spellings in found for spelling in spellings}
    if not every:
        return []
    known = {}
    for user in named().filter(Q(full_name__in=every) | Q(username__in=every)):
        known.setdefault(user.full_name, []).append(user)
        known.setdefault(user.username, []).append(user)
    result = []
    for spellings in found:
        hit = next((name for name in spellings if name in known), None)
        result.append((hit or spellings[-1], known.get(hit, [])))
    return result


def check(comment, earlier=""):
    """The people newly mentioned in a saved comment. Refuses when one of them may not see this very comment."""
    before = {user.pk for _, people in find(earlier) for user in people}
    mentioned = {}
    for name, people in find(comment.text):
        seeing = [user for user in people if sees(user, comment)]
        if not seeing:
            raise ValidationError({"text": refused(name)}, code="mention")
        if len(seeing) > 1:
            logins = " oder ".join(f"„@{user.username}“" for user in seeing[:3])
            raise ValidationError(
                {"text": f"„@{name}“ heißen mehrere Personen. Bitte schreiben Sie {logins}."}, code="mention"
            )
        mentioned[seeing[0].pk] = seeing[0]
    return [user for pk, user in mentioned.items() if pk not in before and pk != comment.author_id]


def sees(user, comment):
    rows = type(comment).objects.filter(target_model=comment.target_model, pk=comment.pk)
    rows._about_model = comment.target_model
    return rows.restrict(user).exists()


def suggest(target, record, query):
    """People who may see the record and whose name holds `query`, at most LIMIT."""
    found = []
    rows = named().filter(Q(full_name__icontains=query) | Q(username__istartswith=query))
    for user in rows.order_by("last_name", "first_name", "pk")[: 3 * LIMIT]:
        if target.rows(user).filter(pk=record.pk).exists():
            found.append(user)
            if len(found) == LIMIT:
                break
    return found
