"""Prompts recorded by phone (电话录制提示音): spoken at a station, heard back, kept or discarded."""
