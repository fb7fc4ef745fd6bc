"""The catalogue: recordings found again by what is known of them, and what people note about them."""
