"""Voice messages (语音留言): what callers say after the tone."""
