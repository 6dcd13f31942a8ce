#!/bin/sh
# Gas of verifying one proof of profile chain, given as felts (sprove ... --format felts), by phase: in a
# copy of the package without the contracts, the verification writes the gas that is left where a
# phase begins. With the cairo-test of $CAIRO_HOME.
set -eu
felts=$(realpath "$1")
home=${CAIRO_HOME:-${HOME:-}/.local/share/cairo}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
sh "$(dirname "$0")/alone.sh" "$dir"
cd "$dir/src"
awk 'NF { line[n++] = "    " $1 "," }
  END { printf "pub const PROOF: [felt252; %d] = [\n", n; for (i = 0; i < n; i++) print line[i]; print "];" }' \
  "$felts" > tests/proof.cairo
run() { "$home/bin/cairo-test" --starknet -f a_proof_is_accepted "$dir"; }
all=$(run | tee /dev/stderr | sed -n 's/.*gas usage est.: \([0-9]*\).*/\1/p')

cat > phase.cairo <<'END'
//! Says how much gas is left where a phase begins. Taking gas after it makes what follows, up to the
//! next mark, be paid after this one.
use core::testing::get_available_gas;

extern fn print(message: Array<felt252>) nopanic;

#[inline(always)]
pub fn mark(name: felt252) {
    let left: felt252 = get_available_gas().into();
    print(array![name, left]);
    core::gas::withdraw_gas().unwrap();
}
END
sed -i 's/^pub mod shape;/pub mod phase;\n&/' lib.cairo
# mark FILE PHASE REGEX: the phase begins before the first line that holds this.
mark() {
    grep -q "$3" "$1" || { echo "$1 has no line with $3" >&2; exit 1; }
    awk -v line="crate::phase::mark('$2');" -v at="$3" '!n && $0 ~ at { print line; n++ } { print }' \
      "$1" > marked && mv marked "$1"
}
mark verifier.cairo 'head, shape' '= read_head'
mark verifier.cairo 'statement' 'let program_cap = take'
mark verifier.cairo 'challenges' 'let mut ch = ChannelTrait::new'
mark verifier.cairo 'claims, boundary' 'let prod = read_qm31s'
mark verifier.cairo 'caps, points' 'let interaction_cap = take'
mark verifier.cairo 'samples' 'let samples = read_qm31s'
mark verifier.cairo 'constraints' 'let image_end = m31::read'
mark verifier.cairo 'weights' 'felts., GRIND_DEEP'
mark verifier.cairo 'fri commitments' 'let layers = read_layers'
mark verifier.cairo 'q: other' 'for position in positions'
mark verifier.cairo 'end' '^    s$'
mark query.cairo 'q: other' 'let c = committed.unbox'
mark query.cairo 'q: values' 'let opened = open'
mark query.cairo 'q: tree paths' 'let root = root_of'
mark query.cairo 'q: points' 'let point = point_at'
mark query.cairo 'q: quotient' 'inv. = quotient_at'
mark query.cairo 'q: inverses' 'let mut inverses = inverses_of'
mark query.cairo 'q: fri leaves' 'let fold = .layer.fold'
mark query.cairo 'q: fri paths' 'if !is_first {'
mark query.cairo 'q: last layer' 'value == eval_last'
run > "$dir/out"
grep -o '0x[0-9a-f]*' "$dir/out" | awk -v all="$all" '
  function number(hex,  i, n) { n = 0; for (i = 3; i <= length(hex); i++) n = 16 * n + index("0123456789abcdef", substr(hex, i, 1)) - 1; return n }
  function text(hex,  i, s) { s = ""; for (i = 3; i < length(hex); i += 2) s = s sprintf("%c", number("0x" substr(hex, i, 2))); return s }
  { if (name == "") { name = text($1); next }
    left = number($1)
    if (phase != "") { if (!(phase in gas)) order[n++] = phase; gas[phase] += before - left; marks++ }
    phase = name; before = left; name = "" }
  END { for (i = 0; i < n; i++) sum += gas[order[i]]
    printf "%-18s %6s %6s\n", "phase", "M gas", "%"
    for (i = 0; i < n; i++) printf "%-18s %6.2f %6.1f\n", order[i], gas[order[i]] / 1e6, 100 * gas[order[i]] / sum
    printf "%-18s %6.2f\n%-18s %6.2f\n", "with marks", sum / 1e6, "without", all / 1e6 }'
