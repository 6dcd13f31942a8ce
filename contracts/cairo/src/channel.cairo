//! The Fiat-Shamir transcript: mix and draw, nothing else (docs/protocol.md 2).
use core::blake::blake2s_finalize;
use core::box::BoxTrait;
use crate::blake2s::{Hash, hash_words, sp_cap, sp_draw, sp_grind, sp_mix};
use crate::fields::qm31;
use crate::fields::qm31::QM31;
use crate::words::{append_digests, two};

#[derive(Copy, Drop)]
pub struct Channel {
    pub state: Hash,
    counter: u32,
}

#[generate_trait]
pub impl ChannelImpl of ChannelTrait {
    fn new() -> Channel {
        Channel { state: BoxTrait::new([0, 0, 0, 0, 0, 0, 0, 0]), counter: 0 }
    }

    /// The beginning of a message to mix: the state, to which the absorbed words are appended.
    #[inline(never)]
    fn message(self: @Channel) -> Array<u32> {
        let [a, b, c, d, e, f, g, h] = (*self.state).unbox();
        array![a, b, c, d, e, f, g, h]
    }

    /// Absorbs the words of a message that was begun by `message` at the present state.
    #[inline(never)]
    fn mix(ref self: Channel, message: Array<u32>) {
        self.state = hash_words(sp_mix(), message);
        self.counter = 0;
    }

    /// Absorbs the cap of a tree.
    #[inline(never)]
    fn mix_cap(ref self: Channel, cap: Span<felt252>) {
        let mut words = array![];
        append_digests(ref words, cap);
        self.mix_root(hash_words(sp_cap(), words));
    }

    fn mix_root(ref self: Channel, root: Hash) {
        let [a, b, c, d, e, f, g, h] = self.state.unbox();
        let [i, j, k, l, m, n, o, p] = root.unbox();
        let block = BoxTrait::new([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]);
        self.state = blake2s_finalize(sp_mix(), 64, block);
        self.counter = 0;
    }

    fn draw8(ref self: Channel) -> [u32; 8] {
        let [a, b, c, d, e, f, g, h] = self.state.unbox();
        let block = BoxTrait::new([a, b, c, d, e, f, g, h, self.counter, 0, 0, 0, 0, 0, 0, 0]);
        self.counter += 1;
        blake2s_finalize(sp_draw(), 36, block).unbox()
    }

    /// The first four words below P, top bits cleared, of one block; of the next block afresh when
    /// there are fewer.
    #[inline(never)]
    fn draw_felt(ref self: Channel) -> QM31 {
        loop {
            let block = self.draw8();
            let mut words = block.span();
            let mut found = array![];
            while let Some(word) = words.pop_front() {
                let (_, low) = DivRem::div_rem(*word, 0x80000000);
                if low != 0x7fffffff {
                    found.append(low);
                }
            }
            let mut found = found.span();
            if let Some(four) = found.multi_pop_front::<4>() {
                let [a, b, c, d] = (*four).unbox();
                break qm31::read(a, b, c, d).unwrap();
            }
        }
    }

    /// n positions below 2^bits, uniform, with repetitions; size = 2^bits.
    fn draw_queries(ref self: Channel, n: u32, size: NonZero<u32>) -> Array<u32> {
        let mut positions = array![];
        while positions.len() != n {
            let block = self.draw8();
            let mut words = block.span();
            while let Some(word) = words.pop_front() {
                let (_, low) = DivRem::div_rem(*word, size);
                positions.append(low);
                if positions.len() == n {
                    break;
                }
            }
        }
        positions
    }

    /// A nonce of b bits, size = 2^b: checked (the name of the check is the panic), then absorbed.
    #[inline(never)]
    fn grind(ref self: Channel, nonce: felt252, size: NonZero<u32>, check: felt252) {
        let (low, high) = two(nonce);
        let [a, b, c, d, e, f, g, h] = self.state.unbox();
        let block = BoxTrait::new([a, b, c, d, e, f, g, h, low, high, 0, 0, 0, 0, 0, 0]);
        let [first, _, _, _, _, _, _, _] = blake2s_finalize(sp_grind(), 40, block).unbox();
        let (_, rest) = DivRem::div_rem(first, size);
        if rest != 0 {
            core::panic_with_felt252(check);
        }
        self.state = blake2s_finalize(sp_mix(), 40, block);
        self.counter = 0;
    }
}
