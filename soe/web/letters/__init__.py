"""Letters after DIN 5008 form B, written from a record with the help of templates.

Apps say what a letter on their record can name: `letters.sources.add(Complaint, LetterSource(…))`. What people write
is text, never code: soe/decisions/0015-letters.md.
"""
