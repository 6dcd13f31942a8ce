/* profile.c - cycles by call stack: a tree of functions, and the frames that are open now. */
#include "vm/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bounds against guests that call without end: deeper or later calls count for their caller, and
 * the text ends in an error. */
#define MAX_NODES (1u << 18)
#define MAX_FRAMES 512u
#define MAX_TEXT ((size_t)256 << 20)
#define NONE UINT32_MAX

/* A function as called from one stack. */
struct node {
    uint32_t lo, hi; /* byte range of the function; hi == lo: no symbol */
    uint32_t parent, child, last_child, sibling;
    uint64_t cycles; /* without those of its children */
};

struct frame {
    uint32_t node, ret; /* ret: where the caller goes on */
};

struct vm_profile {
    struct node *nodes;
    uint32_t n_nodes, nodes_cap;
    struct frame *frames;
    uint32_t n_frames, frames_cap;
    uint64_t too_deep; /* open calls that have no frame */
    uint64_t since;    /* cycle from which the top frame runs */
    bool failed;
};

vm_profile *vm_profile_new(void) { return (vm_profile *)calloc(1, sizeof(vm_profile)); }

void vm_profile_delete(vm_profile *f)
{
    if (!f) return;
    free(f->nodes);
    free(f->frames);
    free(f);
}

bool vm_profile_failed(const vm_profile *f) { return f->failed; }

/* The child of parent for the function at target; NONE when it cannot be made. */
static uint32_t child_of(vm_profile *f, const vm_program *p, uint32_t parent, uint32_t target)
{
    if (parent != NONE)
        for (uint32_t k = f->nodes[parent].child; k != NONE; k = f->nodes[k].sibling) {
            const struct node *n = &f->nodes[k];
            if (target == n->lo || (target > n->lo && target < n->hi)) return k;
        }
    if (f->n_nodes == MAX_NODES) return NONE;
    if (f->n_nodes == f->nodes_cap) {
        const uint32_t cap = f->nodes_cap ? 2 * f->nodes_cap : 256;
        struct node *n = (struct node *)realloc(f->nodes, cap * sizeof *n);
        if (!n) {
            f->failed = true;
            return NONE;
        }
        f->nodes = n;
        f->nodes_cap = cap;
    }
    const vm_symbol *s = vm_symbol_at(p, target);
    const uint32_t k = f->n_nodes++;
    f->nodes[k] = (struct node){target, target, parent, NONE, NONE, NONE, 0};
    if (s) {
        f->nodes[k].lo = s->addr;
        f->nodes[k].hi = s->addr + (s->size ? s->size : 4);
    }
    if (parent != NONE) { /* append: the text keeps the order of first calls */
        struct node *up = &f->nodes[parent];
        if (up->child == NONE)
            up->child = k;
        else
            f->nodes[up->last_child].sibling = k;
        up->last_child = k;
    }
    return k;
}

static void push(vm_profile *f, uint32_t node, uint32_t ret)
{
    if (f->n_frames == MAX_FRAMES) {
        f->too_deep++;
        return;
    }
    if (f->n_frames == f->frames_cap) {
        const uint32_t cap = f->frames_cap ? 2 * f->frames_cap : 256;
        struct frame *n = (struct frame *)realloc(f->frames, cap * sizeof *n);
        if (!n) {
            f->failed = true;
            return;
        }
        f->frames = n;
        f->frames_cap = cap;
    }
    f->frames[f->n_frames++] = (struct frame){node, ret};
}

/* Charges the top frame with the cycles up to and including this one. */
static void charge(vm_profile *f, uint64_t cycles)
{
    if (f->n_frames) f->nodes[f->frames[f->n_frames - 1].node].cycles += cycles - f->since;
    f->since = cycles;
}

void vm_profile_start(vm_profile *f, const vm_program *p)
{
    f->n_nodes = f->n_frames = 0;
    f->since = f->too_deep = 0;
    f->failed = false;
    const uint32_t root = child_of(f, p, NONE, p->entry);
    if (root != NONE) push(f, root, NONE);
}

