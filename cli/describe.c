/* describe.c - see describe.h. Digests are printed as the hex of their bytes in order. */
#include "cli/describe.h"

#include "cli/hex.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

json_t *describe_security_json(const security_bits *s)
{
    json_t *j = json_object(), *udr = json_object(), *jbr = json_object();
    for (unsigned i = 0; i < N_SECURITY_TERMS; i++) {
        json_object_set_new(udr, security_term_name[i], json_integer(s->udr_term[i]));
        json_object_set_new(jbr, security_term_name[i], json_integer(s->jbr_term[i]));
    }
    json_object_set_new(j, "legacy_conjectured", json_integer(s->legacy));
    json_object_set_new(j, "udr", json_integer(s->udr));
    json_object_set_new(j, "jbr", json_integer(s->jbr));
    json_object_set_new(j, "udr_terms", udr);
    json_object_set_new(j, "jbr_terms", jbr);
    return j;
}

static json_t *hex_json(const uint32_t *words, size_t bytes)
{
    char text[65];
    hex_words(text, words, bytes);
    return json_string(text);
}

static const char *profile_name(const statement *st)
{
    const params *p = params_by_id(st->profile);
    return p ? p->name : "?";
}

static const char *io_name(const statement *st)
{
    return st->io_mode == MACHINE_IO_WORDS ? "words" : "digest";
}

json_t *describe_statement_json(const statement *st)
{
    json_t *j = json_object();
    json_object_set_new(j, "profile", json_string(profile_name(st)));
    json_object_set_new(j, "program_id", hex_json(st->program_id, 28));
    json_object_set_new(j, "context", hex_json(st->context, 28));
    json_object_set_new(j, "io_commitment", hex_json(st->io_commitment, 31));
    json_object_set_new(j, "h_in", hex_json(st->h_in, 31));
    json_object_set_new(j, "h_out", hex_json(st->h_out, 31));
    json_object_set_new(j, "exit_code", json_integer(st->exit_code));
    json_object_set_new(j, "cycles", json_integer((json_int_t)st->cycles));
    json_object_set_new(j, "io", json_string(io_name(st)));
    return j;
}

static void line(const char *name, const uint32_t *words, size_t bytes)
{
    char text[65];
    hex_words(text, words, bytes);
    printf("%-14s %s\n", name, text);
}

void describe_statement(const statement *st, const security_bits *s)
{
    line("program id", st->program_id, 28);
    line("io commitment", st->io_commitment, 31);
    line("context", st->context, 28);
    printf("%-14s %" PRIu64 "\n%-14s %" PRIu32 "\n%-14s %s\n%-14s %s\n", "cycles", st->cycles,
           "exit code", st->exit_code, "io", io_name(st), "profile", profile_name(st));
    printf("%-14s legacy (conjectured) %u, proved: UDR %u, JBR %u\n", "security bits", s->legacy,
           s->udr, s->jbr);
}
