"""Recording at the counter (柜台录音): what is said at a station, without a caller."""
