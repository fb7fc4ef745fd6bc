//! Our own compound packets.

use super::report::{ReportBlock, SenderInfo};
use super::voip::VoipMetrics;
use super::{
    EXTENDED_REPORT, GOODBYE, HEADER_LENGTH, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION, VERSION,
};

/// The longest compound we write.
pub const MAX_LENGTH: usize = 192;
const CNAME: u8 = 1;
const CNAME_LENGTH: usize = 16;
const TYPE_SPECIFIC: u8 = 0;

/// One compound packet of a leg: what it sends, what it hears.
#[derive(Clone, Copy, Debug)]
pub struct OwnPacket {
    pub ssrc: u32,
    /// A name that stays when the SSRC changes, in hexadecimal; random, so that it tells nothing (RFC 7022 §4.2).
    pub name: u64,
    /// None while nothing was sent since the report before.
    pub sender: Option<SenderInfo>,
    /// None while nothing is heard.
    pub block: Option<ReportBlock>,
    pub voip: Option<VoipMetrics>,
    /// The leg is over.
    pub goodbye: bool,
}

impl OwnPacket {
    /// Its octets in `buffer`.
    pub fn write<'a>(&self, buffer: &'a mut [u8; MAX_LENGTH]) -> &'a [u8] {
        let mut writer = Writer { buffer, length: 0 };
        self.put_report(&mut writer);
        self.put_name(&mut writer);
        if let Some(metrics) = &self.voip {
            writer.packet(0, EXTENDED_REPORT, |body| {
                body.word(self.ssrc);
                body.octets(&[VoipMetrics::BLOCK_TYPE, TYPE_SPECIFIC, 0, (VoipMetrics::LENGTH / 4) as u8]);
                body.octets(&metrics.to_bytes());
            });
        }
        if self.goodbye {
            writer.packet(1, GOODBYE, |body| body.word(self.ssrc));
        }
        let Writer { buffer, length } = writer;
        &buffer[..length]
    }

    fn put_report(&self, writer: &mut Writer) {
        let kind = if self.sender.is_some() { SENDER_REPORT } else { RECEIVER_REPORT };
        writer.packet(u8::from(self.block.is_some()), kind, |body| {
            body.word(self.ssrc);
            self.sender.iter().flat_map(SenderInfo::words).for_each(|word| body.word(word));
            self.block.iter().flat_map(ReportBlock::words).for_each(|word| body.word(word));
        });
    }

    /// Every compound names its source (RFC 3550 §6.1); a chunk ends with at least one zero (§6.5).
    fn put_name(&self, writer: &mut Writer) {
        const CHUNK_END: [u8; 2] = [0; 2];
        writer.packet(1, SOURCE_DESCRIPTION, |body| {
            body.word(self.ssrc);
            body.octets(&[CNAME, CNAME_LENGTH as u8]);
            body.octets(&hexadecimal(self.name));
            body.octets(&CHUNK_END);
        });
    }
}

struct Writer<'a> {
    buffer: &'a mut [u8; MAX_LENGTH],
    length: usize,
}

impl Writer<'_> {
    /// One packet of whole words; its length is known when its body is written.
    fn packet(&mut self, count: u8, kind: u8, put_body: impl FnOnce(&mut Self)) {
        let start = self.length;
        self.octets(&[VERSION << 6 | count, kind, 0, 0]);
        put_body(self);
        let words = (self.length - start - HEADER_LENGTH) / 4;
        self.buffer[start + 2..start + HEADER_LENGTH].copy_from_slice(&(words as u16).to_be_bytes());
    }

    fn word(&mut self, word: u32) {
        self.octets(&word.to_be_bytes());
    }

    fn octets(&mut self, octets: &[u8]) {
        self.buffer[self.length..self.length + octets.len()].copy_from_slice(octets);
        self.length += octets.len();
    }
}

fn hexadecimal(name: u64) -> [u8; CNAME_LENGTH] {
    std::array::from_fn(|index| b"0123456789abcdef"[(name >> (60 - 4 * index)) as usize & 0xf])
}

#[cfg(test)]
mod tests {
    use super::super::{Compound, Item};
    use super::*;

    const SENDER: SenderInfo = SenderInfo { ntp: 0x1_2345_6789, timestamp: 800, packets: 5, octets: 800 };
    const BLOCK: ReportBlock = ReportBlock {
        ssrc: 9,
        fraction_lost: 1,
        lost: -2,
        highest_sequence: 0x2_0001,
        jitter: 3,
        last_sr: 4,
        delay_since_sr: 5,
    };
    const METRICS: VoipMetrics = VoipMetrics {
        ssrc: 9,
        loss: 1,
        discarded: 2,
        round_trip_ms: 30,
        end_system_delay_ms: 40,
        r_factor: 90,
        mos_lq: 43,
        mos_cq: 42,
        buffer_ms: 50,
    };
    const ALL: OwnPacket = OwnPacket {
        ssrc: 7,
        name: 0xfeed,
        sender: Some(SENDER),
        block: Some(BLOCK),
        voip: Some(METRICS),
        goodbye: true,
    };

    fn told(packet: OwnPacket) -> Vec<Item> {
        Compound::parse(packet.write(&mut [0; MAX_LENGTH])).unwrap().items().collect()
    }

    #[test]
    fn all_that_can_be_said_fits_and_is_read_again() {
        let items = [
            Item::Sender { from: 7, info: SENDER },
            Item::Report { from: 7, block: BLOCK },
            Item::Voip { from: 7, metrics: METRICS },
            Item::Goodbye { from: 7 },
        ];
        assert_eq!(told(ALL), items);
    }

    #[test]
    fn who_sends_and_hears_nothing_says_so() {
        let nothing = OwnPacket { sender: None, block: None, voip: None, goodbye: false, ..ALL };
        assert_eq!(told(nothing), [Item::HearsNobody { from: 7 }]);
    }

    #[test]
    fn the_name_is_hexadecimal_and_its_chunk_ends_with_a_zero() {
        let nothing = OwnPacket { sender: None, block: None, voip: None, goodbye: false, ..ALL };
        let mut buffer = [0; MAX_LENGTH];
        let name = &nothing.write(&mut buffer)[8..];
        assert_eq!(name[..10], [0x81, 202, 0, 6, 0, 0, 0, 7, CNAME, 16]);
        assert_eq!(&name[10..], b"000000000000feed\0\0");
    }
}
