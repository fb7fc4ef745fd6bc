"""Tenants: virtual call centres (VDN) in one switch."""
