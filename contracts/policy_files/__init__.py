"""Support policies as files: facts of one or more vendors, read, checked, reckoned, loaded and written.

A file is YAML of one form (`form.py`): each policy has calendars, priorities and plans with their quota and
targets, and may have probes: instants with the due time that must come out. Reading goes in this order:

1. `lines`: YAML without anything that runs or multiplies, each value with the line on which it stands;
2. `form`: the keys there are, and what may stand under each;
3. `expressing`: what the product can say of it, and by name what it cannot;
4. `probing`: the due times that come out, without a database;
5. `loading`: plans, policies, calendars as rows, in one transaction;
6. `writing`: the same form again, out of the rows.
"""
