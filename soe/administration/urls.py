from django.urls import path

from . import views

app_name = "administration"

urlpatterns = [
    path("verwaltung/", views.OverviewView.as_view(), name="overview"),
    path("verwaltung/organisation/", views.DepartmentListView.as_view(), name="department_list"),
    path("verwaltung/organisation/neu/", views.DepartmentCreateView.as_view(), name="department_add"),
    path("verwaltung/organisation/<uuid:pk>/", views.DepartmentDetailView.as_view(), name="department"),
    path(
        "verwaltung/organisation/<uuid:pk>/aendern/",
        views.DepartmentUpdateView.as_view(),
        name="department_edit",
    ),
    path("verwaltung/rollen/", views.RoleListView.as_view(), name="role_list"),
    path("verwaltung/rollen/neu/", views.RoleCreateView.as_view(), name="role_add"),
    path("verwaltung/rollen/<uuid:pk>/", views.RoleDetailView.as_view(), name="role"),
    path("verwaltung/rollen/<uuid:pk>/aendern/", views.RoleUpdateView.as_view(), name="role_edit"),
    path("verwaltung/rollen/<uuid:pk>/rechte/", views.RoleRightsView.as_view(), name="role_rights"),
    path("verwaltung/konten/", views.AccountListView.as_view(), name="account_list"),
    path("verwaltung/konten/neu/", views.AccountCreateView.as_view(), name="account_add"),
    path("verwaltung/konten/<uuid:pk>/", views.AccountDetailView.as_view(), name="account"),
    path("verwaltung/konten/<uuid:pk>/aendern/", views.AccountUpdateView.as_view(), name="account_edit"),
    path(
        "verwaltung/konten/<uuid:pk>/stilllegen/",
        views.AccountDeactivateView.as_view(),
        name="account_deactivate",
    ),
    path(
        "verwaltung/konten/<uuid:pk>/aktivieren/",
        views.AccountReactivateView.as_view(),
        name="account_reactivate",
    ),
    path(
        "verwaltung/konten/<uuid:pk>/zugehoerigkeit/",
        views.MembershipCreateView.as_view(),
        name="membership_add",
    ),
    path(
        "verwaltung/zugehoerigkeiten/<uuid:pk>/", views.MembershipUpdateView.as_view(), name="membership_edit"
    ),
    path(
        "verwaltung/zugehoerigkeiten/<uuid:pk>/beenden/",
        views.MembershipEndView.as_view(),
        name="membership_end",
    ),
    path("verwaltung/zugriffe/", views.ReadLogView.as_view(), name="read_log"),
    path("verwaltung/anmeldungen/", views.SignInListView.as_view(), name="sign_ins"),
]
