/* dwarf.c - source lines from .debug_line (DWARF 2 to 5), for messages only.
 *
 * The section is a list of units; each is a header with tables of directories and files, then a
 * byte program that makes rows (address, file, line). A unit that cannot be read is skipped, and
 * with it nothing but its lines. Work and memory are bounded by the length of the section. */
#include "vm/internal.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ROWS (1u << 22)
#define MAX_FILES (1u << 16)

/* Bytes not read yet; fail is sticky, and reads after it give zeros. */
struct cursor {
    const uint8_t *b, *end;
    bool fail;
};

static size_t left(const struct cursor *c) { return c->fail ? 0 : (size_t)(c->end - c->b); }

static const uint8_t *take(struct cursor *c, uint64_t n)
{
    if (n > left(c)) {
        c->fail = true;
        return NULL;
    }
    const uint8_t *b = c->b;
    c->b += n;
    return b;
}

static uint64_t take_uint(struct cursor *c, unsigned n_bytes)
{
    const uint8_t *b = take(c, n_bytes);
    uint64_t v = 0;
    if (!b) return 0;
    for (unsigned k = 0; k < n_bytes && k < 8; k++) v |= (uint64_t)b[k] << 8 * k;
    return v;
}

static uint64_t take_uleb(struct cursor *c)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint64_t b = take_uint(c, 1);
        if (shift < 64) v |= (b & 127) << shift;
        if (c->fail || !(b & 128)) return v;
    }
}

static int64_t take_sleb(struct cursor *c)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint64_t b = take_uint(c, 1);
        if (shift < 64) v |= (b & 127) << shift;
        if (c->fail) return 0;
        if (b & 128) continue;
        if ((b & 64) && shift + 7 < 64) v |= UINT64_MAX << (shift + 7);
        return (int64_t)v;
    }
}

/* A string that ends inside the range, or NULL. */
static const char *string_at(const uint8_t *b, size_t n, uint64_t at)
{
    if (!b || at >= n || !memchr(b + at, 0, n - (size_t)at)) return NULL;
    return (const char *)(b + at);
}

static const char *take_string(struct cursor *c)
{
    const char *s = c->fail ? NULL : string_at(c->b, left(c), 0);
    if (!s) {
        c->fail = true;
        return "";
    }
    c->b += strlen(s) + 1;
    return s;
}

/* A unit's header, as far as the program needs it. */
struct unit {
    unsigned version, offset_bytes, min_length;
    int line_base;
    unsigned line_range, opcode_base;
    const uint8_t *opcode_lengths;
    struct cursor program;
    uint32_t first_file, n_files; /* in vm_lines.files; file number f is first_file + f - base */
    uint32_t file_base;           /* 1 before DWARF 5, then 0 */
};

static bool add_file(struct vm_lines *t, const char *dir, const char *name)
{
    if (t->n_files >= MAX_FILES) return false;
    if ((t->n_files & (t->n_files - 1)) == 0) { /* a power of two is full */
        char **f = (char **)realloc(t->files, (t->n_files ? 2 * t->n_files : 1) * sizeof *f);
        if (!f) return false;
        t->files = f;
    }
    const bool join = dir && dir[0] && name[0] != '/';
    const size_t d = join ? strlen(dir) : 0, n = strlen(name);
    if (d + n > 4096) return false;
    char *s = (char *)malloc(d + n + 2);
    if (!s) return false;
    if (join) {
        memcpy(s, dir, d);
        s[d] = '/';
    }
    memcpy(s + d + join, name, n + 1);
    t->files[t->n_files++] = s;
    return true;
}

/* DWARF 2 to 4: zero-terminated lists of strings. */
static bool read_files_v4(struct vm_lines *t, struct unit *u, struct cursor *c)
{
    const char *dirs[256];
    unsigned n_dirs = 1;
    dirs[0] = "";
    for (;;) {
        const char *s = take_string(c);
        if (c->fail) return false;
        if (!*s) break;
        if (n_dirs < SP_COUNT(dirs)) dirs[n_dirs++] = s;
    }
    u->file_base = 1;
    for (;;) {
        const char *s = take_string(c);
        if (c->fail) return false;
        if (!*s) return true;
        const uint64_t dir = take_uleb(c);
        take_uleb(c); /* time */
        take_uleb(c); /* length */
        if (c->fail || !add_file(t, dir < n_dirs ? dirs[dir] : "", s)) return false;
        u->n_files++;
    }
}

