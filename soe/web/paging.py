"""Pages without counting a whole table: exact up to 1.000 rows, „mehr als 1.000“ beyond.

`counted_to`: count further where somebody else needs to know (how long an export gets); shown is the same.
"""

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.utils.functional import cached_property

LIMIT = 1000


class CappedPaginator(Paginator):
    """Counts at most LIMIT + 1 rows; later pages exist as long as they have rows."""

    counted_to = LIMIT

    @cached_property
    def counted(self):
        # Only keys: what the list computes for each shown row need not be computed for a thousand counted ones.
        return self.object_list.order_by().values("pk")[: max(self.counted_to, LIMIT) + 1].count()

    @property
    def count(self):
        return min(self.counted, LIMIT + 1)

    @property
    def capped(self):
        return self.count > LIMIT

    def page(self, number):
        try:
            number = max(int(number), 1)
        except (TypeError, ValueError) as error:
            raise PageNotAnInteger("Keine Seitenzahl.") from error
        if not self.capped:
            number = min(number, self.num_pages)
        bottom = (number - 1) * self.per_page
        rows = list(self.object_list[bottom : bottom + self.per_page + 1])
        if not rows and number > 1:
            raise EmptyPage("Diese Seite gibt es nicht.")
        page = self._get_page(rows[: self.per_page], number, self)
        page.more = len(rows) > self.per_page
        return page

    def _get_page(self, *args, **kwargs):
        return CappedPage(*args, **kwargs)


class CappedPage(Page):
    more = False

    def has_next(self):
        return self.more

    def start_index(self):
        return (self.number - 1) * self.paginator.per_page + 1 if self.object_list else 0

    def end_index(self):
        return self.start_index() + len(self.object_list) - 1 if self.object_list else 0

    def numbers(self):
        """Page links: first, around the current one, last when it is known; None for a gap."""
        last = None if self.paginator.capped else self.paginator.num_pages
        upper = self.number + 2 if last is None else min(last, self.number + 2)
        if last is None and not self.more:
            upper = self.number
        wanted = sorted({1, *range(max(1, self.number - 2), upper + 1), *([last] if last else [])})
        result, before = [], 0
        for number in wanted:
            if number - before == 2:
                result.append(number - 1)
            elif number - before > 2:
                result.append(None)
            result.append(number)
            before = number
        return result
