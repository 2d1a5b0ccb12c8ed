"""Keeps the catalogues in `locale/` in step with what the code says to customers (`make messages`)."""
