"""The report to the district councils: public with protected numbers, non-public with the properties, frozen."""
