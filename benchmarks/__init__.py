"""What the product reaches; `make bench` prints it beside what peers reach."""
