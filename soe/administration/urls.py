from django.urls import path

from .audit.urls import urlpatterns as audit_urls
from .disclosure.urls import urlpatterns as disclosure_urls
from .retention.urls import urlpatterns as retention_urls
from .reviews.urls import urlpatterns as review_urls
from .views import accounts, departments, effective, logs, memberships, overview, roles, signin

app_name = "administration"

urlpatterns = [
    path("verwaltung/", overview.OverviewView.as_view(), name="overview"),
    path("verwaltung/organisation/", departments.DepartmentTreeView.as_view(), name="department_list"),
    path("verwaltung/organisation/liste/", departments.DepartmentListView.as_view(), name="department_table"),
    path("verwaltung/organisation/neu/", departments.DepartmentCreateView.as_view(), name="department_add"),
    path("verwaltung/organisation/<uuid:pk>/", departments.DepartmentDetailView.as_view(), name="department"),
    path(
        "verwaltung/organisation/<uuid:pk>/aendern/",
        departments.DepartmentUpdateView.as_view(),
        name="department_edit",
    ),
    path(
        "verwaltung/organisation/<uuid:pk>/hoch/",
        departments.DepartmentUpView.as_view(),
        name="department_up",
    ),
    path(
        "verwaltung/organisation/<uuid:pk>/runter/",
        departments.DepartmentDownView.as_view(),
        name="department_down",
    ),
    path(
        "verwaltung/organisation/<uuid:pk>/verschieben/",
        departments.DepartmentMoveView.as_view(),
        name="department_move",
    ),
    path(
        "verwaltung/organisation/<uuid:pk>/aufloesen/",
        departments.DepartmentCloseView.as_view(),
        name="department_close",
    ),
    path(
        "verwaltung/organisation/<uuid:pk>/personen/neu/",
        departments.DepartmentMemberAddView.as_view(),
        name="department_member_add",
    ),
    path("verwaltung/rollen/", roles.RoleListView.as_view(), name="role_list"),
    path("verwaltung/rollen/matrix/", roles.RoleMatrixView.as_view(), name="role_matrix"),
    path("verwaltung/rollen/<uuid:pk>/kopieren/", roles.RoleCopyView.as_view(), name="role_copy"),
    path("verwaltung/rollen/<uuid:pk>/ausser-gebrauch/", roles.RoleRetireView.as_view(), name="role_retire"),
    path("verwaltung/rollen/<uuid:pk>/neue-rechte/", roles.RoleDefaultsView.as_view(), name="role_defaults"),
    path("verwaltung/rollen/neu/", roles.RoleCreateView.as_view(), name="role_add"),
    path("verwaltung/rollen/<uuid:pk>/", roles.RoleDetailView.as_view(), name="role"),
    path("verwaltung/rollen/<uuid:pk>/aendern/", roles.RoleUpdateView.as_view(), name="role_edit"),
    path("verwaltung/rollen/<uuid:pk>/rechte/", roles.RoleRightsView.as_view(), name="role_rights"),
    path("verwaltung/konten/", accounts.AccountListView.as_view(), name="account_list"),
    path("verwaltung/konten/neu/", accounts.AccountCreateView.as_view(), name="account_add"),
    path("verwaltung/konten/<uuid:pk>/", accounts.AccountDetailView.as_view(), name="account"),
    path("verwaltung/konten/<uuid:pk>/aendern/", accounts.AccountUpdateView.as_view(), name="account_edit"),
    path(
        "verwaltung/konten/<uuid:pk>/stilllegen/", accounts.AccountLeaveView.as_view(), name="account_leave"
    ),
    path(
        "verwaltung/konten/<uuid:pk>/aktivieren/",
        accounts.AccountReactivateView.as_view(),
        name="account_reactivate",
    ),
    path(
        "verwaltung/konten/<uuid:pk>/zugehoerigkeit/",
        memberships.MembershipCreateView.as_view(),
        name="membership_add",
    ),
    path(
        "verwaltung/zugehoerigkeiten/<uuid:pk>/",
        memberships.MembershipUpdateView.as_view(),
        name="membership_edit",
    ),
    path(
        "verwaltung/zugehoerigkeiten/<uuid:pk>/beenden/",
        memberships.MembershipEndView.as_view(),
        name="membership_end",
    ),
    path(
        "verwaltung/zugehoerigkeiten/<uuid:pk>/vertretung/",
        departments.DeputyView.as_view(),
        name="membership_deputy",
    ),
    path(
        "verwaltung/konten/<uuid:pk>/anmeldung/", signin.SignInSettingsView.as_view(), name="sign_in_settings"
    ),
    path(
        "verwaltung/konten/<uuid:pk>/zweiter-faktor/", signin.FactorResetView.as_view(), name="factor_reset"
    ),
    path("verwaltung/konten/<uuid:pk>/stadtkonto/", signin.LinkView.as_view(), name="sso_link"),
    path("verwaltung/konten/<uuid:pk>/stadtkonto/loesen/", signin.UnlinkView.as_view(), name="sso_unlink"),
    path("verwaltung/gruppen/", signin.GroupMappingListView.as_view(), name="group_mapping_list"),
    path("verwaltung/gruppen/neu/", signin.GroupMappingCreateView.as_view(), name="group_mapping_add"),
    path(
        "verwaltung/gruppen/<uuid:pk>/beenden/",
        signin.GroupMappingEndView.as_view(),
        name="group_mapping_end",
    ),
    path("verwaltung/einsicht/<str:label>/<uuid:pk>/", effective.ViewersView.as_view(), name="viewers"),
    path("verwaltung/zugriffe/", logs.ReadLogView.as_view(), name="read_log"),
    path("verwaltung/anmeldungen/", logs.SignInListView.as_view(), name="sign_ins"),
    *audit_urls,
    *disclosure_urls,
    *retention_urls,
    *review_urls,
]
