use super::*;
use crate::disks::{Disks, MARKER};
use crate::joiner::Joiner;
use crate::storage::Writers;

/// A writer whose folder is a file for now, so that nothing can be written there, and that has a spool.
fn on_a_bad_disk(place: &Path) -> (Writers, Writer, Storage) {
    let _ = fs::remove_dir_all(place);
    fs::create_dir_all(place).unwrap();
    fs::write(place.join("folder"), []).unwrap();
    let (folder, spool) = (place.join("folder"), Some(place.join("spool")));
    let storage = Storage { folder, spool, ..Storage::default() };
    let (writers, mut ends) = Writers::new(&storage);
    let facts = Arc::new(EventRing::new().unwrap());
    let (joiner, _) = Joiner::new(Clock::start(), facts.clone(), storage.sync);
    let writer = Writer::new(ends.remove(0), Clock::start(), facts, storage.clone(), joiner);
    (writers, writer, storage)
}

fn work_off(writer: &mut Writer, job: Job) {
    writer.work_off(writer.clock.now_us(), job);
}

fn told(writer: &Writer) -> Vec<&'static str> {
    let name = |event| match event {
        Event::StorageLagging { .. } => Some("lagging"),
        Event::StorageRecovered { .. } => Some("recovered"),
        _ => None,
    };
    writer.facts.drain(100).into_iter().filter_map(name).collect()
}

#[test]
fn a_recording_began_when_it_was_ordered_however_late_its_file_is_made() {
    let place = std::env::temp_dir().join(format!("writer-late-{}", std::process::id()));
    let (_, mut writer, storage) = on_a_bad_disk(&place);
    let ordered_us = 7;
    let (path, spooled) = storage.paths(Path::new("1.wav"), false);
    writer.work_off(ordered_us, Job::Open { recording: 1, path, spooled });
    let began = writer.facts.drain(100).into_iter().find_map(|event| match event {
        Event::RecordingStarted { began, .. } => Some(began),
        _ => None,
    });
    assert_eq!(began, Some(writer.clock.at(ordered_us)));
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_disk_that_takes_nothing_has_not_recovered_because_the_spool_took_it() {
    let place = std::env::temp_dir().join(format!("writer-{}", std::process::id()));
    let (writers, mut writer, storage) = on_a_bad_disk(&place);
    let open = |recording| {
        let (path, spooled) = storage.paths(Path::new(&format!("{recording}.wav")), false);
        Job::Open { recording, path, spooled }
    };
    let append = |recording| Job::Append { recording, block: vec![1; 4000] };
    work_off(&mut writer, open(1));
    assert_eq!(told(&writer), ["lagging"]);
    work_off(&mut writer, append(1));
    work_off(&mut writer, Job::AppendSilence { recording: 1, frames: 100 });
    work_off(&mut writer, Job::Finish { recording: 1, ending: Box::default() });
    assert_eq!(told(&writer), [""; 0]);
    assert!(writers.is_spool(writers.choose(2)));
    fs::remove_file(&storage.folder).unwrap();
    work_off(&mut writer, open(2));
    assert_eq!(told(&writer), [""; 0]);
    work_off(&mut writer, append(2));
    assert_eq!(told(&writer), ["recovered"]);
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn nothing_is_written_into_the_mount_point_of_a_disk_that_is_away() {
    let place = std::env::temp_dir().join(format!("writer-away-{}", std::process::id()));
    let (_, mut writer, storage) = on_a_bad_disk(&place);
    fs::remove_file(&storage.folder).unwrap();
    fs::create_dir(&storage.folder).unwrap();
    let marks = vec![(storage.folder.clone(), "disk-1".to_string())];
    writer.storage = Arc::new(Storage { disks: Arc::new(Disks::new(marks)), ..storage.clone() });
    let (path, spooled) = storage.paths(Path::new("1.wav"), false);
    work_off(&mut writer, Job::Open { recording: 1, path, spooled });
    work_off(&mut writer, Job::Append { recording: 1, block: vec![1; 4000] });
    writer.probe(6_000_000);
    assert_eq!(told(&writer), ["lagging"]);
    assert_eq!(fs::read_dir(&storage.folder).unwrap().count(), 0);
    assert!(place.join("spool/1.wav").exists());
    fs::write(storage.folder.join(MARKER), "disk-1").unwrap();
    writer.probe(12_000_000);
    assert_eq!(told(&writer), ["recovered"]);
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_disk_that_stalls_again_and_again_has_not_recovered_in_between() {
    let place = std::env::temp_dir().join(format!("writer-stalls-{}", std::process::id()));
    let (_, mut writer, storage) = on_a_bad_disk(&place);
    let second_us = 1_000_000;
    writer.storage = Arc::new(Storage { recovered_after_us: 10 * second_us, ..storage.clone() });
    fs::remove_file(&storage.folder).unwrap();
    for stalled in 0..20 {
        writer.tell_fault(&io::Error::from(io::ErrorKind::TimedOut), stalled * second_us);
        writer.tell_recovery(stalled * second_us + second_us / 2);
    }
    writer.probe(24 * second_us);
    assert_eq!(told(&writer), ["lagging"]);
    writer.probe(29 * second_us);
    assert_eq!(told(&writer), ["recovered"]);
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_disk_nobody_writes_to_is_tried_now_and_then_while_the_spool_is_busy() {
    let place = std::env::temp_dir().join(format!("writer-tries-{}", std::process::id()));
    let (_, mut writer, storage) = on_a_bad_disk(&place);
    writer.tell_fault(&io::Error::from(io::ErrorKind::StorageFull), 0);
    let second_us = 1_000_000;
    writer.probe(6 * second_us);
    assert_eq!(told(&writer), ["lagging"]);
    fs::remove_file(&storage.folder).unwrap();
    writer.probe(10 * second_us);
    assert_eq!(told(&writer), [""; 0]);
    writer.probe(11 * second_us);
    assert_eq!(told(&writer), ["recovered"]);
    fs::remove_dir_all(place).unwrap();
}
