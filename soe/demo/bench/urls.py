"""The application's own pages, and beside them Django's admin for the models that are compared."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import include, path

from cases.casework.models import Case
from objects.complaints.models import Complaint
from objects.proceedings.models import Measure
from objects.register.models import Party, Property
from soe.web.policy import public, register_foreign


class OpenSite(AdminSite):
    """No rights at all: the comparison is about cost."""

    def has_permission(self, request):
        return request.user.is_authenticated


class OpenAdmin(ModelAdmin):
    list_per_page = 25
    show_full_result_count = True

    def has_module_permission(self, request):
        return True

    def has_view_permission(self, request, obj=None):
        return True


COLUMNS = {
    Property: ("number", "title", "district", "lead_department", "registered_on"),
    Measure: ("what", "property", "department", "due_on", "state"),
    Complaint: ("number", "received_at", "department", "state"),
    Party: ("name", "kind", "city"),
    Case: ("number", "person", "offer", "lead", "state", "opened_on"),
}
site = OpenSite("bench")
for model, columns in COLUMNS.items():
    site.register(model, type(f"{model.__name__}Admin", (OpenAdmin,), {"list_display": columns}))

register_foreign("django.contrib.admin.sites", public("only in the measuring settings"))
urlpatterns = [path("bench-admin/", site.urls), path("", include("soe.urls"))]
