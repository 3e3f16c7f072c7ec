"""What complaints show on the page of a property: a tab."""

from objects.register import dossier

from .models import Complaint, ComplaintLink


def register():
    dossier.add_tab(
        dossier.Tab(
            "beschwerden",
            "Beschwerden",
            "objects/complaints/tab.html",
            tab,
            count=count,
            permission="complaint.view",
            order=30,
        )
    )


def tab(request, house):
    links = (
        ComplaintLink.objects.filter(property=house, complaint__in=Complaint.objects.restrict(request.user))
        .select_related("complaint__address__street", "complaint__department")
        .order_by("-complaint__received_at", "-id")
    )
    first = next(iter(house.addresses.all()), None)
    return {
        "links": links,
        "may_record": request.user.may("complaint.record"),
        "first_address": first.address_id if first else None,
    }


def count(user, house):
    return Complaint.objects.restrict(user).about(house)
