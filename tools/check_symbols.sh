#!/bin/sh
# check_symbols.sh ARCHIVE... - the verifier and what it stands on, taken together, import nothing but
# the few memory functions below, and keep no writable data: no malloc, no I/O, no globals.
set -eu
NM=${NM-nm}
[ $# -gt 0 ] || {
    echo "usage: check_symbols.sh ARCHIVE..." >&2
    exit 2
}
for archive in "$@"; do
    [ -s "$archive" ] || {
        echo "$archive: missing" >&2
        exit 2
    }
done
bad=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$NM" -P -g "$@" 2>/dev/null | awk 'NF >= 2 && $2 != "U" { print $1 }' | sort -u >"$work/defined"
"$NM" -P -u "$@" 2>/dev/null | awk 'NF >= 2 { print $1 }' | sort -u >"$work/wanted"
# The last two are the compiler's own, on systems that build position-independent code with canaries.
printf '%s\n' memcpy memset memcmp memmove strlen strcmp _GLOBAL_OFFSET_TABLE_ __stack_chk_fail |
    sort -u >"$work/allowed"
[ -s "$work/defined" ] || {
    echo "no symbols found: is $NM right?" >&2
    exit 2
}
sort -u "$work/defined" "$work/allowed" | comm -13 - "$work/wanted" >"$work/bad"
if [ -s "$work/bad" ]; then
    echo "imported, and not allowed:"
    sed 's/^/  /' "$work/bad"
    bad=1
fi
# sysv format: name | value | class | type | size | line | section
"$NM" -f sysv "$@" 2>/dev/null | awk -F'|' '$7 ~ /^(\.t?data|\.t?bss|\*COM\*)($|\.[^r])/ { print $1 " in " $7 }' |
    sort -u >"$work/data"
if [ -s "$work/data" ]; then
    echo "writable data:"
    sed 's/^/  /' "$work/data"
    bad=1
fi
[ $bad = 0 ] && echo "imports: $(comm -12 "$work/wanted" "$work/allowed" | tr '\n' ' ')"
exit $bad
