use super::*;

const SECOND_US: u64 = 1_000_000;

fn storage(spool: Option<&str>) -> Storage {
    Storage {
        folder: "/recordings".into(),
        spool: spool.map(PathBuf::from),
        writers: 2,
        lagging_after_us: 2 * SECOND_US,
        ..Storage::default()
    }
}

#[test]
fn a_writer_that_is_stuck_is_told_of_once_and_new_recordings_go_to_the_spool() {
    let (writers, ends) = Writers::new(&storage(Some("/spool")));
    assert_eq!(ends.len(), 3);
    assert_eq!((writers.choose(4), writers.choose(5)), (0, 1));
    ends[0].health.take(SECOND_US);
    assert_eq!(writers.look(2 * SECOND_US).count(), 0);
    let told: Vec<_> = writers.look(3 * SECOND_US).collect();
    let expected = Event::StorageLagging {
        folder: "/recordings".into(),
        behind_ms: 2000,
        reason: "the disk is too slow".into(),
    };
    assert_eq!(told, [expected]);
    assert_eq!(writers.look(4 * SECOND_US).count(), 0);
    assert_eq!((writers.choose(4), writers.choose(5)), (2, 1));
    assert!(writers.is_spool(2) && !writers.is_spool(1));
    assert!(ends[2].health.fail("full".into()).is_some());
    assert_eq!(writers.choose(4), 0);
    assert!(ends[2].health.recover().is_some());
    assert!(matches!(ends[0].health.recover(), Some(Event::StorageRecovered { .. })));
    assert_eq!(writers.choose(4), 0);
}

#[test]
fn a_folder_is_told_of_once_and_has_recovered_when_all_its_writers_have() {
    let (_, ends) = Writers::new(&storage(Some("/spool")));
    let told = |event: Option<Event>| event.is_some();
    assert!(told(ends[0].health.fail("full".into())));
    assert!(!told(ends[1].health.fail("full".into())));
    assert!(told(ends[2].health.fail("full".into())));
    assert!(!told(ends[0].health.recover()) && !told(ends[0].health.recover()));
    assert!(told(ends[1].health.recover()));
    assert!(told(ends[2].health.recover()));
}

#[test]
fn without_a_spool_recordings_stay_where_they_are() {
    let (writers, ends) = Writers::new(&storage(None));
    assert!(ends[1].health.fail("full".into()).is_some());
    assert!(ends[1].health.fail("full".into()).is_none());
    assert_eq!((ends.len(), writers.choose(5)), (2, 1));
}
