"""What is known of a recording's files, without the exchange: sound, check, analysis, picture."""
