#!/bin/sh
# check_includes.sh - enforces the arrows of CONVENTIONS.md 2 and the places of 6 over the sources of
# the checkout that the first argument names (default: the one this script is in).
set -eu
root=${1-$(dirname "$0")/..}
cd "$root"

# allowed FOLDER: the folders that its files may include from.
allowed() {
    case $1 in
    core) echo core ;;
    air | vm) echo "$1 core" ;;
    verifier) echo "verifier air core" ;;
    prover) echo "prover air vm core" ;;
    cuda) echo "cuda prover air core" ;;
    starknet) echo "starknet core" ;;
    guest) echo "guest elf core" ;; # elf/: the embedded programs, made by the build
    include) echo "include core" ;;
    market) echo "market include starknet prover verifier guest air vm core" ;;
    cli | relayer | node) echo "$1 market include starknet prover verifier guest air vm core" ;;
    esac
}

bad=0
report() {
    echo "$1"
    bad=1
}

for folder in core air vm verifier prover cuda starknet guest include market cli relayer node; do
    [ -d "$folder" ] || continue
    list=$(allowed "$folder")
    find "$folder" -type f \( -name '*.c' -o -name '*.h' -o -name '*.cu' -o -name '*.S' \) |
        sort >"${TMPDIR:-/tmp}/includes.$$"
    while read -r file; do
        for name in $(sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$file"); do
            case $name in
            */*) ;;
            # Guests see their public header by its name alone.
            sprove_guest.h | machine_io.h | job.h) [ "$folder" = guest ] && continue ;;
            # So do the public headers among themselves, installed side by side.
            sprove.h) [ "$folder" = include ] && continue ;;
            esac
            ok=no
            for into in $list; do
                [ "${name%%/*}" = "$into" ] && [ "$name" != "$into" ] && ok=yes
            done
            [ $ok = yes ] || report "$file: must not include \"$name\" ($folder may: $list)"
        done
        # Places of intrinsics, OpenMP and sockets.
        case $file in
        prover/cpu/vec_*.h) ;;
        *) ! grep -Eq '#[ \t]*include[ \t]*<(imm|x86|arm_)[a-z_]*\.h>' "$file" ||
            report "$file: intrinsics belong into prover/cpu/vec_*.h" ;;
        esac
        case $file in
        prover/cpu/*) ;;
        *) ! grep -Eq '#[ \t]*include[ \t]*<omp\.h>|#[ \t]*pragma[ \t]+omp' "$file" ||
            report "$file: OpenMP belongs into prover/cpu" ;;
        esac
        case $file in
        relayer/* | node/* | market/* | starknet/*) ;;
        *) ! grep -Eq '#[ \t]*include[ \t]*<(sys/socket|netinet/in|arpa/inet|netdb)\.h>' "$file" ||
            report "$file: sockets belong into relayer, node and starknet" ;;
        esac
    done <"${TMPDIR:-/tmp}/includes.$$"
    rm -f "${TMPDIR:-/tmp}/includes.$$"
done
[ $bad = 0 ] && echo "includes follow the arrows"
exit $bad
