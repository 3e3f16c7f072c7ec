"""Keeping, finding and dropping drafts: always and only those of the person who asks."""

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.forms import FileField, PasswordInput
from django.utils import timezone

from ..tokens import FIELD as TOKEN
from ..tokens import carried_out, posted_token
from .models import Draft

FIELD = (
    "entwurf"  # posted with the account's id: another person signed in meanwhile keeps nothing of this one
)
MAX_BYTES = 200_000
MAX_DRAFTS = 50
PER_MINUTE = 60


class NotKept(Exception):
    """Why nothing was kept; `status` for the script, the text for the person."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def typed(request, form):
    """[[name, [values]]] as posted, without secrets: passwords, files, and what belongs to the page itself."""
    secret = {FIELD, TOKEN, "csrfmiddlewaretoken"}
    for name, field in getattr(form, "fields", {}).items():
        if isinstance(field, FileField) or isinstance(field.widget, PasswordInput):
            secret.add(form.add_prefix(name))
    return [[name, values] for name, values in request.POST.lists() if name not in secret]


def keep(request, form, *, kind, about=None):
    """Write the draft of this form; raises NotKept."""
    user, token = request.user, posted_token(request)
    if request.POST.get(FIELD) != str(user.pk):
        raise NotKept(409, "Inzwischen ist jemand anderes angemeldet.")
    if token is None:
        raise NotKept(400, "Bitte laden Sie die Seite neu.")
    if carried_out(request, token):
        raise NotKept(409, "Dieses Formular ist schon abgesendet.")
    limit_rate(user)
    fields = typed(request, form)
    if sum(len(name) + sum(map(len, values)) for name, values in fields) > MAX_BYTES:
        raise NotKept(413, "Der Text ist zu lang für einen Entwurf.")
    found = Draft.objects.of(user).filter(token=token, path=request.path).first()
    if found is None:
        Draft.objects.expired().delete()
        if Draft.objects.of(user).count() >= MAX_DRAFTS:
            raise NotKept(409, f"Sie haben schon {MAX_DRAFTS} Entwürfe. Bitte verwerfen Sie einige.")
        found = Draft(user_id=user.pk, token=token, path=request.path)
    query = request.GET.copy()
    query.pop(FIELD, None)
    found.saved_at = timezone.now()
    found.close({"kind": kind, "about": about, "query": query.urlencode()[:500], "fields": fields})
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:  # two saves of a new draft at the same moment: the next one writes over it
        raise NotKept(429, "Wird gerade gespeichert.") from None
    return found


def limit_rate(user):
    key = f"entwurf:{user.pk}:{int(timezone.now().timestamp() // 60)}"
    cache.add(key, 0, 90)
    try:
        count = cache.incr(key)
    except ValueError:  # dropped from the cache meanwhile
        return
    if count > PER_MINUTE:
        raise NotKept(429, "Zu oft in einer Minute.")


def drop_if_sent(request, draft):
    """The form may have been carried out while its draft was being written: then the draft goes as well."""
    if carried_out(request, draft.token):
        Draft.objects.of(request.user).filter(pk=draft.pk).delete()


def mine(user):
    """My drafts that are young enough and not carried out."""
    from ..models import SubmittedForm

    sent = SubmittedForm.objects.filter(user_id=user.pk, token=OuterRef("token"), path=OuterRef("path"))
    return Draft.objects.of(user).alive().exclude(Exists(sent))
