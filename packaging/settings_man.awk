# Makes sprove-relayer.ini(5) of the table of settings in docs/operations.md.

# Markdown's code and bold marks become fonts; a dash is \-, and no line begins with a dot.
function roff(s) {
    gsub(/\\/, "\\e", s)
    gsub(/-/, "\\-", s)
    gsub(/\*\*/, "", s)
    while (match(s, /`[^`]*`/))
        s = substr(s, 1, RSTART - 1) "\\fI" substr(s, RSTART + 1, RLENGTH - 2) "\\fR" substr(s, RSTART + RLENGTH)
    sub(/^[.']/, "\\\\\\&&", s)
    return s
}
# Lines of at most 78 characters.
function put(s,    n, i, words, line) {
    n = split(s, words, " ")
    for (i = 1; i <= n; i++) {
        if (length(line) + length(words[i]) > 77) {
            print line
            line = ""
        }
        line = line (line == "" ? "" : " ") words[i]
    }
    if (line != "") print line
}
BEGIN {
    print ".TH SPROVE\\-RELAYER.INI 5 \"\" sprove \"File Formats\""
    print ".SH NAME\nsprove\\-relayer.ini \\- settings of sprove\\-relayer"
    print ".SH DESCRIPTION"
    print "Lines\n.IR name \" = \" value\nunder\n.RI [ section ];"
    print "a semicolon begins a comment."
    print "Lists are separated by commas."
    print "An unknown name, one that comes twice, a value out of its range and timers out\nof order are errors."
    print "Times are written 500ms, 30s, 5m, 1h, 2d; sizes 4096, 256KiB, 1GiB."
    print "The environment"
    print ".RI ( SPROVE_SECTION_NAME )\nand\n.B \\-\\-set\ngo before the file."
    print "Those marked reloadable are read again on SIGHUP."
}
/^\| `[a-z]+\.[a-z0-9_]+`/ {
    split($0, cell, "|")
    match(cell[2], /`[^`]*`/)
    name = substr(cell[2], RSTART + 1, RLENGTH - 2)
    dot = index(name, ".")
    if (substr(name, 1, dot - 1) != section) {
        section = substr(name, 1, dot - 1)
        print ".SH [" section "]"
    }
    print ".TP\n.B " substr(name, dot + 1)
    value = cell[3]
    gsub(/[` ]/, "", value)
    text = cell[4]
    sub(/^ +/, "", text)
    sub(/ +$/, "", text)
    if (cell[2] ~ /\*\*R\*\*/) text = text (text == "" ? "" : "; ") "reloadable"
    if (value != "") text = text (text == "" ? "" : "; ") "default: `" value "`"
    put(roff(text))
    n++
}
END {
    if (n < 50) exit 1
    print ".SH EXAMPLES\n.nf\n[server]\nlisten = 127.0.0.1:8000\ntrusted_proxies = 127.0.0.1\n\n[log]\nlevel = info\n.fi"
    print ".SH SEE ALSO\n.BR sprove\\-relayer (1)"
}
