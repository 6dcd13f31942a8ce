/* boundary.c - the boundary pairs of a public statement and their product. */
#include "air/boundary.h"

enum { PART_STATE, PART_INPUT, PART_OUTPUT, PART_EXIT, PART_DIGEST, PART_END };

sp_status air_public_check(const air_public *pub)
{
    if (pub->entry % 4 != 0 || pub->entry / 4 >= MACHINE_RAM_WORDS) return SP_ERR_LIMIT;
    if (pub->cycles < 1 || pub->cycles > MACHINE_MAX_CYCLES) return SP_ERR_LIMIT;
    if (pub->mode != MACHINE_IO_WORDS) return pub->mode == MACHINE_IO_DIGEST ? SP_OK : SP_ERR_LIMIT;
    if (pub->input_bytes > MACHINE_INPUT_CAP) return SP_ERR_LIMIT;
    if (pub->output_bytes > MACHINE_OUTPUT_CAP) return SP_ERR_LIMIT;
    return SP_OK;
}

static uint32_t part_len(const air_public *pub, uint32_t part)
{
    bool words = pub->mode == MACHINE_IO_WORDS;
    switch (part) {
    case PART_INPUT: return words ? air_window_words(pub->input_bytes) : 0;
    case PART_OUTPUT: return words ? air_window_words(pub->output_bytes) : 0;
    case PART_DIGEST: return words ? 0 : AIR_DIGEST_WORDS;
    default: return 1;
    }
}

static air_tuple access(uint32_t addr, uint32_t ts, uint32_t word)
{
    air_tuple t = {false, addr, ts, word & 0xffff, word >> 16};
    return t;
}

void air_boundary_start(air_boundary *it, const air_public *pub)
{
    it->pub = pub;
    it->part = it->at = 0;
}

bool air_boundary_next(air_boundary *it, air_tuple *r, air_tuple *w)
{
    const air_public *pub = it->pub;
    while (it->part < PART_END && it->at >= part_len(pub, it->part)) {
        it->part++;
        it->at = 0;
    }
    if (it->part == PART_END) return false;
    const uint32_t end = (uint32_t)(4 * (pub->cycles + 1)); /* < 2^29 */
    uint32_t i = it->at++, addr = 0, word = 0;
    switch (it->part) {
    case PART_STATE:
        *r = (air_tuple){true, MACHINE_HALT_PC / 4, end, 0, 0};
        *w = (air_tuple){true, pub->entry / 4, 4, 0, 0};
        return true;
    case PART_INPUT:
        addr = MACHINE_RAM + MACHINE_INPUT_ADDR / 4 + i;
        *r = access(addr, 0, 0);
        *w = access(addr, 1, air_window_word(pub->input, pub->input_bytes, i));
        return true;
    case PART_OUTPUT:
        addr = MACHINE_RAM + MACHINE_OUTPUT_ADDR / 4 + i;
        word = air_window_word(pub->output, pub->output_bytes, i);
        break;
    case PART_EXIT:
        addr = MACHINE_EXIT_REG;
        word = pub->exit_code;
        break;
    default:
        addr = MACHINE_DIGEST_REG + i;
        word = pub->digest[i];
        break;
    }
    *r = access(addr, end, word);
    *w = access(addr, end + 1, word);
    return true;
}

qm31 air_tuple_value(const air_tuple *t, const air_challenges *ch)
{
    qm31 v = qm31_add(ch->gamma, qm31_mul_m31(ch->alpha[1], m31_from_reduced(t->ts)));
    if (t->state)
        return qm31_add(qm31_add(v, ch->alpha[4]),
                        qm31_mul_m31(ch->alpha[2], m31_from_reduced(t->addr)));
    v = qm31_add(v, qm31_from_m31(m31_from_reduced(t->addr)));
    v = qm31_add(v, qm31_mul_m31(ch->alpha[2], m31_from_reduced(t->lo)));
    return qm31_add(v, qm31_mul_m31(ch->alpha[3], m31_from_reduced(t->hi)));
}

void air_boundary_product(qm31 *r, qm31 *w, const air_public *pub, const air_challenges *ch)
{
    air_boundary it;
    air_tuple tr, tw;
    *r = *w = qm31_one();
    air_boundary_start(&it, pub);
    while (air_boundary_next(&it, &tr, &tw)) {
        *r = qm31_mul(*r, air_tuple_value(&tr, ch));
        *w = qm31_mul(*w, air_tuple_value(&tw, ch));
    }
}
