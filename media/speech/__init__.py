"""Speech made from text (TTS, 语音合成): engines behind one small interface; what they said is kept."""
