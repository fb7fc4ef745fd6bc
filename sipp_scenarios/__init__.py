"""SIPp scenarios, named <role>_<behaviour>.xml, and what makes them tests, a demonstration and load."""
