"""How SIP messages come and go: UDP, TCP, TLS, WebSocket. Shells move bytes; what decides is pure."""
