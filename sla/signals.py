"""What sla says upward, without knowing who listens."""

from django.dispatch import Signal

due_times_moved = Signal()
"""Due times, states or misses of clocks have changed.

Sent with `clock_set_ids` (a collection of int) and `sender`, the module that wrote. `clocks.record` sends it
inside the transaction of the change, whose caller holds its own rows already. A sweep (`alarms`,
`recompute`) sends it right after its commit: were it to wait for a caller's rows while it holds clocks, and
the caller for its clocks, neither would end.
"""
