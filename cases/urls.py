"""Paths are German, because people read them."""

from django.urls import path

from .casework.views import breakglass, cases, gaps, needs, plans, referrals, steps
from .contacts import views as contacts
from .helpneeds import views as helpneeds
from .offers import views as offers
from .people import agreements
from .people import views as people

app_name = "cases"

urlpatterns = [
    path("angebote/", offers.OfferListView.as_view(), name="offer_list"),
    path("angebote/neu/", offers.OfferCreateView.as_view(), name="offer_create"),
    path("angebote/<uuid:pk>/", offers.OfferDetailView.as_view(), name="offer_detail"),
    path("angebote/<uuid:pk>/aendern/", offers.OfferUpdateView.as_view(), name="offer_update"),
    path("angebote/<uuid:pk>/standort/", offers.SiteCreateView.as_view(), name="site_create"),
    path("angebote/<uuid:pk>/foerderung/", offers.FundingCreateView.as_view(), name="funding_create"),
    path("angebote/foerderung/<uuid:pk>/", offers.FundingUpdateView.as_view(), name="funding_update"),
    path("hilfebedarfe/", helpneeds.HelpNeedListView.as_view(), name="help_need_list"),
    path("hilfebedarfe/<uuid:pk>/", helpneeds.HelpNeedDetailView.as_view(), name="help_need"),
    path("hilfebedarfe/<uuid:pk>/uebernehmen/", helpneeds.HelpNeedTakeView.as_view(), name="help_need_take"),
    path("kontakte/", contacts.ContactListView.as_view(), name="contact_list"),
    path("kontakte/neu/", contacts.ContactCreateView.as_view(), name="contact_create"),
    path("kontakte/<uuid:pk>/", contacts.ContactDetailView.as_view(), name="contact_detail"),
    path("kontakte/<uuid:pk>/aendern/", contacts.ContactUpdateView.as_view(), name="contact_update"),
    path("kontakte/<uuid:pk>/rueckgaengig/", contacts.ContactUndoView.as_view(), name="contact_undo"),
    path("kontakte/<uuid:pk>/person/", contacts.ContactNameView.as_view(), name="contact_name"),
    path("personen/", people.PersonListView.as_view(), name="person_list"),
    path("personen/neu/", people.PersonCreateView.as_view(), name="person_create"),
    path("personen/vorschlag/", people.PersonSuggestView.as_view(), name="person_suggest"),
    path("personen/<uuid:pk>/", people.PersonDetailView.as_view(), name="person_detail"),
    path("personen/<uuid:pk>/aendern/", people.PersonUpdateView.as_view(), name="person_update"),
    path("personen/<uuid:pk>/schreibweise/", people.NameCreateView.as_view(), name="name_create"),
    path("personen/<uuid:pk>/haushalt/", people.HouseholdCreateView.as_view(), name="household_create"),
    path("personen/<uuid:pk>/einwilligung/", agreements.ConsentCreateView.as_view(), name="consent_create"),
    path("personen/<uuid:pk>/sperre/", agreements.RestrictionCreateView.as_view(), name="restriction_create"),
    path("personen/<uuid:pk>/befangenheit/", agreements.ConflictCreateView.as_view(), name="conflict_create"),
    path(
        "personen/einwilligungen/<uuid:pk>/widerruf/",
        agreements.ConsentWithdrawView.as_view(),
        name="consent_withdraw",
    ),
    path(
        "personen/einwilligungen/<uuid:pk>/verlaengern/",
        agreements.ConsentExtendView.as_view(),
        name="consent_extend",
    ),
    path(
        "personen/sperren/<uuid:pk>/aufheben/",
        agreements.RestrictionEndView.as_view(),
        name="restriction_end",
    ),
    path(
        "personen/befangenheiten/<uuid:pk>/aufheben/",
        agreements.ConflictEndView.as_view(),
        name="conflict_end",
    ),
    path("faelle/", cases.CaseListView.as_view(), name="case_list"),
    path("faelle/neu/", cases.CaseCreateView.as_view(), name="case_create"),
    path("faelle/<uuid:pk>/", cases.CaseDetailView.as_view(), name="case_detail"),
    path("faelle/<uuid:pk>/fallfuehrung/", cases.CaseLeadView.as_view(), name="case_lead"),
    path("faelle/<uuid:pk>/aktivieren/", steps.CaseActivateView.as_view(), name="case_activate"),
    path("faelle/<uuid:pk>/warten/", steps.CaseWaitView.as_view(), name="case_wait"),
    path("faelle/<uuid:pk>/abschliessen/", steps.CaseCloseView.as_view(), name="case_close"),
    path("faelle/<uuid:pk>/wiedereroeffnen/", steps.CaseReopenView.as_view(), name="case_reopen"),
    path("faelle/<uuid:pk>/bedarf/", needs.NeedsCreateView.as_view(), name="needs_create"),
    path("faelle/<uuid:pk>/perspektive/", plans.PerspectiveView.as_view(), name="plan_perspective"),
    path("faelle/<uuid:pk>/ziel/", plans.GoalCreateView.as_view(), name="goal_create"),
    path("faelle/<uuid:pk>/neue-fassung/", plans.PlanDraftView.as_view(), name="plan_draft"),
    path("faelle/<uuid:pk>/unterschreiben/", plans.PlanSignView.as_view(), name="plan_sign"),
    path("faelle/<uuid:pk>/vermitteln/", referrals.ReferralCreateView.as_view(), name="referral_create"),
    path("faelle/ziele/<uuid:pk>/schritt/", plans.StepCreateView.as_view(), name="step_create"),
    path("faelle/ziele/<uuid:pk>/ergebnis/", plans.GoalRateView.as_view(), name="goal_rate"),
    path("faelle/schritte/<uuid:pk>/erledigt/", plans.StepDoneView.as_view(), name="step_done"),
    path("faelle/schritte/<uuid:pk>/steckt-fest/", plans.StepStuckView.as_view(), name="step_stuck"),
    path("faelle/schritte/<uuid:pk>/systemluecke/", gaps.GapCreateView.as_view(), name="gap_create"),
    path("faelle/systemluecken/", gaps.GapListView.as_view(), name="gap_list"),
    path("faelle/vermittlungen/", referrals.ReferralListView.as_view(), name="referral_list"),
    path("faelle/vermittlungen/<uuid:pk>/", referrals.ReferralDetailView.as_view(), name="referral_detail"),
    path(
        "faelle/vermittlungen/<uuid:pk>/annehmen/",
        referrals.ReferralAcceptView.as_view(),
        name="referral_accept",
    ),
    path(
        "faelle/vermittlungen/<uuid:pk>/ablehnen/",
        referrals.ReferralDeclineView.as_view(),
        name="referral_decline",
    ),
    path(
        "faelle/vermittlungen/<uuid:pk>/angekommen/",
        referrals.ReferralArriveView.as_view(),
        name="referral_arrive",
    ),
    path(
        "faelle/vermittlungen/<uuid:pk>/verfallen/",
        referrals.ReferralExpireView.as_view(),
        name="referral_expire",
    ),
    path("faelle/notzugriff/", breakglass.BreakGlassCreateView.as_view(), name="breakglass_create"),
    path("faelle/notzugriffe/", breakglass.BreakGlassListView.as_view(), name="breakglass_list"),
    path(
        "faelle/notzugriffe/<uuid:pk>/", breakglass.BreakGlassReviewView.as_view(), name="breakglass_review"
    ),
]