/* One field of a DWARF 5 entry. */
static bool take_form(const struct vm_debug *d, const struct unit *u, struct cursor *c,
                      uint64_t form, const char **text, uint64_t *value)
{
    *text = NULL;
    *value = 0;
    switch (form) {
    case 0x08: *text = take_string(c); break; /* string */
    case 0x0e:
        *text = string_at(d->str, d->str_bytes, take_uint(c, u->offset_bytes));
        break; /* strp */
    case 0x1f: /* line_strp */
        *text = string_at(d->line_str, d->line_str_bytes, take_uint(c, u->offset_bytes));
        break;
    case 0x0b: *value = take_uint(c, 1); break; /* data1 */
    case 0x05: *value = take_uint(c, 2); break; /* data2 */
    case 0x06: *value = take_uint(c, 4); break; /* data4 */
    case 0x07: *value = take_uint(c, 8); break; /* data8 */
    case 0x0f: *value = take_uleb(c); break;    /* udata */
    case 0x1e: take(c, 16); break;              /* data16: a checksum */
    case 0x09: take(c, take_uleb(c)); break;    /* block */
    default: return false;
    }
    return !c->fail;
}

/* DWARF 5: tables with a description of their own fields. */
static bool read_table_v5(struct vm_lines *t, const struct vm_debug *d, struct unit *u,
                          struct cursor *c, const char **dirs, unsigned *n_dirs, bool files)
{
    uint64_t kinds[8], forms[8];
    const uint64_t n_fields = take_uint(c, 1);
    if (n_fields > SP_COUNT(kinds)) return false;
    for (unsigned k = 0; k < n_fields; k++) {
        kinds[k] = take_uleb(c);
        forms[k] = take_uleb(c);
    }
    const uint64_t n = take_uleb(c);
    if (c->fail || n > left(c)) return false; /* an entry has a byte at least */
    for (uint64_t j = 0; j < n; j++) {
        const char *path = NULL;
        uint64_t dir = 0;
        for (unsigned k = 0; k < n_fields; k++) {
            const char *text;
            uint64_t value;
            if (!take_form(d, u, c, forms[k], &text, &value)) return false;
            if (kinds[k] == 1) path = text;
            if (kinds[k] == 2) dir = value;
        }
        if (!path) path = "?";
        if (files) {
            if (!add_file(t, dir < *n_dirs ? dirs[dir] : "", path)) return false;
            u->n_files++;
        } else if (*n_dirs < 256) {
            dirs[(*n_dirs)++] = path;
        }
    }
    return true;
}

static bool read_files_v5(struct vm_lines *t, const struct vm_debug *d, struct unit *u,
                          struct cursor *c)
{
    const char *dirs[256];
    unsigned n_dirs = 0;
    u->file_base = 0;
    return read_table_v5(t, d, u, c, dirs, &n_dirs, false) &&
           read_table_v5(t, d, u, c, dirs, &n_dirs, true);
}

static bool read_header(struct vm_lines *t, const struct vm_debug *d, struct unit *u,
                        struct cursor *c)
{
    u->version = (unsigned)take_uint(c, 2);
    if (u->version < 2 || u->version > 5) return false;
    if (u->version == 5 && take_uint(c, 1) != 4) return false; /* bytes of an address */
    if (u->version == 5) take_uint(c, 1);                      /* bytes of a segment selector */
    const uint64_t header = take_uint(c, u->offset_bytes);
    if (c->fail || header > left(c)) return false;
    u->program = (struct cursor){c->b + header, c->end, false};
    c->end = c->b + header;
    u->min_length = (unsigned)take_uint(c, 1);
    if (u->version >= 4) take_uint(c, 1); /* operations of a VLIW instruction: 1 */
    take_uint(c, 1);                      /* default of is_stmt, which is not used */
    const uint64_t base = take_uint(c, 1);
    u->line_base = base < 128 ? (int)base : (int)base - 256;
    u->line_range = (unsigned)take_uint(c, 1);
    u->opcode_base = (unsigned)take_uint(c, 1);
    if (c->fail || u->line_range == 0 || u->opcode_base == 0) return false;
    u->opcode_lengths = take(c, u->opcode_base - 1);
    u->first_file = (uint32_t)t->n_files;
    return u->version == 5 ? read_files_v5(t, d, u, c) : read_files_v4(t, u, c);
}

