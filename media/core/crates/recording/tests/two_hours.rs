//! Two phones talk for two hours, each by a clock of its own over a bad network, in virtual time: the channels must agree
//! on when things were said.

use audio::g711::Law;
use recording::stereo::Stereo;
use rtp::packet::Header;

const HZ: i64 = 8000;
const TWO_HOURS: i64 = 2 * 3600 * HZ;
/// No more than 20 ms between the channels.
const ALIGNMENT: i64 = 160;
/// How long the network takes at least.
const PATH: i64 = 240;
/// How long the sound is that both phones hear at every whole second.
const PULSE: i64 = 320;
/// So long after a jump a packet's own delay is all that is known of the stream.
const SETTLING: i64 = HZ;

/// A repeatable source of bad luck.
struct Luck(u64);

impl Luck {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as i64
    }

    fn once_in(&mut self, packets: i64) -> bool {
        self.below(packets) == 0
    }
}

/// A packet as it arrives.
struct Arrived {
    at: i64,
    header: Header,
    octets: Vec<u8>,
    law: Law,
}

/// A phone and the network between us.
struct Phone {
    luck: Luck,
    /// How much faster than ours its clock runs.
    fast_ppm: i64,
    /// How far it has come, by its clock.
    said: i64,
    header: Header,
    /// Between its clock and its timestamps.
    offset: i64,
    law: Law,
    packet: i64,
    /// Until then nothing is sent: nobody speaks, or it is on hold.
    quiet_until: i64,
    /// When it made a new beginning, by our clock.
    jumps: Vec<i64>,
    arrived: Vec<Arrived>,
}

impl Phone {
    /// All it sends in two hours, as it arrives.
    fn talk(seed: u64, fast_ppm: i64) -> Self {
        let ssrc = seed as u32;
        let mut phone = Self {
            luck: Luck(seed * 0x9e37_79b9),
            fast_ppm,
            said: 0,
            header: Header { marker: false, payload_type: 8, sequence: 65_000, timestamp: 0, ssrc },
            offset: (seed as i64) << 20,
            law: Law::Pcma,
            packet: 160,
            quiet_until: 0,
            jumps: vec![0],
            arrived: Vec::new(),
        };
        while phone.real(phone.said) < TWO_HOURS {
            phone.say_packet();
            phone.change_something();
        }
        phone.arrived.sort_by_key(|packet| packet.at);
        phone
    }

    /// A moment of its clock by ours.
    fn real(&self, own: i64) -> i64 {
        own - own * self.fast_ppm / 1_000_000
    }

    fn say_packet(&mut self) {
        let begin = self.said;
        self.said += self.packet;
        if begin < self.quiet_until {
            return;
        }
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.timestamp = (begin + self.offset) as u32;
        if self.luck.once_in(30) {
            return;
        }
        let sounds = |own: i64| self.real(own) % HZ < PULSE;
        let octets =
            (begin..self.said).map(|own| self.law.encode(if sounds(own) { 8000 } else { 100 })).collect();
        let late = if self.luck.once_in(50) { 800 } else { 160 };
        let at = self.real(self.said) + PATH + self.luck.below(late);
        self.arrived.push(Arrived { at, header: self.header, octets, law: self.law });
    }

    fn change_something(&mut self) {
        if self.luck.once_in(2000) {
            self.quiet_until = self.said + self.luck.below(20 * HZ);
        }
        if self.luck.once_in(10_000) {
            self.law = if self.law == Law::Pcma { Law::Pcmu } else { Law::Pcma };
        }
        if self.luck.once_in(10_000) {
            self.packet = [80, 160, 240, 320, 480][self.luck.below(5) as usize];
        }
        if self.luck.once_in(20_000) {
            self.jump();
        }
        if self.luck.once_in(80_000) {
            self.quiet_until = self.said + self.luck.below(600 * HZ);
            self.header.ssrc += 1000;
            self.jump();
        }
    }

    fn jump(&mut self) {
        self.offset += (1 << 20) + self.luck.below(1 << 31);
        self.jumps.push(self.real(self.said.max(self.quiet_until)));
    }

    fn has_settled(&self, at: i64) -> bool {
        !self.jumps.iter().any(|&jump| (jump - HZ..jump + SETTLING).contains(&at))
    }
}

/// What lies on both channels.
fn record(customer: &Phone, agent: &Phone) -> [Vec<i16>; 2] {
    let mut stereo = Stereo::default();
    let mut channels = [Vec::new(), Vec::new()];
    let [mut left, mut right] = [customer, agent].map(|phone| phone.arrived.iter().peekable());
    for now in (0..=TWO_HOURS).step_by(4000) {
        while let Some(packet) = left.next_if(|packet| packet.at < now) {
            stereo.customer.place(&packet.header, &packet.octets, packet.law, packet.at);
        }
        while let Some(packet) = right.next_if(|packet| packet.at < now) {
            stereo.agent.place(&packet.header, &packet.octets, packet.law, packet.at);
        }
        let next = if now == TWO_HOURS { Stereo::take_rest } else { Stereo::take_settled };
        for block in std::iter::from_fn(|| next(&mut stereo, now as u64)) {
            for frame in block.chunks_exact(4) {
                channels[0].push(i16::from_le_bytes([frame[0], frame[1]]));
                channels[1].push(i16::from_le_bytes([frame[2], frame[3]]));
            }
        }
    }
    channels
}

/// By the second: where its pulse begins. What was lost is silence, which no phone sends; a pulse of which
/// the beginning was lost does not count.
fn pulses(samples: &[i16]) -> impl Iterator<Item = (i64, i64)> {
    let begins = |at: &usize| samples[*at] > 4000 && samples[at - 1] != 0 && samples[at - 1] < 4000;
    (1..samples.len()).filter(begins).map(|at| (at as i64 / HZ, at as i64))
}

#[test]
fn in_two_hours_the_channels_are_never_more_than_20_ms_apart() {
    for (seed, clocks) in [(1, [200, -200]), (2, [-200, 200]), (3, [100, 35]), (4, [0, -200])] {
        let customer = Phone::talk(seed, clocks[0]);
        let agent = Phone::talk(100 + seed, clocks[1]);
        let [left, right] = record(&customer, &agent);
        assert_eq!(left.len(), right.len());
        let over = left.len() as i64 - TWO_HOURS;
        assert!((0..ALIGNMENT).contains(&over), "seed {seed}: {over} samples too long");
        let agents: std::collections::HashMap<i64, i64> = pulses(&right).collect();
        let (mut both, mut worst) = (0, 0);
        for (second, at) in pulses(&left) {
            let settled = customer.has_settled(at) && agent.has_settled(at);
            if let Some(other) = agents.get(&second).filter(|_| settled) {
                both += 1;
                worst = worst.max((at - other).abs());
            }
        }
        println!("seed {seed}: {both} seconds heard on both channels, at most {worst} samples apart");
        assert!(both > 1000, "seed {seed}: {both}");
        assert!(worst <= ALIGNMENT, "seed {seed}: {worst} samples apart");
    }
}
