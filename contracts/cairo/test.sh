#!/bin/sh
# Runs the Cairo tests, or those whose path holds $1, with scarb when it is there, else with the
# cairo-test of $CAIRO_HOME (default ~/.local/share/cairo). 77: there is neither.
set -eu
cd "$(dirname "$0")"
filter=${1-}
home=${CAIRO_HOME:-${HOME:-}/.local/share/cairo}
if command -v scarb >/dev/null; then
  exec scarb cairo-test ${filter:+-f "$filter"}
elif [ -x "$home/bin/cairo-test" ]; then
  exec "$home/bin/cairo-test" --starknet -f "$filter" .
fi
echo "skipped: no Cairo compiler (scarb, or cairo-test in $home/bin)"
exit 77