static bool add_row(struct vm_lines *t, uint64_t addr, uint32_t file, uint32_t line)
{
    if (addr > UINT32_MAX || t->n_rows >= MAX_ROWS) return false;
    if ((t->n_rows & (t->n_rows - 1)) == 0) {
        struct vm_line *r =
            (struct vm_line *)realloc(t->rows, (t->n_rows ? 2 * t->n_rows : 1) * sizeof *r);
        if (!r) return false;
        t->rows = r;
    }
    t->rows[t->n_rows].addr = (uint32_t)addr;
    t->rows[t->n_rows].file = file;
    t->rows[t->n_rows].order = (uint32_t)t->n_rows;
    t->rows[t->n_rows++].line = line;
    return true;
}

/* The registers of the byte program. */
struct state {
    uint64_t addr, file;
    uint32_t line;
};

static bool emit(struct vm_lines *t, const struct unit *u, const struct state *s, bool end)
{
    uint32_t file = VM_NO_FILE;
    if (!end && s->file >= u->file_base && s->file - u->file_base < u->n_files)
        file = u->first_file + (uint32_t)(s->file - u->file_base);
    return add_row(t, s->addr, file, s->line);
}

static bool run_program(struct vm_lines *t, struct unit *u)
{
    struct cursor *c = &u->program;
    const struct state start = {0, 1, 1};
    struct state s = start;
    while (left(c)) {
        const unsigned op = (unsigned)take_uint(c, 1);
        if (op >= u->opcode_base) {
            const unsigned k = op - u->opcode_base;
            s.addr += (uint64_t)u->min_length * (k / u->line_range);
            s.line += (uint32_t)(u->line_base + (int)(k % u->line_range));
            if (!emit(t, u, &s, false)) return false;
            continue;
        }
        switch (op) {
        case 0: { /* extended: length, opcode, operands */
            const uint64_t n = take_uleb(c);
            const uint8_t *b = take(c, n);
            if (!b || n == 0) return false;
            struct cursor x = {b + 1, b + n, false};
            if (b[0] == 1) { /* end_sequence */
                if (!emit(t, u, &s, true)) return false;
                s = start;
            } else if (b[0] == 2) { /* set_address */
                s.addr = take_uint(&x, n == 5 ? 4 : 8);
            }
            break;
        }
        case 1: /* copy */
            if (!emit(t, u, &s, false)) return false;
            break;
        case 2: s.addr += u->min_length * take_uleb(c); break;     /* advance_pc */
        case 3: s.line += (uint32_t)(uint64_t)take_sleb(c); break; /* advance_line */
        case 4: s.file = take_uleb(c); break;                      /* set_file */
        case 8: s.addr += u->min_length * ((255 - u->opcode_base) / u->line_range); break;
        case 9: s.addr += take_uint(c, 2); break; /* fixed_advance_pc */
        default:                                  /* known or not, its operands are LEB numbers */
            for (unsigned k = 0; k < u->opcode_lengths[op - 1]; k++) take_uleb(c);
        }
    }
    return !c->fail;
}

static int by_address(const void *x, const void *y)
{
    const struct vm_line *a = (const struct vm_line *)x, *b = (const struct vm_line *)y;
    if (a->addr != b->addr) return a->addr < b->addr ? -1 : 1;
    /* Where one sequence ends another may begin: its rows come later and win. */
    const int ea = a->file == VM_NO_FILE, eb = b->file == VM_NO_FILE;
    if (ea != eb) return ea ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void vm_lines_init(struct vm_lines *t, const struct vm_debug *d)
{
    memset(t, 0, sizeof *t);
    if (!d->line) return;
    struct cursor c = {d->line, d->line + d->line_bytes, false};
    while (left(&c)) {
        struct unit u = {0};
        uint64_t n = take_uint(&c, 4);
        u.offset_bytes = n == 0xffffffffu ? 8 : 4;
        if (u.offset_bytes == 8) n = take_uint(&c, 8);
        const uint8_t *b = take(&c, n);
        if (!b) break;
        struct cursor uc = {b, b + n, false};
        const size_t n_rows = t->n_rows;
        if (!read_header(t, d, &u, &uc) || !run_program(t, &u)) t->n_rows = n_rows;
    }
    if (t->n_rows) qsort(t->rows, t->n_rows, sizeof *t->rows, by_address);
}

void vm_lines_free(struct vm_lines *t)
{
    for (size_t k = 0; k < t->n_files; k++) free(t->files[k]);
    free(t->files);
    free(t->rows);
    memset(t, 0, sizeof *t);
}
