"""Changing what gives points."""

from soe.web.forms import ModelForm

from .models import ScoreRule


class ScoreRuleForm(ModelForm):
    class Meta:
        model = ScoreRule
        fields = ["input", "at_least", "points", "each", "at_most", "valid_from", "valid_until"]
        fieldsets = [
            ("Wofür?", ["input", "at_least"]),
            ("Wie viel?", [("points", "at_most"), "each"]),
            ("Geltung", [("valid_from", "valid_until")]),
        ]
