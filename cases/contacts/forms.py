"""Ten seconds: every choice is one tap, the last values stay, a name is never needed."""

from django import forms
from django.apps import apps
from django.utils import timezone

from soe.web import wording
from soe.web.forms import ModelForm, Pick

from ..casework.models import Case
from ..choices import Language
from ..fields import NEW_OFFER, NEW_PERSON, PersonField, Watched, few_or_hidden
from ..offers.models import Site, Topic
from ..offers.places import own_offers
from .models import Contact

DURATIONS = [(5, "5 Min."), (15, "15 Min."), (30, "30 Min."), (60, "60 Min.")]
FEW_SITES = 5
STAYS = ("offer", "site", "language", "channel", "minutes")


class ContactForm(Watched, ModelForm):
    """One screen. `minutes` in steps; the exact number can be entered when changing the contact."""

    watched = ("note",)
    topic = forms.ModelChoiceField(Topic.objects.filter(retired_on=None), label="Thema", empty_label=None)
    language = forms.ChoiceField(label="Sprache", choices=Language.choices)
    minutes = forms.TypedChoiceField(label="Dauer", choices=DURATIONS, coerce=int)
    channel = forms.ChoiceField(label="Weg", choices=Contact.Channel.choices)
    result = forms.ChoiceField(label="Ergebnis", choices=Contact.Result.choices, initial=Contact.Result.DONE)
    person = PersonField(
        required=False,
        help_text="Leer lassen für anonym. Sucht in allen Schreibweisen. Neu anlegen nur mit Einwilligung.",
    )
    case = forms.ModelChoiceField(Case.objects.all(), required=False, widget=forms.HiddenInput)

    class Meta:
        model = Contact
        fields = [
            "offer", "site", "topic", "language", "minutes", "channel", "result", "person", "note", "case", "help_need",
        ]  # fmt: skip
        fieldsets = [
            ("", ["offer", "topic", ("language", "minutes"), ("channel", "result"), "site", "person", "note"])
        ]
        quick_create = {"person": NEW_PERSON, "offer": NEW_OFFER}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Long words break where they may, also without a hyphenation dictionary.
        self.fields["topic"].label_from_instance = _breakable
        self.fields["topic"].widget = Pick(tiles=True)
        self.fields["topic"].widget.choices = self.fields["topic"].choices
        self.fields["topic"].error_messages["required"] = "Bitte tippen Sie ein Thema an."
        self.fields["offer"].queryset = own_offers(self.user).running().select_related("carrier")
        few_or_hidden(self, "offer")
        self._sites()
        self.restrict("case", action="change")
        need = apps.get_model("objects", "HelpNeed")
        self.fields["help_need"].queryset = need.objects.restrict(self.user, "view")
        self.fields["help_need"].widget = forms.HiddenInput()
        hint = "Kein Name, wenn der Kontakt anonym ist."
        self.fields["note"].help_text = f"{hint} {wording.HINT}"

    def _sites(self):
        """One site is taken without asking; several stand beside the person as chips."""
        field = self.fields["site"]
        sites = Site.objects.filter(offer__in=self.fields["offer"].queryset, closed_on=None)
        field.queryset = sites = sites.select_related("offer")
        if len(sites) == 1 and self.instance._state.adding:
            self.initial["site"] = sites[0].pk
        if len(sites) < 2:
            field.widget = forms.HiddenInput()
            return
        if len({site.offer_id for site in sites}) > 1:
            field.label_from_instance = lambda site: f"{site.name} ({site.offer})"
        field.empty_label = "ohne Standort"
        if len(sites) <= FEW_SITES:
            field.widget = Pick()
            field.widget.choices = field.choices

    def clean(self):
        data = super().clean()
        if (case := data.get("case")) and not data.get("person"):
            data["person"] = case.person
        return data


class ContactChangeForm(ContactForm):
    """The same later, with the exact minutes and moment."""

    minutes = forms.IntegerField(label="Minuten", min_value=1, max_value=600)

    class Meta(ContactForm.Meta):
        fields = [
            "topic",
            "at",
            "language",
            "minutes",
            "channel",
            "result",
            "site",
            "note",
            "offer",
            "case",
            "help_need",
        ]
        fieldsets = [("", ["topic", "at", ("language", "minutes"), ("channel", "result"), "site", "note"])]

    person = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("offer", "case", "help_need"):
            del self.fields[name]
        self.fields["site"].queryset = Site.objects.filter(offer=self.instance.offer_id)

    def clean(self):
        return forms.ModelForm.clean(self)


def _breakable(topic):
    return topic.name.replace("versicherung", "\u00adversicherung")


def last_values(user) -> dict:
    """Offer, site, language, channel and length of the contact recorded before, on any day."""
    last = Contact.objects.filter(recorded_by=user).order_by("-at", "-id").values(*STAYS).first()
    if last is None:
        return {}
    if last["minutes"] not in dict(DURATIONS):
        last["minutes"] = min(dict(DURATIONS), key=lambda known: abs(known - last["minutes"]))
    return last


def today_start():
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
