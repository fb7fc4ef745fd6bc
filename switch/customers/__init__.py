"""What is known of customers by their number: lists they are on, and tags they have."""
