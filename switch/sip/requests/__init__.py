"""Requests without a leg: texts, subscriptions, whatever is asked outside dialogs."""
