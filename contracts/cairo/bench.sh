#!/bin/sh
# Gas of verifying one proof of profile chain, given as felts (sprove ... --format felts): the package
# is copied, its test proof replaced, and the verification run by cairo-test of $CAIRO_HOME.
set -eu
felts=$(realpath "$1")
home=${CAIRO_HOME:-${HOME:-}/.local/share/cairo}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -r "$(dirname "$0")/cairo_project.toml" "$(dirname "$0")/src" "$dir"
awk 'NF { line[n++] = "    " $1 "," }
  END { printf "pub const PROOF: [felt252; %d] = [\n", n; for (i = 0; i < n; i++) print line[i]; print "];" }' \
  "$felts" > "$dir/src/tests/proof.cairo"
"$home/bin/cairo-test" --starknet -f a_proof_is_accepted "$dir"
