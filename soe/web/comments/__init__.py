"""Comments on records, mentions of people, watching a record. What can be commented says soe.web.targets."""
