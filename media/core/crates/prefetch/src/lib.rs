//! Asking for memory before it is needed.
//!
//! What is known of one call among thousands is in no cache when its packet comes, and each line of it that is waited
//! for costs as much as some hundred instructions. Asked for while the packet before is served, it is there in time.
//!
//! This is the one place with unsafe code: Rust has no safe way yet (`core::hint::prefetch_read` is not stable).

/// What one request brings.
const LINE: usize = 64;

/// Ask for all of a thing, but not for what it points to.
#[inline]
pub fn all_of<T: ?Sized>(thing: &T) {
    let start = std::ptr::from_ref(thing).cast::<u8>();
    for at in (0..size_of_val(thing)).step_by(LINE) {
        line(start.wrapping_add(at));
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn line(address: *const u8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a request reads nothing and faults nowhere, whatever the address; every x86_64 has SSE.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn line(_: *const u8) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_length_may_be_asked_for_and_nothing_is_changed_by_it() {
        for length in [0, 1, 63, 64, 65, 4096] {
            let octets = vec![7_u8; length];
            all_of(&octets[..]);
            assert!(octets.iter().all(|&octet| octet == 7));
        }
        all_of(&());
        all_of(&[0_u64; 100]);
    }
}
