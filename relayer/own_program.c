/* own_program.c - see own_program.h. */
#include "relayer/own_program.h"

#include "relayer/check.h"

#include <stdio.h>
#include <string.h>

bool own_program_is(const char *program) { return strlen(program) == OWN_PROGRAM_SHA256 - 1; }

bool own_program_find(db *d, own_program *out, const char *key_id, const char *sha256,
                      const char *name, const char *version, const char *profile,
                      const char *io_mode)
{
    memset(out, 0, sizeof *out);
    db_rows *r = db_query(d,
                          "SELECT sha256, ids FROM program WHERE key_id = ?"
                          " AND sha256 = coalesce(CAST(? AS TEXT), sha256)"
                          " AND name = coalesce(CAST(? AS TEXT), name)"
                          " AND version = coalesce(CAST(? AS TEXT), version)"
                          " ORDER BY created_at DESC, sha256 LIMIT 1",
                          DB_T(key_id), DB_T(sha256), DB_T(name), DB_T(version));
    if (db_next(r)) {
        json_t *ids = json_loads(db_text(r, 1), 0, NULL);
        const char *id = json_string_value(json_object_get(json_object_get(ids, profile), io_mode));
        (void)snprintf(out->sha256, sizeof out->sha256, "%s", db_text(r, 0));
        (void)snprintf(out->id, sizeof out->id, "%s", id != NULL ? id : "");
        json_decref(ids);
    }
    db_end(r);
    return out->id[0] != 0;
}

uint64_t own_program_table_rows(db *d, const char *sha256)
{
    db_rows *r =
        db_query(d, "SELECT table_rows FROM program WHERE sha256 = ? LIMIT 1", DB_T(sha256));
    const int64_t rows = db_next(r) ? db_int(r, 0) : 0;
    db_end(r);
    return rows > 0 ? (uint64_t)rows : 0;
}

json_t *own_program_list(db *d, const char *key_id, const char *which)
{
    json_t *list = json_array();
    db_rows *r = db_query(d,
                          "SELECT sha256, name, version, elf_bytes, ids, description, created_at"
                          " FROM program WHERE key_id = ? AND (CAST(? AS TEXT) IS NULL OR"
                          " sha256 = CAST(? AS TEXT) OR name = CAST(? AS TEXT))"
                          " ORDER BY created_at DESC, sha256 LIMIT 1000",
                          DB_T(key_id), DB_T(which), DB_T(which), DB_T(which));
    while (db_next(r)) {
        char at[CHECK_TIME];
        time_write(at, db_int(r, 6));
        (void)json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:b, s:o?}", "elf_sha256", db_text(r, 0),
                      "name", db_text(r, 1), "version", db_text(r, 2), "elf_bytes",
                      (json_int_t)db_int(r, 3), "summary", db_text(r, 5), "created_at", at,
                      "built_in", 0, "program_ids", json_loads(db_text(r, 4), 0, NULL)));
    }
    db_end(r);
    return list;
}
