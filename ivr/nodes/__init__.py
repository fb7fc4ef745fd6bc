"""One file a node type: what it does when entered and at a key, an ended playback or a time-out."""
