"""The only place that speaks: what is said, to whom, by which channel, and whether it arrived.

Rules call `acknowledgement`, `replies`, `to_agents`, `to_customers` and `notices`; each writes rows
into the outbox with the words already in them. The pump calls `outbox.send_due`, which hands every
row to its channel. When a channel refuses for good, the signal `signals.delivery_failed` says so.
"""
