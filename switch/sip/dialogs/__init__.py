"""What happens within a dialog."""
