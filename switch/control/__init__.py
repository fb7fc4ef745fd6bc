"""The msgpack-rpc control socket: server, event feed, client library."""
