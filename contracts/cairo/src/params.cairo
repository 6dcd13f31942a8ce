//! The parameters of profile chain (docs/protocol.md 8): constants of the class, never read from a
//! proof.

pub const MAGIC: u32 = 0x56525053;
pub const VERSION: u32 = 1;
pub const PROFILE: u32 = 4;
pub const PROFILES: u32 = 5;
pub const LOG_BLOWUP: u32 = 4;
pub const QUERIES: u32 = 20;
pub const CAP_LOG: u32 = 5;
pub const CAP: u32 = 32;
pub const LAST_LAYER_LOG: u32 = 6;
pub const LAST_LAYER: u32 = 64;
pub const MIN_TRACE_LOG: u32 = 5;
pub const MAX_TRACE_LOG: u32 = 20;
pub const TABLES_LOG: u32 = 18;

/// Two to the power of the bits of each nonce.
pub const GRIND_LOOKUP: NonZero<u32> = 0x1000000;
pub const GRIND_DEEP: NonZero<u32> = 0x400;
pub const GRIND_COMMIT: NonZero<u32> = 0x10;
pub const GRIND_QUERY: NonZero<u32> = 0x1000000;

/// The hash of the constraints (air/air_id.h), as a digest.
pub const AIR_ID: felt252 = 0x18c529c2d44a1cf6fd026f7c72838b4524be2314be149ea9cf80fae;

/// Binary folds of each FRI layer, by the largest trace log size n: F = n - 6 of them in
/// L = ceil(F / 4) layers, each layer ceil of what remains over the layers that remain. TABLES has
/// 2^18 rows, so that n is 18, 19 or 20.
pub fn fri_schedule(n_max: u32) -> Span<u32> {
    if n_max == 18 {
        [4, 4, 4].span()
    } else if n_max == 19 {
        [4, 3, 3, 3].span()
    } else {
        [4, 4, 3, 3].span()
    }
}

/// 2^M, M = n_max + 4.
pub fn domain_size(n_max: u32) -> NonZero<u32> {
    if n_max == 18 {
        0x400000
    } else if n_max == 19 {
        0x800000
    } else {
        0x1000000
    }
}

/// The machine (core/machine.h).
pub const HALT_PC: u32 = 0x100;
pub const RAM: u32 = 0x8000;
pub const RAM_WORDS: u32 = 0x10000000;
pub const INPUT_ADDR: u32 = 0x20000000;
pub const OUTPUT_ADDR: u32 = 0x28000000;
pub const WINDOW_BYTES: u32 = 0x4000000;
pub const EXIT_REG: u32 = 9;
pub const DIGEST_REG: u32 = 10;
pub const MAX_CYCLES: u64 = 0x7fffffe;
pub const IO_WORDS: u32 = 0;
pub const IO_DIGEST: u32 = 1;
