/* symbols.c - from addresses to names and source lines. */
#include "vm/internal.h"

const vm_symbol *vm_symbol_at(const vm_program *p, uint32_t addr)
{
    uint32_t lo = 0, hi = p->n_symbols; /* symbols below lo start at or before addr */
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (p->symbols[mid].addr <= addr)
            lo = mid + 1;
        else
            hi = mid;
    }
    /* A function has a size and wins over labels inside it. Labels of assembler code have none:
     * they reach up to the next symbol. The search is bounded. */
    const vm_symbol *label = NULL;
    for (uint32_t k = 0; k < 64 && k < lo; k++) {
        const vm_symbol *s = &p->symbols[lo - 1 - k];
        if (addr - s->addr < s->size) return s;
        if (!label && k == 0 && s->size == 0) label = s;
    }
    return label && addr - p->code_base < 4 * p->n_code && label->addr >= p->code_base ? label
                                                                                       : NULL;
}

bool vm_line_at(const vm_program *p, uint32_t addr, const char **file, uint32_t *line)
{
    const struct vm_private *v = (const struct vm_private *)p->opaque;
    const struct vm_lines *t = &v->lines;
    size_t lo = 0, hi = t->n_rows;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (t->rows[mid].addr <= addr)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0 || t->rows[lo - 1].file >= t->n_files || t->rows[lo - 1].line == 0) return false;
    *file = t->files[t->rows[lo - 1].file];
    *line = t->rows[lo - 1].line;
    return true;
}
