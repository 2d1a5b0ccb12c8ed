"""What a channel says when it could not deliver."""


class TransportError(Exception):
    """A channel did not take a message; the sentence is for agents and logs.

    `permanent`: trying again makes no sense. `is_outage`: the channel itself is away, so nothing is wrong
    with this message and the next one would fare no better. `is_bad_address`: nobody is there.
    """

    def __init__(
        self, reason: str, *, permanent: bool, is_outage: bool = False, is_bad_address: bool = False
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.is_outage = is_outage
        self.is_bad_address = is_bad_address
