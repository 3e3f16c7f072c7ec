from .changes import OwnerChange, Readdressing, SuccessionRule
from .parties import PartyLink, PartyMerge, PartyRelation

__all__ = ["OwnerChange", "PartyLink", "PartyMerge", "PartyRelation", "Readdressing", "SuccessionRule"]
