"""Quotes for technical services: drafted, sent, decided, worked off (R6).

`drafting` writes what is not sent yet, `sending` numbers and freezes it, `deciding` takes the customer's
answer, `lapsing` is what time does, `working` and `restoring` guard the work, `documents` makes the file.
"""
