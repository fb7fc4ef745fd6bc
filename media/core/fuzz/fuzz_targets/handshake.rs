//! Two handshakes with each other over a network that delivers, loses, doubles, changes, cuts and postpones datagrams and
//! makes up its own: neither panics, and keys that both have fit each other.
//!
//! An octet for what becomes of the next datagram, with one or two behind it that say how.
#![no_main]

use std::collections::VecDeque;
use std::sync::LazyLock;
use std::time::Instant;

use engine::handshake::{Fingerprint, Handshake, Progress};
use engine::identity::Identity;
use engine::protection::Protection;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

static IDENTITY: LazyLock<(Identity, Fingerprint)> = LazyLock::new(|| {
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = rcgen::CertificateParams::default().self_signed(&key).expect("a certificate");
    let certificate = certificate.der().to_vec();
    let fingerprint = Sha256::digest(&certificate).into();
    (Identity::new(certificate, key.serialize_der()).expect("usable"), fingerprint)
});

struct Side {
    handshake: Handshake,
    keys: Option<Protection>,
}

impl Side {
    fn new(is_client: bool, epoch: Instant) -> Self {
        let (identity, fingerprint) = &*IDENTITY;
        Self { handshake: Handshake::new(identity, is_client, *fingerprint, epoch, 0), keys: None }
    }

    /// What it answers to a datagram, or says when time passes.
    fn go_on(&mut self, datagram: Option<&[u8]>, now_us: u64) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        let send = |datagram: &[u8]| said.push(datagram.to_vec());
        let progress = match datagram {
            Some(datagram) => self.handshake.take(datagram, now_us, send),
            None => self.handshake.wait(now_us, send),
        };
        if let Progress::Keyed(keys) = progress {
            assert!(self.keys.is_none(), "keyed twice");
            self.keys = Some(Protection::new(*keys));
        }
        said
    }
}

fuzz_target!(|input: &[u8]| {
    let epoch = Instant::now();
    let mut sides = [Side::new(true, epoch), Side::new(false, epoch)];
    let mut under_way: VecDeque<(usize, Vec<u8>)> = VecDeque::new();
    let mut now_us = 0;
    let mut octets = input.iter().copied();
    while let Some(what) = octets.next() {
        let mut next = || octets.next().unwrap_or(0);
        let (to, mut datagram) = match (what & 7, under_way.pop_front()) {
            (6, kept) => {
                kept.into_iter().for_each(|kept| under_way.push_front(kept));
                let length = next();
                (usize::from(what >> 7), (0..length).map(|_| next()).collect())
            }
            (7, kept) => {
                kept.into_iter().for_each(|kept| under_way.push_front(kept));
                now_us += u64::from(next()) * 100_000;
                for (side, other) in [(0, 1), (1, 0)] {
                    let said = sides[side].go_on(None, now_us);
                    under_way.extend(said.into_iter().map(|datagram| (other, datagram)));
                }
                continue;
            }
            (_, None) => continue,
            (_, Some(first)) => first,
        };
        match what & 7 {
            1 => continue,
            2 => under_way.push_back((to, datagram.clone())),
            3 => {
                let at = usize::from(next()) * 8 % datagram.len().max(1);
                let with = next();
                datagram.get_mut(at).into_iter().for_each(|octet| *octet ^= with);
            }
            4 => datagram.truncate(usize::from(next())),
            5 => {
                under_way.push_back((to, datagram));
                continue;
            }
            _ => {}
        }
        let said = sides[to].go_on(Some(&datagram), now_us);
        under_way.extend(said.into_iter().map(|datagram| (1 - to, datagram)));
    }
    let [client, server] = &mut sides;
    if let (Some(ours), Some(theirs)) = (&mut client.keys, &mut server.keys) {
        let mut packet = vec![0; 12 + 160 + 16];
        packet[0] = 0x80;
        let place = ours.protect_rtp(&mut packet, 0..172).expect("a packet");
        assert_eq!(theirs.open_rtp(&mut packet[place]), Ok(172));
    }
});
