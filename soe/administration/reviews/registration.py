"""The inbox reminds whoever administers a department of its open list."""

from soe.departments.scope import departments_granting
from soe.web.registry import Task, inbox


def register():
    inbox.add(open_sheets)


def open_sheets(user, today):
    from .models import ReviewSheet

    mine = departments_granting(user, "admin.members")
    rows = ReviewSheet.objects.restrict(user, "change").filter(signed_at=None, department__in=mine)
    return [
        Task(
            title=f"Rechte prüfen: {sheet.department}",
            url=sheet.get_absolute_url(),
            place=str(sheet.review),
            due=sheet.review.due_on,
            button="Liste öffnen",
        )
        for sheet in rows.select_related("review", "department")[:20]
    ]
