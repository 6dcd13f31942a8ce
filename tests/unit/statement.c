/* statement.c - hashes of the statement against ones made elsewhere; every field counts. */
#include "air/statement.h"

#include "tests/test.h"

TEST(io_hashes_equal_hashes_made_elsewhere)
{
    static const uint32_t hello[8] = {0x47b4e7c4, 0xbbc4bd64, 0x87d7ad1b, 0xb51fccaa,
                                      0xc93de3a6, 0x08209c69, 0x00daa5f1, 0x00d0e320};
    static const uint32_t nothing[8] = {0xc00cd94c, 0xee3942d5, 0x98d93f5b, 0xcbf44e9b,
                                        0x08ddbbeb, 0xcb580741, 0xfa91d2d2, 0x00824c36};
    static const uint32_t both[8] = {0x1bbd3f5f, 0x4fc67947, 0xf8934197, 0xd01b3554,
                                     0xadb20d0b, 0xa0f83d28, 0xaba4ea66, 0x4288d052};
    uint32_t h[8], g[8], d[8], c[8];
    statement_hash_io(h, (const uint8_t *)"hello", 5);
    CHECK_BYTES(h, hello, 32);
    statement_hash_io(g, NULL, 0);
    CHECK_BYTES(g, nothing, 32);
    statement_io_digest(d, h, g);
    CHECK_BYTES(d, both, 32);
    statement_io_commitment(c, h, g);
    d[7] &= 0x00ffffff;
    CHECK_BYTES(c, d, 32);
    statement_io_commitment(d, g, h); /* input and output are not exchangeable */
    CHECK(memcmp(c, d, 32));
}

/* The border between input and output cannot move, nor zero bytes be added. */
TEST(io_commitment_binds_lengths)
{
    static const uint8_t data[8] = {1, 2, 3, 4, 0, 0, 0, 0};
    uint32_t seen[64][8];
    unsigned n = 0;
    for (uint32_t a = 0; a <= 8; a++)
        for (uint32_t b = 0; a + b <= 8; b++) {
            uint32_t h[8], g[8];
            statement_hash_io(h, data, a);
            statement_hash_io(g, data + a, b);
            statement_io_commitment(seen[n], h, g);
            for (unsigned k = 0; k < n; k++) CHECK(memcmp(seen[k], seen[n], 32));
            n++;
        }
    CHECK_EQ(n, 45);
}

/* Every word that a proof states: changing any changes the state. Walks the struct by field, so that
 * a field left out of statement_mix is found. */
TEST(every_field_of_the_statement_is_absorbed)
{
    statement s;
    channel a, b;
    for (unsigned k = 0; k < sizeof s; k++) ((uint8_t *)&s)[k] = (uint8_t)test_rand();
    channel_init(&a);
    statement_mix(&a, &s);
    const struct {
        const char *name;
        void *at;
        size_t bytes;
    } field[] = {
        {"profile", &s.profile, sizeof s.profile},
        {"program_id", s.program_id, sizeof s.program_id},
        {"context", s.context, sizeof s.context},
        {"io_commitment", s.io_commitment, sizeof s.io_commitment},
        {"exit_code", &s.exit_code, sizeof s.exit_code},
        {"cycles", &s.cycles, sizeof s.cycles},
        {"io_mode", &s.io_mode, sizeof s.io_mode},
        {"h_in", s.h_in, sizeof s.h_in},
        {"h_out", s.h_out, sizeof s.h_out},
        {"log_size", s.log_size, sizeof s.log_size},
    };
    size_t bytes = 0;
    for (unsigned f = 0; f < SP_COUNT(field); f++) {
        bytes += field[f].bytes;
        for (size_t k = 0; k < 8 * field[f].bytes; k++) {
            uint8_t *p = (uint8_t *)field[f].at + k / 8;
            *p ^= (uint8_t)(1u << k % 8);
            channel_init(&b);
            statement_mix(&b, &s);
            *p ^= (uint8_t)(1u << k % 8);
            if (memcmp(a.state, b.state, 32) == 0) printf("  %s bit %zu\n", field[f].name, k);
            CHECK(memcmp(a.state, b.state, 32));
        }
    }
    CHECK(bytes <= sizeof s && sizeof s - bytes < 16); /* all of it but padding */
}

TEST(program_id_binds_header_profile_and_cap)
{
    program_header h = {0x10000, 0x9000, 8, 9, 0};
    uint32_t cap[28], id[7], other[7];
    for (unsigned k = 0; k < 28; k++) cap[k] = test_rand();
    statement_program_id(id, 2, &h, cap, 4);
    uint32_t *const field[] = {&h.entry, &h.image_end, &h.rom_log, &h.image_log, &h.io_mode};
    CHECK_EQ(sizeof h, 4 * SP_COUNT(field));
    for (unsigned k = 0; k < SP_COUNT(field); k++)
        for (unsigned bit = 0; bit < 32; bit++) {
            *field[k] ^= 1u << bit;
            statement_program_id(other, 2, &h, cap, 4);
            *field[k] ^= 1u << bit;
            CHECK(memcmp(id, other, sizeof id));
        }
    for (unsigned k = 0; k < 28; k++) {
        cap[k] ^= 0x100;
        statement_program_id(other, 2, &h, cap, 4);
        cap[k] ^= 0x100;
        CHECK(memcmp(id, other, sizeof id));
    }
    statement_program_id(other, 3, &h, cap, 4);
    CHECK(memcmp(id, other, sizeof id));
    statement_program_id(other, 2, &h, cap, 2);
    CHECK(memcmp(id, other, sizeof id));
}

TEST(slots_and_components_correspond)
{
    unsigned slot = 0;
    for (unsigned id = 0; id < AIR_N_COMPONENTS; id++) {
        const unsigned n = id < AIR_N_SPLIT ? AIR_MAX_INSTANCES : 1;
        CHECK_EQ(air_component_slot((enum air_component_id)id), slot);
        for (unsigned k = 0; k < n; k++) CHECK_EQ(air_slot_component(slot++), id);
    }
    CHECK_EQ(slot, AIR_N_SLOTS);
}

/* gamma, alpha, z in this order, alpha's powers by definition. */
TEST(challenges_are_drawn_in_order)
{
    channel a, b;
    air_challenges ch;
    channel_init(&a);
    channel_init(&b);
    air_challenges_draw(&ch, &a);
    CHECK(qm31_eq(ch.gamma, channel_draw_felt(&b)));
    CHECK(qm31_eq(ch.alpha[1], channel_draw_felt(&b)));
    CHECK(qm31_eq(ch.z, channel_draw_felt(&b)));
    CHECK(qm31_eq(ch.alpha[0], qm31_one()));
    for (unsigned k = 0; k < SP_COUNT(ch.alpha); k++)
        CHECK(qm31_eq(ch.alpha[k], qm31_pow(ch.alpha[1], k)));
    CHECK_EQ(a.counter, 3);
}
