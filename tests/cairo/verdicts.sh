#!/bin/sh
# verdicts.sh PACKAGE CAIRO_VERDICTS DIRECTORY.. - the Cairo verifier gives the proofs of the directories
# the verdicts of their index. In a copy of the package without the contracts, each check by a name is
# made one that a test can leave out, as SP_VERIFY_SKIP does in C.
# 77: there is no Cairo compiler.
set -eu
package=$(realpath "$1")
verdicts=$(realpath "$2")
shift 2
for given; do
    shift
    set -- "$@" "$(realpath "$given")"
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
sh "$package/alone.sh" "$dir"
cd "$dir/src"
rm -rf tests tests.cairo
sed -i -e '/^mod tests;/d' -e 's/^pub mod shape;/&\npub mod skip;\n#[cfg(test)]\nmod verdicts;/' lib.cairo
# The attribute of `mod tests` now stands before that of `mod vectors`.
awk '!(/^#\[cfg\(test\)\]$/ && last == $0) { print } { last = $0 }' lib.cairo >lib && mv lib lib.cairo
"$verdicts" "$@" >verdicts.cairo

cat >skip.cairo <<'END'
//! Checks that a test may leave out. The caller's address is the name of the check left out: what a
//! test can set and any function read.
use starknet::testing::set_caller_address;
use starknet::get_caller_address;

pub fn require(condition: bool, check: felt252) {
    if !condition && get_caller_address().into() != check {
        core::panic_with_felt252(check);
    }
}
pub fn leave_out(check: felt252) {
    set_caller_address(check.try_into().unwrap());
}
END
for check in profile 'program id' 'program hash' context input output 'io commitment' 'expected io' \
    'exit code' time addresses product sum oods 'tree path' 'fri path' 'last layer'; do
    sed -i "s/assert(\(.*'$check'\))/crate::skip::require(\1)/" ./*.cairo
    grep -q "skip::require(.*'$check')" ./*.cairo || {
        echo "no check '$check' in the Cairo verifier" >&2
        exit 1
    }
done
sed -i 's/core::panic_with_felt252(check)/crate::skip::require(false, check)/' channel.cairo
grep -q 'skip::require(false, check)' channel.cairo || {
    echo "the nonces are checked otherwise" >&2
    exit 1
}
sh "$dir/test.sh" verdicts
