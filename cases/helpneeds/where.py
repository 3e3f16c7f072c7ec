"""In which house a help need arose: an address and nothing about who lives there."""


def where(need) -> str:
    inspection = need.inspection
    if inspection is None:
        return "nicht angegeben"
    house = inspection.property
    return str(getattr(house, "title", house)) if house else inspection.label or "nicht angegeben"
