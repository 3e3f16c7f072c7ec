"""Files on records: photos and documents, checked by content, kept privately, read only through rights.

From outside: `services.attach(target, upload, …)`, `selectors.attachments_of(user, target)`, `panel.FilesMixin` for
detail pages, `retention` for the nightly run. What is let in and why: soe/decisions/0012-files.md.
"""
