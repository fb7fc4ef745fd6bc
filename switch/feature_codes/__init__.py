"""What agents do from the keys of their phones (功能码): the application behind feature:<action>."""
