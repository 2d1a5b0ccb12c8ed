"""The sample desk: a fictional vendor, its customers, and 45 days of their tickets."""
