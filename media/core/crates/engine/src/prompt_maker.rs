//! A thread that makes the packets of prompts ahead, so that a thousand who hear one cost one encoding.

use std::io;
use std::sync::Arc;
use std::thread;

use audio::codec::Codec;
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::prompt::Prompt;

/// Orders that may wait; one that finds no room is given again by the next who hears the prompt.
const MAX_WAITING: usize = 256;

/// A prompt, and where its first packet is to begin.
type Order = (Arc<Prompt>, Codec, usize);

/// Where orders are given. The thread ends when this is dropped, after the prompt it is at.
#[derive(Debug)]
pub struct PromptMaker {
    orders: Sender<Order>,
}

impl PromptMaker {
    pub fn start() -> io::Result<Self> {
        let (orders, received) = bounded(MAX_WAITING);
        thread::Builder::new().name("prompts".into()).spawn(move || make(&received))?;
        Ok(Self { orders })
    }

    /// See that the packets of a codec will be there; until then each who hears the prompt is encoded for alone.
    pub fn order(&self, prompt: &Arc<Prompt>, codec: Codec, phase: usize) {
        if prompt.wants_packets(codec, phase) {
            let _ = self.orders.try_send((prompt.clone(), codec, phase));
        }
    }
}

fn make(orders: &Receiver<Order>) {
    for (prompt, codec, phase) in orders {
        prompt.make_packets(codec, phase);
    }
}
