"""The configuration's files changed by verbs: comments kept, whole or not at all, every version kept."""
