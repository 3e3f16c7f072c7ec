"""In the bin, too: files and comments. Their rows stay; taking off and back is done by soe.web.files and .comments."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from soe.audit.reads import log_read

from ..comments.models import Comment
from ..files.models import Attachment
from ..targets import target_for

SHOWN = 100


def rows(request, days):
    since = timezone.now() - timedelta(days=days)
    files = Attachment.objects.restrict(request.user, "restore").filter(removed_at__gte=since)
    # Only the author brings a comment back; its text does not stand in the bin.
    comments = Comment.objects.restrict(request.user, "change").filter(removed_at__gte=since)
    found = [
        *_shown(request, files, "web:file_restore"),
        *_shown(request, comments, "web:comment_restore"),
    ]
    for label, count in _social(found).items():
        log_read("list", target_for(label).model, basis="Papierkorb", hits=count)
    return found


def _shown(request, queryset, url_name):
    items = list(queryset.order_by("-removed_at")[:SHOWN])
    if not items:
        return []
    removals = queryset.model.history.filter(id__in=[item.pk for item in items])
    told = {row.id: row for row in removals.order_by("history_date", "history_id")}  # the newest of each
    owners = _owners(request.user, items)
    return [
        {
            "kind": item._meta.verbose_name,
            "model": type(item),
            "target": item.target_model,
            "name": str(item),
            "at": item.removed_at,
            "by": "" if told[item.pk].history_user_id == request.user.pk else told[item.pk].actor_name,
            "reason": told[item.pk].history_change_reason,
            "url": reverse(url_name, args=[item.pk]),
            "owner": owners[item.target_model, item.target_id],
        }
        for item in items
        if item.pk in told and (item.target_model, item.target_id) in owners
    ]


def _owners(user, items):
    wanted = {}
    for item in items:
        wanted.setdefault(item.target_model, set()).add(item.target_id)
    return {
        (label, row.pk): row
        for label, pks in wanted.items()
        for row in target_for(label).rows(user).filter(pk__in=pks)
    }


def _social(found):
    counts = {}
    for row in found:
        if target_for(row["target"]).model.social_data:
            counts[row["target"]] = counts.get(row["target"], 0) + 1
    return counts
