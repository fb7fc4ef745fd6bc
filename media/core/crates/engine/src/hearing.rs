//! What a leg says as samples in an even beat: its jitter buffer and decoder.
//!
//! It exists only while somebody needs the samples: a mix, a fork, or a recording or whoever listens for keys when
//! packets of G.711 do not serve.

use audio::codec::Codec;
use audio::jitter_buffer::tape::Tape;
use audio::jitter_buffer::{Arrival, Delays, JitterBuffer};

use rtp::packet::Header;

use crate::converter::Converter;
use crate::intake::{Content, Received};
use crate::mix::MAX_FRAME;
use crate::said::Sayings;

/// The longest payload of G.711 that is turned into the other law.
const MAX_OTHER_LAW: usize = 480;

/// Hears one leg.
#[derive(Debug)]
pub struct Hearing {
    buffer: JitterBuffer,
    frame: Box<[i16; MAX_FRAME]>,
    /// The frame is worth hearing.
    heard: bool,
    for_mix: Converter,
    sayings: Sayings,
}

impl Hearing {
    /// None when nothing can be heard of this codec; `seed` is for comfort noise.
    pub fn new(codec: Codec, seed: u32) -> Option<Self> {
        Some(Self {
            buffer: JitterBuffer::new(codec, Delays::default(), seed)?,
            frame: Box::new([0; MAX_FRAME]),
            heard: false,
            for_mix: Converter::default(),
            sayings: Sayings::of(codec),
        })
    }

    pub fn codec(&self) -> Codec {
        self.buffer.codec()
    }

    /// Take a packet of the leg.
    pub fn take(&mut self, received: &Received, payload: &[u8]) {
        match received.content {
            Content::Audio(codec) if codec == self.codec() => self.put(received, payload, false),
            Content::Audio(codec) => self.take_other_law(codec, received, payload),
            Content::Noise => self.put(received, payload, true),
            Content::Keys { .. } | Content::Hidden => {}
        }
    }

    /// Whether a packet goes on with what was heard. Before another, what was is to be heard out.
    pub fn goes_on(&self, header: &Header) -> bool {
        let near = self.buffer.reaches(header.timestamp) || self.sayings.goes_on(header.timestamp);
        self.buffer.hears(header.ssrc) && near
    }

    /// Whether something is to be taken from the tape.
    pub fn has_said(&self) -> bool {
        self.buffer.has_said()
    }

    /// Have all that came on the tape now.
    pub fn hurry(&mut self) {
        self.buffer.hurry();
    }

    /// Go on by one beat of 20 ms.
    pub fn beat(&mut self) {
        let length = self.codec().samples(20);
        self.heard = self.buffer.pull(&mut self.frame[..length]);
    }

    /// Nobody is to hear this beat any more.
    pub fn hide(&mut self) {
        self.frame.fill(0);
        self.heard = false;
    }

    /// The beat's samples at the codec's `rate_hz`.
    pub fn frame(&self) -> &[i16] {
        &self.frame[..self.codec().samples(20)]
    }

    /// The beat's samples at the rate of a mix. False when there is nothing to hear.
    pub fn mixed(&mut self, rate_hz: u32, out: &mut [i16]) -> bool {
        let codec = self.codec();
        self.for_mix.convert(&self.frame[..codec.samples(20)], codec.rate_hz(), rate_hz, out);
        self.heard
    }

    /// What was decoded, by when it was said.
    pub fn tape(&mut self) -> &mut Tape {
        self.buffer.tape()
    }

    /// Makes of it what recordings hold.
    pub fn sayings(&mut self) -> &mut Sayings {
        &mut self.sayings
    }

    /// Whether somebody takes the tape after each beat.
    pub fn keep_tape(&mut self, wanted: bool) {
        if wanted {
            self.buffer.tape();
        } else {
            self.buffer.drop_tape();
        }
    }

    /// A phone may send the other law at any time, if both were offered (RFC 3264 §5.1).
    fn take_other_law(&mut self, codec: Codec, received: &Received, payload: &[u8]) {
        let (Some(law), Some(_)) = (codec.law(), self.codec().law()) else { return };
        let mut octets = [0; MAX_OTHER_LAW];
        let Some(octets) = octets.get_mut(..payload.len()) else { return };
        octets.copy_from_slice(payload);
        law.to_other_law(octets);
        self.put(received, octets, false);
    }

    fn put(&mut self, received: &Received, payload: &[u8], noise: bool) {
        let header = &received.header;
        self.buffer.put(&Arrival {
            ssrc: header.ssrc,
            sequence: header.sequence,
            timestamp: header.timestamp,
            noise,
            payload,
        });
    }
}
