from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "soe.web"
    label = "web"
    verbose_name = "Oberfläche"

    def ready(self):
        from .bulk.registration import register as register_bulk
        from .drafts.registration import register as register_drafts
        from .files.registration import register as register_files
        from .imports.registration import register as register_imports
        from .jobs.registration import register as register_jobs
        from .notices.registration import register as register_notices
        from .registry import navigation

        register_files()
        register_jobs()
        register_bulk()
        register_drafts()
        register_imports()

        navigation.add(group="", label="Start", url_name="web:start", icon="home", order=0)
        navigation.add(
            group="Verwaltung",
            label="Briefvorlagen",
            url_name="web:letter_templates",
            icon="paper",
            order=60,
            permission=("admin.departments", "admin.members"),
        )
        navigation.add(
            group="Verwaltung",
            label="Bausteine",
            url_name="web:blocks",
            icon="columns",
            order=900,
            permission="system.manage",
        )
        register_notices()
        self._register_comments()

    def _register_comments(self):
        from .comments import panel, watching
        from .registry import details

        details.add(panel.context)
        watching.connect()
