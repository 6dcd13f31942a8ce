//! A proof as an argument: encoded like Span<felt252>, the number of felts and the felts, but taken as
//! a part of the calldata, and handed on sixteen felts at a time. Copying thousands of felts one by
//! one, on each side of a call, costs millions of gas.

#[derive(Copy, Drop)]
pub struct ProofArgument {
    pub felts: Span<felt252>,
}

impl SpanIntoProof of Into<Span<felt252>, ProofArgument> {
    fn into(self: Span<felt252>) -> ProofArgument {
        ProofArgument { felts: self }
    }
}

impl ProofArgumentSerde of Serde<ProofArgument> {
    fn serialize(self: @ProofArgument, ref output: Array<felt252>) {
        let mut felts = *self.felts;
        output.append(felts.len().into());
        while let Some(block) = felts.multi_pop_front::<16>() {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = (*block).unbox();
            output.append(a);
            output.append(b);
            output.append(c);
            output.append(d);
            output.append(e);
            output.append(f);
            output.append(g);
            output.append(h);
            output.append(i);
            output.append(j);
            output.append(k);
            output.append(l);
            output.append(m);
            output.append(n);
            output.append(o);
            output.append(p);
        }
        output.append_span(felts);
    }

    fn deserialize(ref serialized: Span<felt252>) -> Option<ProofArgument> {
        let n: u32 = (*serialized.pop_front()?).try_into()?;
        if n > serialized.len() {
            return None;
        }
        let felts = serialized.slice(0, n);
        serialized = serialized.slice(n, serialized.len() - n);
        Some(ProofArgument { felts })
    }
}

#[cfg(test)]
mod tests {
    use core::testing::get_available_gas;
    use super::ProofArgument;

    fn numbers(n: felt252) -> Span<felt252> {
        let mut felts = array![];
        let mut i = 0;
        while i != n {
            felts.append(i);
            i += 1;
        }
        felts.span()
    }

    #[test]
    fn encoded_like_a_span() {
        for n in [0, 1, 15, 16, 17, 40].span() {
            let felts = numbers(*n);
            let (mut a, mut b) = (array![], array![]);
            felts.serialize(ref a);
            ProofArgument { felts }.serialize(ref b);
            assert!(a == b);
            b.append(7);
            let mut rest = b.span();
            let read: ProofArgument = Serde::deserialize(ref rest).unwrap();
            assert!(read.felts == felts && rest == [7].span());
        }
    }

    #[test]
    fn too_few_felts_are_refused() {
        let mut felts = array![3, 1, 2].span();
        assert!(Serde::<ProofArgument>::deserialize(ref felts).is_none());
        let mut felts = array![].span();
        assert!(Serde::<ProofArgument>::deserialize(ref felts).is_none());
        let mut felts = array![-1, 1, 2].span();
        assert!(Serde::<ProofArgument>::deserialize(ref felts).is_none());
    }

    /// Prints the gas of encoding and decoding 4,400 felts, as a span and as a proof.
    #[test]
    fn cheaper_than_a_span() {
        let felts = numbers(4400);
        let mut out = array![];
        let before = get_available_gas();
        felts.serialize(ref out);
        let mut rest = out.span();
        let _: Span<felt252> = Serde::deserialize(ref rest).unwrap();
        let span = before - get_available_gas();
        let mut out = array![];
        let before = get_available_gas();
        ProofArgument { felts }.serialize(ref out);
        let mut rest = out.span();
        let _: ProofArgument = Serde::deserialize(ref rest).unwrap();
        let argument = before - get_available_gas();
        println!("4400 felts to an entry point and back: {} gas, as a proof {}", span, argument);
        assert!(4 * argument < span);
    }
}
