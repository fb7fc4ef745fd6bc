"""Parking (驻留): calls that wait in a numbered slot until somebody picks them up."""
