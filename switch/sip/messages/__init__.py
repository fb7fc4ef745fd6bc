"""What stands in a SIP message: text to values and back."""
