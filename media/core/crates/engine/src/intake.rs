//! The receiving side of a leg: which datagrams are taken, and what they tell.

use std::net::SocketAddr;
use std::ops::Range;

use audio::codec::Codec;
use rtp::digit_receiver::{DigitReceiver, KeyPress};
use rtp::packet::{Header, Packet};
use rtp::reception::Reception;
use rtp::telephone_event::TelephoneEvent;

use crate::events::{EndpointId, Event, KeySource};
use crate::latch::{Admission, Latch};
use crate::rules::Latching;
use crate::settings::Settings;

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    Audio(Codec),
    /// What a pause sounds like (RFC 3389).
    Noise,
    /// A telephone-event (RFC 4733), which counts by this clock.
    Keys {
        clock_hz: u32,
    },
    /// Whatever it is, nobody is to know.
    Hidden,
}

/// A packet taken from the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub header: Header,
    /// Where in the datagram.
    pub payload: Range<usize>,
    pub content: Content,
}

impl Received {
    pub fn is_key(&self) -> bool {
        matches!(self.content, Content::Keys { .. })
    }

    /// How much sound of the peer it is, in the datagram it came in.
    pub fn audio_ms(&self, datagram: &[u8]) -> u32 {
        match self.content {
            Content::Audio(codec) => codec.narrow_samples_in(&datagram[self.payload.clone()]) as u32 / 8,
            _ => 0,
        }
    }

    /// The same behind a mask.
    #[must_use]
    pub fn hidden(self) -> Self {
        Self { content: Content::Hidden, ..self }
    }

    /// What its timestamp counts by; None for a key, which keeps its first.
    fn audio_clock_hz(&self, settings: &Settings) -> Option<u32> {
        match self.content {
            Content::Audio(codec) => Some(codec.clock_hz()),
            Content::Noise => Some(settings.codec.clock_hz()),
            Content::Keys { .. } | Content::Hidden => None,
        }
    }
}

/// What one leg hears.
#[derive(Debug)]
pub struct Intake {
    endpoint: EndpointId,
    pub latch: Latch,
    pub reception: Reception,
    pub digits: DigitReceiver,
    /// While what the peer says and presses is hidden.
    pub masked_until_us: Option<u64>,
    pub packets: u64,
    pub bytes: u64,
    pub dropped: u64,
    /// Of those dropped.
    pub forged: u64,
    /// Since when silence counts; None while none is expected or after it was reported.
    listening_since_us: Option<u64>,
    /// While no voice is expected, but the peer reports: since when it has not even done that.
    reports_since_us: Option<u64>,
    /// Since when it is silent that was reported lost.
    lost_since_us: Option<u64>,
}

impl Intake {
    pub fn new(endpoint: EndpointId, latching: Latching) -> Self {
        Self {
            endpoint,
            latch: Latch::new(latching),
            reception: Reception::default(),
            digits: DigitReceiver::default(),
            masked_until_us: None,
            packets: 0,
            bytes: 0,
            dropped: 0,
            forged: 0,
            listening_since_us: None,
            reports_since_us: None,
            lost_since_us: None,
        }
    }

    /// The peer's settings are these from now on.
    pub fn configure(&mut self, settings: &Settings, now_us: u64) {
        self.latch.offer(settings.remote);
        self.listening_since_us = settings.expects_voice().then_some(now_us);
        self.reports_since_us = None;
    }

    /// The peer reported. One that does so while voice flows one way or not at all is expected to go on: there are
    /// phones that fall silent when they hold, and those have not reported since.
    pub fn note_report(&mut self, settings: &Settings, now_us: u64, events: &mut Vec<Event>) {
        if settings.answered && !settings.expects_voice() {
            self.reports_since_us = Some(now_us);
            self.tell_resumed(now_us, events);
        }
    }

    /// Judge one datagram; None when it is dropped. What it tells goes to `events`.
    pub fn receive(
        &mut self,
        datagram: &[u8],
        source: SocketAddr,
        settings: Option<&Settings>,
        now_us: u64,
        events: &mut Vec<Event>,
    ) -> Option<Received> {
        let taken = settings.and_then(|settings| self.take(datagram, source, settings, now_us, events));
        self.dropped += u64::from(taken.is_none());
        taken
    }

    /// The peer proved by ICE to be there.
    pub fn prove_path(&mut self, path: SocketAddr, events: &mut Vec<Event>) {
        self.latch.prove(path);
        events.push(Event::MediaStarted { endpoint: self.endpoint, source: path });
    }

    /// A datagram came that the peer's keys did not make, or that came before.
    pub fn count_forged(&mut self) {
        self.dropped += 1;
        self.forged += 1;
    }

