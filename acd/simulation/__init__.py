"""The real core on a fast clock: how callers would fare, before anybody calls."""
