//! Reading a peer's compound packets.

use std::fmt;

use super::report::{ReportBlock, SenderInfo};
use super::voip::VoipMetrics;
use super::{EXTENDED_REPORT, GOODBYE, HEADER_LENGTH, RECEIVER_REPORT, SENDER_REPORT, VERSION};

/// A datagram whose packets fit one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Compound<'a> {
    datagram: &'a [u8],
}

/// One thing a compound packet tells. `from` is the source that tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Sender {
        from: u32,
        info: SenderInfo,
    },
    /// A report without a block: the reporter hears nobody.
    HearsNobody {
        from: u32,
    },
    Report {
        from: u32,
        block: ReportBlock,
    },
    Voip {
        from: u32,
        metrics: VoipMetrics,
    },
    Goodbye {
        from: u32,
    },
}

/// Why a datagram is not RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    TooShort,
    WrongVersion,
    NoReport,
    LengthsDoNotFit,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "shorter than an RTCP header",
            Self::WrongVersion => "not RTCP version 2",
            Self::NoReport => "does not begin with a sender or receiver report",
            Self::LengthsDoNotFit => "the lengths of its packets do not fit the datagram",
        })
    }
}

impl std::error::Error for Malformed {}

/// One packet of a compound.
#[derive(Clone, Copy)]
struct Part<'a> {
    kind: u8,
    count: u8,
    /// Behind the header, without padding.
    body: &'a [u8],
}

impl<'a> Compound<'a> {
    /// Check a datagram as RFC 3550 §A.2 does. Padding is read past, wherever it stands: some phones pad each packet.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, Malformed> {
        let &[flags, kind, ..] = datagram else { return Err(Malformed::TooShort) };
        if flags >> 6 != VERSION {
            return Err(Malformed::WrongVersion);
        }
        if ![SENDER_REPORT, RECEIVER_REPORT].contains(&kind) {
            return Err(Malformed::NoReport);
        }
        let mut rest = datagram;
        while !rest.is_empty() {
            (_, rest) = split(rest).ok_or(Malformed::LengthsDoNotFit)?;
        }
        Ok(Self { datagram })
    }

    /// What it tells, in its order.
    pub fn items(&self) -> impl Iterator<Item = Item> + 'a {
        let mut rest = self.datagram;
        let parts = std::iter::from_fn(move || {
            let (part, after) = split(rest)?;
            rest = after;
            Some(part)
        });
        parts.flat_map(items)
    }
}

/// The first packet and what follows it; None when it is cut.
fn split(bytes: &[u8]) -> Option<(Part<'_>, &[u8])> {
    let &[flags, kind, high, low] = bytes.first_chunk()?;
    let length = HEADER_LENGTH + 4 * usize::from(u16::from_be_bytes([high, low]));
    let (packet, rest) = bytes.split_at_checked(length).filter(|_| flags >> 6 == VERSION)?;
    let padding = if flags & 0x20 == 0 { 0 } else { usize::from(*packet.last()?) };
    let body = packet.get(HEADER_LENGTH..length.checked_sub(padding)?)?;
    Some((Part { kind, count: flags & 0x1f, body }, rest))
}

fn items(part: Part<'_>) -> impl Iterator<Item = Item> + '_ {
    let (from, body) = part
        .body
        .split_first_chunk()
        .map_or((0, part.body), |(from, body)| (u32::from_be_bytes(*from), body));
    let sender = sender_info(part.kind, body).map(|info| Item::Sender { from, info });
    let blocks = report_blocks(part.kind, part.count, body).map(move |block| Item::Report { from, block });
    let is_report = [SENDER_REPORT, RECEIVER_REPORT].contains(&part.kind);
    let nobody = (is_report && part.count == 0).then_some(Item::HearsNobody { from });
    let voip = voip_metrics(part.kind, body).map(move |metrics| Item::Voip { from, metrics });
    let goodbyes = goodbyes(part).map(|from| Item::Goodbye { from });
    sender.into_iter().chain(nobody).chain(blocks).chain(voip).chain(goodbyes)
}

fn sender_info(kind: u8, body: &[u8]) -> Option<SenderInfo> {
    body.first_chunk().filter(|_| kind == SENDER_REPORT).map(SenderInfo::read)
}

fn report_blocks(kind: u8, count: u8, body: &[u8]) -> impl Iterator<Item = ReportBlock> + '_ {
    let blocks = match kind {
        SENDER_REPORT => body.get(SenderInfo::LENGTH..).unwrap_or_default(),
        RECEIVER_REPORT => body,
        _ => &[],
    };
    blocks.as_chunks().0.iter().take(count.into()).map(ReportBlock::read)
}

