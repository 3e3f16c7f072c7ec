"""What is old goes by itself, every night."""

from datetime import time

from ..jobs import schedule


def register():
    schedule.add("drafts", "Alte Entwürfe und Formularkennungen entfernen", tidy, at=time(3, 20))


def tidy(run):
    from ..models import Draft, SubmittedForm

    Draft.objects.expired().delete()
    SubmittedForm.objects.expired().delete()
