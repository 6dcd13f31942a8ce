#!/bin/sh
# deb.sh BUILD OUT - Debian packages of what was built in BUILD, into the folder OUT: sprove, libsprove-dev,
# sprove-relayer and sprove-node, each from the install component of its name.
#
# Dependencies on libraries are what dpkg-shlibdeps finds; plugins and programs that are looked for at run time are added.
# Who maintains them is said by DEBFULLNAME and DEBEMAIL, as to Debian's own tools. Files carry the time of the commit
# (SOURCE_DATE_EPOCH), so that the same build gives the same packages. DEB_LEVEL: of xz, 0 to 9.
set -eu
[ $# = 2 ] || {
    echo "usage: deb.sh BUILD OUT" >&2
    exit 2
}
build=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
source=$(cd "$(dirname "$0")/.." && pwd)

for tool in dpkg-deb dpkg-shlibdeps dpkg cmake readelf strip; do
    command -v "$tool" >/dev/null || {
        echo "deb.sh: there is no $tool (packages dpkg-dev, binutils, cmake)" >&2
        exit 1
    }
done
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022

version=$(sed -n 's/^project(sprove VERSION \([0-9.]*\).*/\1/p' "$source/CMakeLists.txt")
if commit=$(git -C "$source" rev-parse --short HEAD 2>/dev/null); then
    # Before the release of that number.
    version=$version~git$(git -C "$source" rev-list --count HEAD).$commit
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH-$(git -C "$source" log -1 --format=%ct)}
fi
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH-$(date +%s)}"
arch=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME-sprove} <${DEBEMAIL-root@$(hostname -f 2>/dev/null || hostname)}>"

# stage_component COMPONENT PACKAGE: its files in $root.
stage_component() {
    root=$stage/$2
    DESTDIR=$root cmake --install "$build" --prefix /usr --component "$1" >"$stage/log" 2>&1 || {
        cat "$stage/log" >&2
        exit 1
    }
    [ -d "$root/usr" ] || {
        echo "deb.sh: nothing of the component $1 was built in $build" >&2
        exit 1
    }
    find "$root" -type f -perm -100 -exec strip --strip-unneeded --remove-section=.comment --remove-section=.note {} +
    find "$root" -name '*.a' -exec strip --strip-debug --enable-deterministic-archives {} +
    [ ! -d "$root/usr/share/man" ] || find "$root/usr/share/man" -type f -exec gzip -9n {} +
    doc=$root/usr/share/doc/$2
    mkdir -p "$doc" "$root/DEBIAN"
    {
        echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
        echo "Upstream-Name: sprove"
        echo
        echo "Files: *"
        echo "Copyright: $(date -u -d "@$SOURCE_DATE_EPOCH" +%Y) the authors of sprove"
        echo "License: Apache-2.0"
        echo " On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0."
    } >"$doc/copyright"
    {
        echo "$2 ($version) unstable; urgency=medium"
        echo
        echo "  * Made by packaging/deb.sh; CHANGELOG.md of the sources says what is new."
        echo
        echo " -- $maintainer  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
    } | gzip -9n >"$doc/changelog.gz"
}

