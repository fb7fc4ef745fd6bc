"""Alarms (告警): told when a figure of a queue, an agent, a trunk or the switch passes a threshold."""