void vm_profile_call(vm_profile *f, const vm_program *p, uint32_t target, uint32_t ret,
                     uint64_t cycles)
{
    if (!f->n_frames) return;
    charge(f, cycles);
    const uint32_t top = f->frames[f->n_frames - 1].node, k = child_of(f, p, top, target);
    push(f, k == NONE ? top : k, ret);
}

void vm_profile_return(vm_profile *f, const vm_program *p, uint32_t target, uint64_t cycles)
{
    if (!f->n_frames) return;
    if (f->too_deep) {
        f->too_deep--;
        return;
    }
    for (uint32_t k = f->n_frames; k-- > 1;) {
        if (f->frames[k].ret != target) continue;
        charge(f, cycles);
        f->n_frames = k;
        return;
    }
    vm_profile_jump(f, p, target, cycles); /* nobody waits there */
}

/* A jump to another function keeps the return address: the new function takes the frame over. */
void vm_profile_jump(vm_profile *f, const vm_program *p, uint32_t target, uint64_t cycles)
{
    if (!f->n_frames) return;
    const uint32_t top = f->frames[f->n_frames - 1].node;
    const struct node *n = &f->nodes[top];
    if (target - n->lo < n->hi - n->lo) return;
    const vm_symbol *s = vm_symbol_at(p, target);
    if (!s || s->addr != target) return; /* only entries of functions; labels belong to the top */
    charge(f, cycles);
    const uint32_t up = n->parent == NONE ? top : n->parent;
    const uint32_t k = child_of(f, p, up, target);
    if (k != NONE) f->frames[f->n_frames - 1].node = k;
}

void vm_profile_stop(vm_profile *f, uint64_t cycles) { charge(f, cycles); }

struct text {
    char *s;
    size_t n, cap;
    bool failed, too_long;
};

static void append(struct text *t, const char *s, size_t n)
{
    if (t->failed) return;
    if (t->n + n > MAX_TEXT) t->failed = t->too_long = true;
    if (t->failed) return;
    if (t->cap - t->n <= n) {
        const size_t cap = 2 * (t->cap + n) + 64;
        char *grown = (char *)realloc(t->s, cap);
        if (!grown) {
            t->failed = true;
            return;
        }
        t->s = grown;
        t->cap = cap;
    }
    memcpy(t->s + t->n, s, n);
    t->n += n;
    t->s[t->n] = 0;
}

static void append_name(struct text *t, const vm_program *p, const struct node *n)
{
    const vm_symbol *s = vm_symbol_at(p, n->lo);
    char hex[16];
    if (s) { /* separators of the format must not occur in a name */
        for (const char *c = s->name; *c; c++) append(t, *c == ';' || *c <= ' ' ? "_" : c, 1);
    } else {
        const int len = snprintf(hex, sizeof hex, "0x%x", (unsigned)n->lo);
        append(t, hex, (size_t)len);
    }
}

/* The names from the root to node k, joined. The path is at most MAX_FRAMES nodes: a child is made
 * by a call from an open frame or beside one. */
static void append_stack(struct text *t, const vm_profile *f, const vm_program *p, uint32_t k,
                         uint32_t *path)
{
    uint32_t n = 0;
    for (; k != NONE; k = f->nodes[k].parent) path[n++] = k;
    while (n) {
        append_name(t, p, &f->nodes[path[--n]]);
        append(t, n ? ";" : " ", 1);
    }
}

sp_status vm_profile_write_folded(const vm_profile *f, const vm_program *p, char **text,
                                  size_t *text_len)
{
    struct text t = {NULL, 0, 0, false, false};
    *text = NULL;
    *text_len = 0;
    uint32_t *path = (uint32_t *)malloc((f->n_nodes + 1) * sizeof *path);
    append(&t, "", 0);
    for (uint32_t k = 0; path && !t.failed && k < f->n_nodes; k++) {
        char number[32];
        if (!f->nodes[k].cycles) continue;
        append_stack(&t, f, p, k, path);
        const int len =
            snprintf(number, sizeof number, "%llu\n", (unsigned long long)f->nodes[k].cycles);
        append(&t, number, (size_t)len);
    }
    if (!path || t.failed) {
        free(path);
        free(t.s);
        return t.too_long ? SP_ERR_LIMIT : SP_ERR_NOMEM;
    }
    free(path);
    *text = t.s;
    *text_len = t.n;
    return SP_OK;
}
