//! Packets of a peer, which go on as ours while nothing of our own is said.

use rtp::outgoing::Cut;
use rtp::packet::Header;

use super::Speaker;
use crate::intake::Received;
use crate::settings::Settings;
use crate::translation::payload_type_for;

impl Speaker {
    /// Our header for a packet of the peer; None when it is not to be sent.
    pub fn relay(&mut self, received: &Received, settings: &Settings, now_us: u64) -> Option<Header> {
        let payload_type = self.turn_to(received, settings)?;
        self.stream.relay(&received.header, !received.is_key(), payload_type, now_us)
    }

    /// Our headers for the pieces of a peer's packet, each of our packet time; None when it is not to be sent.
    pub fn relay_cut(
        &mut self,
        received: &Received,
        pieces: u16,
        settings: &Settings,
        now_us: u64,
    ) -> Option<impl Iterator<Item = Header> + use<>> {
        let payload_type = self.turn_to(received, settings)?;
        let cut = Cut { pieces, ticks: settings.codec.ticks(settings.ptime_ms) };
        self.stream.relay_cut(&received.header, cut, payload_type, now_us)
    }

    /// The payload type of a packet of the peer that is said next; None when it is not to be sent.
    fn turn_to(&mut self, received: &Received, settings: &Settings) -> Option<u8> {
        if self.is_busy() {
            return None;
        }
        let payload_type = payload_type_for(received.content, settings);
        if payload_type.is_some() {
            self.from_mix.even = false;
        } else {
            self.stream.pass_over(&received.header);
        }
        payload_type
    }
}
