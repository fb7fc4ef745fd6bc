//! How good a stream sounds, by the E-model (ITU-T G.107 and, of wide-band codecs, G.107.1, with their defaults).
//!
//! ```text
//!  narrow  R = 93.2 - Id(delay) - Ie,eff(codec, loss, how it clusters)         0 … 93.2
//!  wide    R = (129 - Id - Ie,eff) / 1.29                                      0 … 100
//!  MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7/1,000,000                        1 … 4.41
//! ```
//!
//! Simplified: no echo, no noise in the room, hardly any distortion beside the codec's. A score is one among others of
//! the same band: people who know wide band expect more of it.

/// R of a band without any impairment, and how much longer its scale is than that of narrow band.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Band {
    best_r: f64,
    length: f64,
}

const NARROW: Band = Band { best_r: 93.2, length: 1.0 };
const WIDE: Band = Band { best_r: 129.0, length: 1.29 };
/// Beyond this delay people begin to talk into each other's words (Cole and Rosenbluth 2001).
const NOTICED_DELAY_MS: f64 = 177.3;

/// What a codec itself costs (G.113 appendices I and IV).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CodecImpairment {
    band: Band,
    /// Ie: without any loss.
    pub equipment: f64,
    /// Bpl: how well it bears random loss.
    pub robustness: f64,
}

impl CodecImpairment {
    /// G.711 at a receiver that conceals what is lost (G.711 appendix I).
    pub const G711: Self = Self { band: NARROW, equipment: 0.0, robustness: 25.1 };
    pub const G729: Self = Self { band: NARROW, equipment: 11.0, robustness: 19.0 };
    /// At 64 kbit/s. No robustness is published for concealment like ours: that of Opus stands in for it.
    pub const G722: Self = Self { band: WIDE, equipment: 13.0, robustness: 19.5 };
    /// As listeners rated it at 13 kbit/s, the highest wide-band rate that was measured (Al-Ahmadi, Počta and Melvin,
    /// 2021; the ITU-T has no figures). At the usual 24 kbit/s it sounds no worse.
    pub const OPUS: Self = Self { band: WIDE, equipment: 20.0, robustness: 19.5 };
}

/// What happened to a stream on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairments {
    /// Of what was expected, lost or too late: 0 to 1.
    pub loss: f64,
    /// How much longer the losses in a row are than chance would have them; 1 or more.
    pub burst_ratio: f64,
    /// From mouth to ear, one way.
    pub delay_ms: f64,
}

/// The rating factor R, 0 to 93.2; of wide-band codecs as G.107.1 has it for the score, divided by 1.29.
pub fn r_factor(codec: CodecImpairment, impairments: &Impairments) -> f64 {
    let Band { best_r, length } = codec.band;
    let r = best_r - delay_impairment(impairments.delay_ms) - loss_impairment(codec, impairments);
    (r / length).max(0.0)
}

/// The mean opinion score a rating factor stands for (G.107 annex B), 1 to 4.5.
pub fn mos(r_factor: f64) -> f64 {
    let r = r_factor.clamp(0.0, 100.0);
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0)
}

/// Ie,eff (G.107 §7.4, equation 7-29).
fn loss_impairment(codec: CodecImpairment, impairments: &Impairments) -> f64 {
    let percent = 100.0 * impairments.loss.clamp(0.0, 1.0);
    let borne = percent / impairments.burst_ratio.max(1.0) + codec.robustness;
    codec.equipment + (95.0 - codec.equipment) * percent / borne
}

/// Id, without echo.
fn delay_impairment(delay_ms: f64) -> f64 {
    0.024 * delay_ms + 0.11 * (delay_ms - NOTICED_DELAY_MS).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rated(loss: f64, burst_ratio: f64, delay_ms: f64) -> f64 {
        r_factor(CodecImpairment::G711, &Impairments { loss, burst_ratio, delay_ms })
    }

    #[test]
    fn scores_are_those_of_g107_annex_b() {
        for (r, score) in [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58)] {
            assert!((mos(r) - score).abs() < 0.01, "R {r}: {}", mos(r));
        }
        assert!((mos(0.0) - 1.0).abs() < 1e-9 && mos(3.0) >= 1.0);
    }

    #[test]
    fn an_untouched_g711_call_rates_best() {
        assert!((rated(0.0, 1.0, 0.0) - 93.2).abs() < 1e-9);
        assert!((mos(rated(0.0, 1.0, 0.0)) - 4.41).abs() < 0.01);
    }

    #[test]
    fn wide_band_codecs_are_rated_by_g107_1() {
        let clean = Impairments { loss: 0.0, burst_ratio: 1.0, delay_ms: 0.0 };
        let lossy = Impairments { loss: 0.05, ..clean };
        // (129 - 13) / 1.29, and with 5 % lost 82 · 5 / (5 + 19.5) less
        assert!((r_factor(CodecImpairment::G722, &clean) - 89.92).abs() < 0.01);
        assert!((r_factor(CodecImpairment::G722, &lossy) - 76.95).abs() < 0.01);
        assert!((mos(r_factor(CodecImpairment::OPUS, &clean)) - 4.19).abs() < 0.01);
        assert!(r_factor(CodecImpairment::OPUS, &lossy) < r_factor(CodecImpairment::OPUS, &clean));
    }

    #[test]
    fn loss_costs_what_the_equation_of_g107_gives() {
        // 5 % at random: 95 · 5 / (5 + 25.1)
        assert!((rated(0.05, 1.0, 0.0) - (93.2 - 15.78)).abs() < 0.01);
        // the same in bursts twice as long: 95 · 5 / (2.5 + 25.1)
        assert!((rated(0.05, 2.0, 0.0) - (93.2 - 17.21)).abs() < 0.01);
    }

    #[test]
    fn delay_costs_little_until_people_notice_it() {
        assert!((rated(0.0, 1.0, 150.0) - (93.2 - 3.6)).abs() < 0.01);
        assert!((rated(0.0, 1.0, 300.0) - (93.2 - 7.2 - 13.497)).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn more_loss_or_delay_never_sounds_better(
            loss in 0.0..1.0_f64, more in 0.0..0.5_f64, burst in 1.0..8.0_f64, delay_ms in 0.0..2000.0_f64
        ) {
            let here = rated(loss, burst, delay_ms);
            prop_assert!((0.0..=93.2).contains(&here));
            prop_assert!(rated(loss + more, burst, delay_ms) <= here);
            prop_assert!(rated(loss, burst, delay_ms + 1000.0 * more) <= here);
            prop_assert!(mos(rated(loss + more, burst, delay_ms)) <= mos(here) + 1e-9);
        }
    }
}