    /// Whether what the peer says and presses is hidden.
    pub fn is_masked(&self) -> bool {
        self.masked_until_us.is_some()
    }

    /// A press whose end never came is over.
    pub fn expire_digit(&mut self, now_us: u64, events: &mut Vec<Event>) {
        let (endpoint, masked) = (self.endpoint, self.is_masked());
        events.extend(self.digits.expire(now_us).map(|press| digit_detected(endpoint, press, masked)));
    }

    /// Report a leg that ought to be heard and has not been for `timeout_us`, once; 0 is never.
    pub fn check_silence(&mut self, timeout_us: u64, now_us: u64, events: &mut Vec<Event>) {
        let Some(since_us) = self.listening_since_us.or(self.reports_since_us) else { return };
        let silent_us = now_us.saturating_sub(since_us);
        if timeout_us > 0 && silent_us >= timeout_us {
            (self.listening_since_us, self.reports_since_us) = (None, None);
            self.lost_since_us = Some(since_us);
            events.push(Event::MediaLost { endpoint: self.endpoint, silent_us });
        }
    }

    fn take(
        &mut self,
        datagram: &[u8],
        source: SocketAddr,
        settings: &Settings,
        now_us: u64,
        events: &mut Vec<Event>,
    ) -> Option<Received> {
        let received = recognise(datagram, settings)?;
        if !self.admit(source, settings, now_us, events) {
            return None;
        }
        self.reception.count(&received.header, received.audio_clock_hz(settings), now_us);
        if let Content::Keys { clock_hz } = received.content
            && settings.receiving
            && !self.hear_digit(datagram, &received, clock_hz, now_us, events)
        {
            return None;
        }
        self.packets += 1;
        self.bytes += datagram.len() as u64;
        self.listening_since_us = settings.expects_voice().then_some(now_us);
        self.reports_since_us = self.reports_since_us.map(|_| now_us);
        self.tell_resumed(now_us, events);
        settings.receiving.then_some(received)
    }

    fn tell_resumed(&mut self, now_us: u64, events: &mut Vec<Event>) {
        if let Some(since_us) = self.lost_since_us.take() {
            let silent_us = now_us.saturating_sub(since_us);
            events.push(Event::MediaResumed { endpoint: self.endpoint, silent_us });
        }
    }

    fn admit(
        &mut self,
        source: SocketAddr,
        settings: &Settings,
        now_us: u64,
        events: &mut Vec<Event>,
    ) -> bool {
        if !settings.receiving {
            return self.latch.knows(source);
        }
        match self.latch.admit(source, now_us) {
            Admission::Known => true,
            Admission::Latched => {
                events.push(Event::MediaStarted { endpoint: self.endpoint, source });
                true
            }
            Admission::Stranger => false,
        }
    }

    /// False when it is dropped, for coming faster than keys can be pressed.
    fn hear_digit(
        &mut self,
        datagram: &[u8],
        received: &Received,
        clock_hz: u32,
        now_us: u64,
        events: &mut Vec<Event>,
    ) -> bool {
        // One that is cut tells nothing; whom it is relayed to may see more in it.
        let Some(event) = TelephoneEvent::parse(&datagram[received.payload.clone()]) else { return true };
        let Header { timestamp, ssrc, .. } = received.header;
        let (endpoint, masked) = (self.endpoint, self.is_masked());
        let report = |press| events.push(digit_detected(endpoint, press, masked));
        self.digits.receive(event, timestamp, ssrc, clock_hz, now_us, report)
    }
}

/// What a packet carries, by its payload type: the numbers agreed on, then the static ones of both laws.
///
/// We offer both, and who offers several must take any of them at any time (RFC 3264 §5.1).
fn recognise(datagram: &[u8], settings: &Settings) -> Option<Received> {
    let Packet { header, payload } = Packet::parse(datagram).ok()?;
    let content = match header.payload_type {
        audio if audio == settings.payload_type => Content::Audio(settings.codec),
        event if Some(event) == settings.dtmf_payload_type => {
            Content::Keys { clock_hz: settings.dtmf_clock_hz }
        }
        noise if Some(noise) == settings.noise_payload_type => Content::Noise,
        other => Content::Audio(Codec::of_payload_type(other).filter(|codec| codec.law().is_some())?),
    };
    Some(Received { header, payload, content })
}

fn digit_detected(endpoint: EndpointId, press: KeyPress, masked: bool) -> Event {
    let KeyPress { digit, duration_ms } = press;
    Event::DigitDetected { endpoint, digit, duration_ms, source: KeySource::Events, masked }
}
