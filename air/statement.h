/* statement.h - what a proof states, and how it enters the transcript (docs/protocol.md 4). */
#ifndef AIR_STATEMENT_H
#define AIR_STATEMENT_H

#include "air/components.h"
#include "core/channel.h"
#include "core/machine.h"
#include "core/params.h"

#define SP_VERSION 1u

typedef struct {
    uint32_t profile;          /* enum profile_id */
    uint32_t program_id[7];
    uint32_t context[7];       /* free for the caller */
    uint32_t io_commitment[8]; /* 31 bytes; the last byte is zero */
    uint32_t exit_code;
    uint64_t cycles;
    uint32_t io_mode;          /* enum machine_io_mode */
    uint32_t h_in[8], h_out[8]; /* 31 bytes each; the last byte is zero */
    uint8_t log_size[AIR_N_SLOTS]; /* trace log size of each instance slot; 0: absent */
} statement;

/* What program_id binds besides air_id, profile and the cap of the program tree. */
typedef struct {
    uint32_t entry;     /* byte address */
    uint32_t image_end; /* tuple address of the last image word */
    uint32_t rom_log, image_log;
    uint32_t io_mode;
} program_header;

/* Component of an instance slot. */
SP_FN enum air_component_id air_slot_component(unsigned slot)
{
    const unsigned split = AIR_N_SPLIT * AIR_MAX_INSTANCES;
    return (enum air_component_id)(slot < split ? slot / AIR_MAX_INSTANCES
                                                : AIR_N_SPLIT + (slot - split));
}
/* First slot of a component. */
SP_FN unsigned air_component_slot(enum air_component_id id)
{
    const unsigned i = (unsigned)id;
    return i < AIR_N_SPLIT ? i * AIR_MAX_INSTANCES
                           : AIR_N_SPLIT * AIR_MAX_INSTANCES + (i - AIR_N_SPLIT);
}

/* H = BLAKE2s-256(le32(n), bytes) cut to 31 bytes, as 8 words. */
void statement_hash_io(uint32_t out[8], const uint8_t *bytes, uint32_t n);
/* The uncut BLAKE2s-256("sprove io", H_in, H_out). */
void statement_io_digest(uint32_t out[8], const uint32_t h_in[8], const uint32_t h_out[8]);
/* The same cut to 31 bytes. */
void statement_io_commitment(uint32_t out[8], const uint32_t h_in[8], const uint32_t h_out[8]);
void statement_program_id(uint32_t out[7], uint32_t profile, const program_header *h,
                          const uint32_t *cap, size_t cap_nodes);
void statement_mix(channel *c, const statement *s);
/* Step 3 of the transcript: gamma, alpha, z. */
void air_challenges_draw(air_challenges *a, channel *c);

#endif
