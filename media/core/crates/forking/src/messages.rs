//! The JSON of `docs/media_streams.md`: what the far end may say, and what we say beside audio.

use serde::Deserialize;
use serde_json::json;

use crate::link::{Downward, Fate, Mark};

/// A longer text is no message of ours; a longer name of a mark is not kept.
const MAX_TEXT: usize = 4096;
const MAX_NAME: usize = 256;

/// A text message of the far end.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    ForLeg(Downward),
    Disconnect,
    /// Nothing we know; a newer far end may say more than we understand.
    Unknown,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Message {
    KillAudio,
    ClearMarks,
    Mark {
        data: Named,
    },
    Disconnect,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

pub fn parse(text: &str) -> Said {
    if text.len() > MAX_TEXT {
        return Said::Unknown;
    }
    match serde_json::from_str(text) {
        Ok(Message::KillAudio) => Said::ForLeg(Downward::Clear),
        Ok(Message::ClearMarks) => Said::ForLeg(Downward::ClearMarks),
        Ok(Message::Mark { data }) if data.name.len() <= MAX_NAME => Said::ForLeg(Downward::Mark(data.name)),
        Ok(Message::Disconnect) => Said::Disconnect,
        Ok(Message::Mark { .. } | Message::Other) | Err(_) => Said::Unknown,
    }
}

pub fn mark(mark: &Mark) -> String {
    let event = match mark.fate {
        Fate::Played => "playout",
        Fate::Cleared => "cleared",
    };
    json!({"type": "mark", "data": {"name": mark.name, "event": event}}).to_string()
}

/// The last message.
pub fn end(reason: &str, frames_dropped: u64) -> String {
    json!({"type": "end", "data": {"reason": reason, "framesDropped": frames_dropped}}).to_string()
}

/// Samples, 16-bit little-endian, of which a message may hold half of one at its end.
#[derive(Debug, Default)]
pub struct Samples {
    half: Option<u8>,
}

impl Samples {
    pub fn read(&mut self, octets: &[u8]) -> Vec<i16> {
        let mut samples = Vec::with_capacity(octets.len() / 2 + 1);
        let mut octets = octets;
        if let (Some(low), Some((&high, rest))) = (self.half, octets.split_first()) {
            samples.push(i16::from_le_bytes([low, high]));
            (self.half, octets) = (None, rest);
        }
        let pairs = octets.chunks_exact(2);
        self.half = pairs.remainder().first().copied().or(self.half);
        samples.extend(pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_the_documentation_are_understood() {
        let cases = [
            (r#"{"type": "killAudio"}"#, Said::ForLeg(Downward::Clear)),
            (r#"{"type": "clearMarks"}"#, Said::ForLeg(Downward::ClearMarks)),
            (r#"{"type": "mark", "data": {"name": "a"}}"#, Said::ForLeg(Downward::Mark("a".into()))),
            (r#"{"type": "disconnect"}"#, Said::Disconnect),
        ];
        for (text, said) in cases {
            assert_eq!(parse(text), said, "{text}");
        }
    }

    #[test]
    fn anything_else_means_nothing() {
        let long = format!(r#"{{"type": "mark", "data": {{"name": "{}"}}}}"#, "x".repeat(300));
        let longer = "x".repeat(5000);
        for text in ["", "{}", "null", r#"{"type": "mark"}"#, r#"{"type": "new"}"#, "[[[[", &long, &longer] {
            assert_eq!(parse(text), Said::Unknown, "{text}");
        }
    }

    #[test]
    fn names_are_told_as_they_came_whatever_is_in_them() {
        let text = mark(&Mark { name: "\"}\n标".into(), fate: Fate::Cleared });
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&read["data"]["name"], &read["data"]["event"]), (&"\"}\n标".into(), &"cleared".into()));
    }

    #[test]
    fn samples_may_be_cut_anywhere() {
        let mut samples = Samples::default();
        let read: Vec<i16> = [&[1, 0, 2][..], &[0], &[], &[255, 255, 3], &[0]]
            .into_iter()
            .flat_map(|octets| samples.read(octets))
            .collect();
        assert_eq!(read, [1, 2, -1, 3]);
    }
}
