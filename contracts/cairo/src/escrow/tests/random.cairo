//! Repeatable random numbers: a Poseidon chain from a seed that stands in the test.

use core::poseidon::poseidon_hash_span;

#[derive(Copy, Drop)]
pub struct Random {
    pub state: felt252,
}

#[generate_trait]
pub impl RandomImpl of RandomTrait {
    fn felt(ref self: Random) -> felt252 {
        self.state = poseidon_hash_span([self.state].span());
        self.state
    }

    /// 256 bits.
    fn wide(ref self: Random) -> u256 {
        let low: u256 = self.felt().into();
        let high: u256 = self.felt().into();
        u256 { low: low.low, high: high.low }
    }

    /// 0 <= n < bound.
    fn below(ref self: Random, bound: u64) -> u64 {
        let n: u256 = self.felt().into();
        (n.low % bound.into()).try_into().unwrap()
    }
}