fn voip_metrics(kind: u8, body: &[u8]) -> impl Iterator<Item = VoipMetrics> + '_ {
    let mut rest = if kind == EXTENDED_REPORT { body } else { &[] };
    let blocks = std::iter::from_fn(move || {
        let (&[block_type, _, high, low], after) = rest.split_first_chunk()?;
        let length = 4 * usize::from(u16::from_be_bytes([high, low]));
        let (block, after) = after.split_at_checked(length)?;
        rest = after;
        Some((block_type, block))
    });
    blocks
        .filter(|(block_type, _)| *block_type == VoipMetrics::BLOCK_TYPE)
        .filter_map(|(_, block)| block.first_chunk().map(VoipMetrics::read))
}

fn goodbyes(part: Part<'_>) -> impl Iterator<Item = u32> + '_ {
    let leaving = if part.kind == GOODBYE { part.body } else { &[] };
    leaving.as_chunks().0.iter().take(part.count.into()).map(|ssrc| u32::from_be_bytes(*ssrc))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet of a compound: its flags and count, type, and words.
    fn packet(flags: u8, kind: u8, words: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0x80 | flags, kind];
        bytes.extend_from_slice(&(words.len() as u16).to_be_bytes());
        bytes.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        bytes
    }

    fn items(datagram: &[u8]) -> Vec<Item> {
        Compound::parse(datagram).unwrap().items().collect()
    }

    #[test]
    fn a_sender_report_tells_of_the_sender_and_of_whom_it_hears() {
        let bytes =
            packet(1, 200, &[7, 0x10, 0x8000_0000, 160, 50, 8000, 9, 0x4000_0003, 0x1_0005, 12, 34, 56]);
        let info = SenderInfo { ntp: 0x10_8000_0000, timestamp: 160, packets: 50, octets: 8000 };
        let block = ReportBlock {
            ssrc: 9,
            fraction_lost: 64,
            lost: 3,
            highest_sequence: 0x1_0005,
            jitter: 12,
            last_sr: 34,
            delay_since_sr: 56,
        };
        assert_eq!(items(&bytes), [Item::Sender { from: 7, info }, Item::Report { from: 7, block }]);
        assert_eq!(info.compact_ntp(), 0x10_8000);
    }

    #[test]
    fn a_compound_is_read_to_its_end_past_what_we_do_not_know() {
        let cname = packet(1, 202, &[7, 0x0102_6869, 0]);
        let application = packet(0, 204, &[7, 0x6e61_6d65]);
        let datagram = [packet(0, 201, &[7]), cname, application, packet(2, 203, &[7, 8])].concat();
        let told = [Item::HearsNobody { from: 7 }, Item::Goodbye { from: 7 }, Item::Goodbye { from: 8 }];
        assert_eq!(items(&datagram), told);
    }

    #[test]
    fn voip_metrics_are_found_among_other_blocks() {
        let mut words = vec![7, 0x0400_0002, 1, 2, 0x0700_0008, 9];
        words.extend([0; 7]);
        let datagram = [packet(0, 201, &[7]), packet(0, 207, &words)].concat();
        let told = items(&datagram);
        assert!(matches!(told[1], Item::Voip { from: 7, metrics } if metrics.ssrc == 9), "{told:?}");
    }

    #[test]
    fn more_blocks_than_fit_are_not_read() {
        assert_eq!(items(&packet(31, 201, &[7])), []);
        assert_eq!(items(&packet(3, 200, &[7, 0, 0])), []);
        let cut = [packet(0, 201, &[7]), packet(0, 207, &[7, 0x0700_00ff])].concat();
        assert_eq!(items(&cut), [Item::HearsNobody { from: 7 }]);
    }

    #[test]
    fn what_is_not_rtcp_is_refused() {
        let report = packet(0, 201, &[7]);
        let cases: [(&[u8], Malformed); 6] = [
            (&[], Malformed::TooShort),
            (&[0x00, 201, 0, 0], Malformed::WrongVersion),
            (&packet(0, 202, &[7]), Malformed::NoReport),
            (&report[..7], Malformed::LengthsDoNotFit),
            (&[&report[..], &[0x80]].concat(), Malformed::LengthsDoNotFit),
            (&packet(0x20, 201, &[255]), Malformed::LengthsDoNotFit),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Compound::parse(bytes).unwrap_err(), expected, "{bytes:?}");
        }
    }
}
