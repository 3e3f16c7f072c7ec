"""Writing a comment and telling those it concerns, in one transaction."""

from django.contrib.auth import get_user_model
from django.db import transaction

from soe.audit.context import acting_as
from soe.departments.asking import memberships
from soe.departments.models import Visibility
from soe.departments.scope import departments_granting

from ..notices import notify
from ..notices.kinds import number_of
from . import mentions
from .models import Comment, Watch


def department_for(user, target):
    """The department in whose name she writes: one that lets her see the record."""
    rule = target.model.scope.rule(target.action("view"))
    own = sorted(memberships(user), key=lambda row: (row.deputy_for_id is not None, row.valid_from, row.pk))
    granting = {pk for code in rule.permissions if code for pk in departments_granting(user, code)}
    found = next((row for row in own if row.department_id in granting), next(iter(own), None))
    return found.department if found else None


@transaction.atomic
def write(record, *, by, department, text, visibility=Visibility.INTERNAL) -> Comment:
    """Raises ValidationError when somebody is mentioned who may not see the comment."""
    with acting_as(by):
        comment = Comment(author=by, department=department, text=text.strip(), visibility=visibility)
        comment.target = record
        comment.full_clean(exclude=["author", "department"])
        comment.save(reason="Kommentar geschrieben")
        told = mentions.check(comment)
        tell(comment, record, told)
    return comment


@transaction.atomic
def edit(comment, *, by, text) -> Comment:
    before = comment.text
    comment.edit(by=by, text=text.strip())
    with acting_as(by):
        tell(comment, comment.target, mentions.check(comment, before), watchers=False)
    return comment


def tell(comment, record, mentioned, *, watchers=True):
    number, url = number_of(record), comment.get_absolute_url()
    notify(
        mentioned,
        "mention",
        title=f"Sie wurden in einem Kommentar zu {number} erwähnt",
        url=url,
        target=record,
    )
    if watchers:
        done = {user.pk for user in mentioned} | {comment.author_id}
        people = get_user_model().objects.filter(
            is_active=True, pk__in=Watch.objects.about(record).order_by().values("user_id")
        )
        seeing = [user for user in people if user.pk not in done and mentions.sees(user, comment)]
        notify(seeing, "comment", title=f"Neuer Kommentar zu {number}", url=url, target=record, bundle=True)
