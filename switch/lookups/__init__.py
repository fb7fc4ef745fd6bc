"""Questions to other systems over HTTP, such as what a customer owes: bounded in time, size and number."""