# libraries: packages of what the programs of $root link to.
libraries() {
    mkdir -p "$stage/debian"
    printf 'Source: sprove\n\nPackage: x\nArchitecture: any\n' >"$stage/debian/control"
    set --
    for f in "$root"/usr/bin/* "$root"/usr/libexec/sprove/*; do
        if [ -f "$f" ] && readelf -d "$f" | grep -q NEEDED; then set -- "$@" "$f"; fi
    done
    (cd "$stage" && dpkg-shlibdeps -O "$@" 2>log >dependencies) || {
        cat "$stage/log" >&2
        exit 1
    }
    sed -n 's/^shlibs:Depends=//p' "$stage/dependencies"
}

# pack PACKAGE SECTION "FIELDS" SUMMARY: the package of $root; its long description is on standard input.
pack() {
    find "$root" -name DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort |
        (cd "$root" && xargs -d '\n' md5sum) >"$root/DEBIAN/md5sums"
    {
        echo "Package: $1"
        echo "Version: $version"
        echo "Architecture: $arch"
        echo "Maintainer: $maintainer"
        echo "Source: sprove"
        echo "Section: $2"
        echo "Priority: optional"
        echo "Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f 1)"
        printf '%s\n' "$3"
        echo "Description: $4"
        sed 's/^/ /'
    } >"$root/DEBIAN/control"
    chmod -R u=rwX,go=rX "$root"
    for script in postinst prerm postrm; do
        [ ! -f "$root/DEBIAN/$script" ] || chmod 755 "$root/DEBIAN/$script"
    done
    find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz -z"${DEB_LEVEL-6}" --build "$root" "$out/${1}_${version}_$arch.deb" >/dev/null
    echo "$out/${1}_${version}_$arch.deb"
}

# service PACKAGE CONFIG: settings under /etc, and scripts for the unit.
service() {
    install -D -m 644 "$root/usr/share/sprove/$2" "$root/etc/sprove/$2"
    echo "/etc/sprove/$2" >"$root/DEBIAN/conffiles"
    for script in postinst prerm postrm; do
        sed -e "s/@NAME@/$1/g" -e "s/@CONFIG@/$2/g" "$source/packaging/debian/$script.in" >"$root/DEBIAN/$script"
    done
}

overrides() {
    mkdir -p "$root/usr/share/lintian/overrides"
    cat >"$root/usr/share/lintian/overrides/$1"
}

stage_component sprove sprove
overrides sprove <<'TEXT'
# A verifier that runs wherever it is copied to.
sprove: statically-linked-binary [usr/bin/sverify]
TEXT
depends=$(libraries)
pack sprove utils "Depends: $depends
Recommends: ca-certificates
Suggests: libsprove-dev, sprove-node, sprove-relayer" "run RISC-V programs and prove that they ran" <<'TEXT'
sprove runs a program for a small RISC-V machine and makes a proof that
it ran on this input and gave this output; sverify checks the proof
without running the program. It also submits jobs to a relayer and claims
payment for proofs on Starknet.
.
This package has both programs, the worker that relayer and node start,
and the documents.
TEXT

stage_component dev libsprove-dev
# A build that was not configured for /usr has one place for all architectures.
if [ -f "$root/usr/lib/pkgconfig/sprove-client.pc" ]; then
    overrides libsprove-dev <<'TEXT'
libsprove-dev: pkg-config-unavailable-for-cross-compilation [usr/lib/pkgconfig/sprove-client.pc]
TEXT
fi
pack libsprove-dev libdevel "Depends: libc6-dev, libjansson-dev, libcurl4-openssl-dev, libssl-dev
Suggests: gcc-riscv64-unknown-elf, sprove" "prove and verify from a C program; files to build guests with" <<'TEXT'
The library of sprove as an archive with its header, that of requests to
a relayer, and what programs for its RISC-V machine are built from, under
/usr/share/sprove/guest.
TEXT

stage_component relayer sprove-relayer
service sprove-relayer relayer.ini
depends=$(libraries)
pack sprove-relayer net "Depends: $depends, libwebsockets-evlib-uv, sprove (= $version)
Recommends: ca-certificates
Suggests: postgresql, prometheus" "bring tasks and nodes that prove them together" <<'TEXT'
sprove-relayer takes tasks over HTTP, gives them to provider nodes that
are connected over WebSocket, verifies their proofs, and settles and
reports what came of them. It keeps everything in SQLite, or in PostgreSQL
where several relayers work together.
.
The unit is neither enabled nor started by installing it. Purging the
package leaves its data in /var/lib/private/sprove-relayer.
TEXT

stage_component node sprove-node
service sprove-node node.env
depends=$(libraries)
pack sprove-node net "Depends: $depends, libwebsockets-evlib-uv, sprove (= $version)
Recommends: ca-certificates
Suggests: libnvidia-ml1" "prove tasks of a sprove relayer" <<'TEXT'
sprove-node takes tasks from a relayer, proves them in sandboxed children,
delivers the results, and claims what is owed for them.
.
The unit is neither enabled nor started by installing it. Purging the
package leaves its data, the node's key among it, in
/var/lib/private/sprove-node.
TEXT
