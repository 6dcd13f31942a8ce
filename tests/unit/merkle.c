/* merkle.c - node rules against hashes made elsewhere, their separation, and openings. */
#include "core/merkle.h"

#include "core/bytes.h"
#include "tests/test.h"

TEST(nodes_equal_hashes_made_elsewhere)
{
    static const uint32_t leaf[7] = {0x4521556a, 0x41db3076, 0xdfbbc468, 0xc87db35c,
                                     0xda8e7695, 0x11bca88d, 0x234b9a15};
    static const uint32_t node[7] = {0xe6856932, 0x856efadb, 0x2c4a9fd6, 0xd4b0dbda,
                                     0xfc9ef18c, 0x6ed948ba, 0x29f1cc6d};
    static const uint32_t with[7] = {0x2dcfa43c, 0x5934c75f, 0x93a688ea, 0x5e804bca,
                                     0x137767f1, 0xbe5ddd95, 0xfa75648f};
    static const uint32_t values[3] = {1, 2, 3}, more[2] = {7, 8};
    uint32_t w[14], out[7];
    for (uint32_t i = 0; i < 14; i++) w[i] = i;
    merkle_leaf(out, values, 3);
    CHECK_BYTES(out, leaf, sizeof out);
    merkle_node(out, w, w + 7, NULL, 0);
    CHECK_BYTES(out, node, sizeof out);
    merkle_node(out, w, w + 7, more, 2);
    CHECK_BYTES(out, with, sizeof out);
    merkle_node(w, w, w + 7, NULL, 0); /* in place */
    CHECK_BYTES(w, node, sizeof node);
}

/* The same words as a leaf, as two children, as children with values: never the same digest. */
TEST(leaves_and_nodes_cannot_stand_for_each_other)
{
    uint32_t w[16], a[7], b[7], c[7], d[7];
    for (unsigned i = 0; i < 16; i++) w[i] = test_rand();
    merkle_leaf(a, w, 14);
    merkle_node(b, w, w + 7, NULL, 0);
    CHECK(memcmp(a, b, 28));
    merkle_leaf(c, w, 16);
    merkle_node(d, w, w + 7, w + 14, 2);
    CHECK(memcmp(c, d, 28) && memcmp(b, d, 28));
    merkle_node(c, w + 7, w, NULL, 0);
    CHECK(memcmp(b, c, 28));
    merkle_leaf(c, w, 15); /* a value of 0 more or less */
    w[15] = 0;
    merkle_leaf(d, w, 16);
    CHECK(memcmp(c, d, 28));
}

/* Columns of log sizes 6, 6, 4, 3, 6, 4 under a cap of height 2. */
enum { TOP = 6, CAP = 2, N = 6 };
static const uint8_t logs[N] = {6, 6, 4, 3, 6, 4};
static uint32_t col[N][64], level[TOP + 1][64][7];

static void commit(void)
{
    for (unsigned c = 0; c < N; c++)
        for (unsigned i = 0; i < 64; i++) col[c][i] = test_rand() >> 1;
    for (unsigned l = TOP + 1; l-- > CAP;)
        for (unsigned i = 0; i < 1u << l; i++) {
            uint32_t v[N];
            size_t n = 0;
            for (unsigned c = 0; c < N; c++)
                if (logs[c] == l) v[n++] = col[c][i];
            if (l == TOP) merkle_leaf(level[l][i], v, n);
            else merkle_node(level[l][i], level[l + 1][2 * i], level[l + 1][2 * i + 1], v, n);
        }
}

