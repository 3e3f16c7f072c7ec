"""The formulas of the quarterly report (reference/peers-steering § 4.2), each in one place and each with a test."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# No percentages on a base below this: 1 of 12 is not "8,3 %" but one person.
SHARE_BASE = 30


def rounded(value: Decimal, places=1) -> Decimal:
    """Commercial rounding, as readers do it on paper."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def share(part, whole, *, base=SHARE_BASE) -> Decimal | None:
    """Percent of `whole`, one place; None when something is missing or the base is below 30."""
    if part is None or whole is None or whole < base:
        return None
    return rounded(Decimal(part) * 100 / Decimal(whole))


def change(now, before):
    """ΔQ = B_t − B_(t−1); None when one of the two is not known."""
    return None if now is None or before is None else now - before


def change_percent(now, before, *, base=SHARE_BASE) -> Decimal | None:
    """ΔQ / B_(t−1) in percent; None when the base is below 30."""
    delta = change(now, before)
    return None if delta is None else share(delta, before, base=base)


def fluctuation(arrivals, departures, now, before, *, base=SHARE_BASE) -> Decimal | None:
    """(Zuzüge + Wegzüge) / mean stock, in percent."""
    if None in (arrivals, departures, now, before) or (now + before) < 2 * base:
        return None
    return rounded(Decimal(arrivals + departures) * 100 / (Decimal(now + before) / 2))


@dataclass(frozen=True)
class Balance:
    """The movement balance of one quarter; the rest is what the register changed without a counted movement."""

    before: int
    births: int
    arrivals: int
    departures: int
    deaths: int
    nationality: int  # signed: naturalised persons leave the stock, others may enter it
    deregistered: int
    now: int

    @property
    def explained(self) -> int:
        """What the stock would be if every change had been counted."""
        return (
            self.before
            + self.births
            + self.arrivals
            - self.departures
            - self.deaths
            + self.nationality
            - self.deregistered
        )

    @property
    def rest(self) -> int:
        """B_t − (B_(t−1) + Geburten + Zuzüge − Wegzüge − Sterbefälle ± Wechsel − Abmeldungen). Always printed."""
        return self.now - self.explained


def open_cases(before, new, reopened, done) -> int:
    """offen_t = offen_(t−1) + neu + wiedereröffnet − erledigt"""
    return before + new + reopened - done


def at_least_three_years(from_three, from_five, stock) -> Decimal | None:
    """Share of persons whose current move-in to Herne lies three or more years before the Stichtag."""
    if from_three is None or from_five is None:
        return None
    return share(from_three + from_five, stock)
