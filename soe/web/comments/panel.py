"""What a detail page shows besides its own: the comments the reader may see, and whether she watches the record."""

from django.urls import reverse

from .. import targets
from ..tokens import new_token
from . import numbers, services
from .forms import CommentForm
from .models import Comment, Watch

SHOWN = 100


def context(view):
    """Called by ScopedDetailView; nothing for records that are neither commented nor watched."""
    record, user = view.object, view.request.user
    label = record._meta.label_lower
    result = {}
    if target := targets.target_for(label, "watch"):
        result["watch"] = {
            "url": reverse("web:watch", args=[label, record.pk]),
            "on": Watch.objects.about(record).filter(user=user).exists(),
        }
    # Tabs of one page show the discussion once, on the first of them.
    if not getattr(view, "tab", "") and (target := targets.target_for(label, "comments")):
        # The page of a case also opens for those who see its card only: they neither read nor write comments.
        if target.read != "view" and not view.can(target.read, record):
            return {}
        result["discussion"] = discussion(target, record, user)
    return result


def discussion(target, record, user):
    rows = Comment.objects.about(record).restrict(user).select_related("author", "department")
    comments = list(rows.order_by("-at", "-id")[: SHOWN + 1])
    more, comments = len(comments) > SHOWN, comments[:SHOWN][::-1]
    for comment in comments:
        comment.html = numbers.linked(comment.text)
        comment.mine = comment.author_id == user.pk
    department = services.department_for(user, target)
    label = record._meta.label_lower
    initial = {"visibility": department.default_visibility if department else "internal"}
    return {
        "comments": comments,
        "more": more,
        "form": CommentForm(user=user, initial=initial, prefix=None, auto_id="kommentar_%s"),
        "token": new_token(),
        "url": reverse("web:comment_create", args=[label, record.pk]),
        "people": reverse("web:mention", args=[label, record.pk]),
        "department": department,
    }