typedef struct {
    uint8_t cap[28 << CAP], path[28 * (TOP - CAP)];
    uint32_t values[N];
    uint8_t log[N];
    uint32_t at;
} opening;
static void open_at(opening *o, uint32_t at)
{
    uint32_t scratch[7];
    for (unsigned i = 0; i < 1u << CAP; i++)
        for (unsigned k = 0; k < 7; k++) bytes_put_le32(o->cap + 28 * i + 4 * k, level[CAP][i][k]);
    for (unsigned l = TOP; l > CAP; l--) {
        memcpy(scratch, level[l][(at >> (TOP - l)) ^ 1], 28);
        for (unsigned k = 0; k < 7; k++)
            bytes_put_le32(o->path + 28 * (TOP - l) + 4 * k, scratch[k]);
    }
    for (unsigned c = 0; c < N; c++) o->values[c] = col[c][at >> (TOP - logs[c])];
    memcpy(o->log, logs, N);
    o->at = at;
}
static bool check(const opening *o)
{
    uint32_t scratch[N];
    return merkle_check(o->cap, CAP, TOP, o->at, o->values, o->log, N, o->path, scratch);
}

TEST(openings_of_mixed_heights_are_accepted_everywhere)
{
    opening o;
    commit();
    for (uint32_t at = 0; at < 1u << TOP; at++) {
        open_at(&o, at);
        CHECK(check(&o));
    }
}

TEST(changed_openings_are_rejected)
{
    opening o, x;
    commit();
    for (uint32_t at = 0; at < 1u << TOP; at++) {
        open_at(&o, at);
        for (unsigned c = 0; c < N; c++) {
            x = o;
            x.values[c] ^= 1u << test_rand() % 32;
            CHECK(!check(&x));
        }
        for (unsigned k = 0; k < sizeof o.path; k++) {
            x = o;
            x.path[k] ^= (uint8_t)(1u << test_rand() % 8);
            CHECK(!check(&x));
        }
        for (uint32_t other = 0; other < 1u << TOP; other++) {
            x = o;
            x.at = other;
            CHECK_EQ(check(&x), other == at);
        }
        for (unsigned k = 0; k < 28; k++) { /* its own cap node; the others are not looked at */
            x = o;
            x.cap[28 * (at >> (TOP - CAP)) + k] ^= 1;
            CHECK(!check(&x));
        }
        x = o; /* columns of one height exchanged */
        x.values[0] = o.values[1];
        x.values[1] = o.values[0];
        CHECK(!check(&x));
        x = o; /* a column said to be of another height */
        x.log[2] = 3;
        CHECK(!check(&x));
        x = o; /* a small column opened at the sibling, as if the lowest bit were a flag */
        x.values[2] = col[2][(at >> 2) ^ 1];
        CHECK(!check(&x));
    }
}

TEST(leaf_openings_check_index_words_and_path)
{
    uint32_t leaf[16][4], node[5][16][7];
    uint8_t cap[28 * 4], path[28 * 2];
    for (unsigned i = 0; i < 16; i++) {
        for (unsigned k = 0; k < 4; k++) leaf[i][k] = test_rand();
        merkle_leaf(node[4][i], leaf[i], 4);
    }
    for (unsigned l = 4; l-- > 2;)
        for (unsigned i = 0; i < 1u << l; i++)
            merkle_node(node[l][i], node[l + 1][2 * i], node[l + 1][2 * i + 1], NULL, 0);
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 7; k++) bytes_put_le32(cap + 28 * i + 4 * k, node[2][i][k]);
    for (uint32_t at = 0; at < 16; at++) {
        for (unsigned k = 0; k < 7; k++) {
            bytes_put_le32(path + 4 * k, node[4][at ^ 1][k]);
            bytes_put_le32(path + 28 + 4 * k, node[3][(at >> 1) ^ 1][k]);
        }
        for (uint32_t other = 0; other < 16; other++) {
            CHECK_EQ(merkle_check_leaf(cap, 2, 4, other, leaf[at], 4, path), other == at);
            CHECK_EQ(merkle_check_leaf(cap, 2, 4, at, leaf[other], 4, path), other == at);
        }
        CHECK(!merkle_check_leaf(cap, 2, 4, at, leaf[at], 3, path));
        path[30] ^= 4;
        CHECK(!merkle_check_leaf(cap, 2, 4, at, leaf[at], 4, path));
    }
}
