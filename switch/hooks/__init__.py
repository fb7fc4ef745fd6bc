"""What flows tell applications on the control socket, and ask of them: hooks, text messages to be sent."""
