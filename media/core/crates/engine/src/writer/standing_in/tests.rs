use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use super::*;
use crate::clock::Clock;
use crate::event_ring::EventRing;
use crate::events::Samples;
use crate::joiner::Joiner;
use crate::relief::Next;
use crate::storage::{Storage, Waiting, Writers};

/// How long a writer may take.
const LATE_US: u64 = 2_000_000;
/// Of the first recording.
const ID: RecordingId = 1;

/// A folder and a spool, each with its writer, and a moment between any two of the jobs they do.
struct House {
    place: PathBuf,
    storage: Storage,
    writers: Writers,
    home: Writer,
    spool: Writer,
    joiner: Joiner,
    facts: Arc<EventRing>,
    /// What the folder's disk hangs in.
    in_hand: Option<Waiting>,
}

impl House {
    fn new() -> Self {
        Self::patient(LATE_US)
    }

    /// One whose writers may take so long.
    fn patient(lagging_after_us: u64) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = std::env::temp_dir().join(format!("standing-in-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        let (folder, spool) = (place.join("home"), Some(place.join("spool")));
        let storage = Storage { folder, spool, lagging_after_us, ..Storage::default() };
        let (writers, mut ends) = Writers::new(&storage);
        let facts = Arc::new(EventRing::new().unwrap());
        let (door, joiner) = Joiner::new(Clock::start(), facts.clone(), storage.sync);
        let mut hire =
            || Writer::new(ends.remove(0), Clock::start(), facts.clone(), storage.clone(), door.clone());
        let (home, spool) = (hire(), hire());
        Self { place, storage, writers, home, spool, joiner, facts, in_hand: None }
    }

    fn send(&self, job: Job) {
        assert!(self.writers.try_send(0, job, 1));
    }

    fn open(&self, recording: RecordingId) {
        let (path, spooled) = self.storage.paths(&PathBuf::from(format!("{recording}.wav")), false);
        self.send(Job::Open { recording, path, spooled });
    }

    /// A block of one frame.
    fn say(&self, recording: RecordingId, word: u8) {
        self.send(Job::Append { recording, block: vec![word; 4] });
    }

    fn finish(&self, recording: RecordingId) {
        self.send(Job::Finish { recording, ending: Box::default() });
    }

    /// The folder's disk hangs in the next job there is.
    fn hang(&mut self) {
        if self.in_hand.is_some() {
            return;
        }
        match self.home.end.next(self.storage.format) {
            Next::Job(waiting) => {
                self.home.end.health.take(1); // the clock's first moment
                self.in_hand = Some(waiting);
            }
            Next::Relieved(relief) => self.home.take_back(relief),
            Next::Nothing | Next::Over => {}
        }
    }

    /// The spool's writer does one job of the other, if that is stuck.
    fn relieve(&mut self) -> bool {
        let charge = self.spool.end.charges[0].clone();
        self.spool.relieve(&charge, 1 + LATE_US)
    }

    fn relieve_all(&mut self) {
        while self.relieve() {}
    }

    /// The disk does what it hung in.
    fn go_on(&mut self) {
        if let Some((since_us, job)) = self.in_hand.take() {
            self.home.work_off(since_us, job);
        }
    }

    /// The folder's writer does all there is.
    fn work(&mut self) {
        self.go_on();
        loop {
            match self.home.end.next(self.storage.format) {
                Next::Job((since_us, job)) => self.home.work_off(since_us, job),
                Next::Relieved(relief) => self.home.take_back(relief),
                Next::Nothing | Next::Over => return,
            }
        }
    }

    fn told(&self) -> Vec<Told> {
        told(&self.facts)
    }

    /// Nothing comes any more, and what is parted is joined.
    fn close(self) -> (PathBuf, Vec<Told>) {
        let Self { place, home, spool, writers, joiner, facts, .. } = self;
        drop((home, spool, writers));
        joiner.run();
        (place, told(&facts))
    }
}

/// What was told of a recording, and where something of it was lost.
type Told = (&'static str, RecordingId, Vec<Samples>);

fn told(facts: &EventRing) -> Vec<Told> {
    let name = |event| match event {
        Event::RecordingStarted { recording, .. } => Some(("started", recording, vec![])),
        Event::RecordingWaiting { recording, .. } => Some(("waits", recording, vec![])),
        Event::RecordingFailed { recording, .. } => Some(("failed", recording, vec![])),
        Event::RecordingCompleted { recording, summary } => Some(("completed", recording, summary.unwritten)),
        _ => None,
    };
    facts.drain(1000).into_iter().filter_map(name).collect()
}

fn words(place: &std::path::Path, name: &str) -> Vec<u8> {
    let bytes = fs::read(place.join(name)).unwrap();
    bytes[44..].chunks_exact(4).map(|frame| frame[0]).collect()
}

#[test]
fn what_waits_for_a_disk_that_hangs_goes_on_in_the_spool_and_nothing_is_lost() {
    let mut house = House::new();
    house.open(ID);
    house.say(ID, 1);
    house.work();
    house.say(ID, 2);
    house.say(ID, 3);
    assert!(!house.relieve());
    house.hang();
    house.say(ID, 4);
    house.relieve_all();
    assert_eq!(words(&house.place, "spool/1.2.rest.wav"), [3, 4]);
    assert_eq!(house.told(), [("started", ID, vec![])]);
    house.finish(ID);
    house.relieve_all();
    assert_eq!(house.told(), [("waits", ID, vec![])]);
    house.work();
    let (place, told) = house.close();
    assert_eq!(told, [("completed", ID, vec![])]);
    assert_eq!(words(&place, "home/1.wav"), [1, 2, 3, 4]);
    assert_eq!(fs::read_dir(place.join("spool")).unwrap().count(), 0);
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_recording_that_began_while_the_disk_hung_is_whole_in_the_spool_and_does_not_wait_for_it() {
    let mut house = House::new();
    house.open(ID);
    house.hang();
    for recording in [2, 3] {
        house.open(recording);
        house.say(recording, 1);
    }
    house.finish(2);
    house.relieve_all();
    assert_eq!(house.told(), [("started", 2, vec![]), ("started", 3, vec![]), ("completed", 2, vec![])]);
    house.say(3, 2);
    house.finish(3);
    house.work();
    assert_eq!(house.told(), [("started", ID, vec![]), ("completed", 3, vec![])]);
    let (place, _) = house.close();
    assert_eq!((words(&place, "spool/2.wav"), words(&place, "spool/3.wav")), (vec![1], vec![1, 2]));
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn what_the_spool_did_not_take_is_told_and_the_rest_waits_for_the_disk() {
    let mut house = House::new();
    house.open(ID);
    house.say(ID, 1);
    house.work();
    fs::write(house.place.join("spool"), []).unwrap();
    for word in 2..6 {
        house.say(ID, word);
    }
    house.hang();
    house.relieve_all();
    house.finish(ID);
    house.work();
    let (place, told) = house.close();
    assert_eq!(told, [("started", ID, vec![]), ("completed", ID, vec![(2, 3)])]);
    assert_eq!(words(&place, "home/1.wav"), [1, 2, 0, 4, 5]);
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn of_a_recording_whose_file_cannot_be_made_after_all_nothing_stays_in_the_spool() {
    let mut house = House::new();
    fs::create_dir_all(&house.place).unwrap();
    fs::write(house.place.join("home"), []).unwrap();
    house.open(ID);
    house.say(ID, 1);
    house.hang();
    house.relieve_all();
    assert_eq!(words(&house.place, "spool/1.0.rest.wav"), [1]);
    // Somebody else's, so that the file can be made nowhere.
    fs::write(house.place.join("spool/1.wav"), []).unwrap();
    house.work();
    house.say(ID, 2);
    house.work();
    assert_eq!(house.told(), [("failed", ID, vec![])]);
    assert!(!house.place.join("spool/1.0.rest.wav").exists());
    let (place, told) = house.close();
    assert_eq!(told, []);
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn at_the_end_what_waits_in_memory_for_a_disk_that_hangs_goes_to_the_spool() {
    let mut house = House::patient(0);
    house.open(ID);
    house.say(ID, 1);
    house.work();
    house.say(ID, 2);
    house.say(ID, 3);
    house.hang();
    house.finish(ID);
    let House { place, home, mut spool, writers, .. } = house;
    drop(writers);
    spool.see_off();
    assert_eq!(words(&place, "spool/1.2.rest.wav"), [3]);
    assert!(home.end.jobs.is_empty());
    fs::remove_dir_all(place).unwrap();
}

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Step {
    Say(RecordingId),
    Hang,
    Relieve,
    GoOn,
    Work,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..4u64).prop_map(Step::Say),
        2 => Just(Step::Hang),
        3 => Just(Step::Relieve),
        1 => Just(Step::GoOn),
        1 => Just(Step::Work),
    ];
    prop::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn wherever_it_hangs_and_goes_on_each_recording_is_whole_and_in_order_and_ends_once(steps in steps()) {
        let mut house = House::new();
        let mut said = vec![Vec::new(); 4];
        for step in steps {
            match step {
                Step::Say(recording) => {
                    let words = &mut said[recording as usize];
                    if words.is_empty() {
                        house.open(recording);
                    }
                    words.push(words.len() as u8 + 1);
                    house.say(recording, words.len() as u8);
                }
                Step::Hang => house.hang(),
                Step::Relieve => { house.relieve(); }
                Step::GoOn => house.go_on(),
                Step::Work => house.work(),
            }
        }
        let recordings: Vec<_> = (1..4u64).filter(|&recording| !said[recording as usize].is_empty()).collect();
        for &recording in &recordings {
            house.finish(recording);
        }
        house.relieve();
        house.work();
        let before = house.told();
        let (place, after) = house.close();
        let ends = before.into_iter().chain(after).filter(|told| told.0 == "completed");
        let mut ends: Vec<_> = ends.map(|(_, recording, lost)| (recording, lost)).collect();
        ends.sort();
        let expected: Vec<_> = recordings.iter().map(|&recording| (recording, vec![])).collect();
        prop_assert_eq!(ends, expected);
        for recording in recordings {
            let name = ["home", "spool"].map(|folder| format!("{folder}/{recording}.wav"));
            let lies = name.iter().find(|name| place.join(name).exists()).unwrap();
            prop_assert_eq!(&words(&place, lies), &said[recording as usize]);
        }
        let _ = fs::remove_dir_all(place);
    }
}
