def register():
    from objects.register import dossier
    from soe.web.views import Action

    from . import packing  # noqa: F401  (registers its job)

    dossier.add_action(Action("Beweispaket erstellen", "objects:evidence", action="document"), 75)
