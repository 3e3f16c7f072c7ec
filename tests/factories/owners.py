"""Relations between owners."""

import factory

from objects.models import PartyRelation

from .core import AuditedFactory
from .register import PartyFactory


class RelationFactory(AuditedFactory):
    class Meta:
        model = PartyRelation

    whole = factory.SubFactory(PartyFactory)
    part = factory.SubFactory(PartyFactory)
    kind = PartyRelation.Kind.DIRECTOR
