"""Other people's servers, on loopback, speaking as the real ones do."""
