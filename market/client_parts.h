/* client_parts.h - what the files of the client library share, and the command line reads answers
 * with. */
#ifndef MARKET_CLIENT_PARTS_H
#define MARKET_CLIENT_PARTS_H

#include "include/sprove_client.h"

#include <jansson.h>

/* A text member for people: printable ASCII, cut to the room; "" when it is absent or no text. */
void client_text(char *out, size_t room, const json_t *j, const char *name);
/* A member that is an integer, or a text of decimal digits; false when it is neither. */
bool client_number(uint64_t *out, const json_t *j, const char *name);
/* Seconds since 1970 of RFC 3339 in UTC, with parts of a second or without; 0: it is not that. */
uint64_t client_time(const char *text);

/* Writes a sentence, cut to its room, and returns s. why may be NULL. */
sp_status client_say(sp_status s, char *why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

uint64_t client_now_ms(void); /* monotonic */
/* ms milliseconds, or until the caller's stop. */
void client_pause(const sp_client *c, uint64_t ms);
bool client_stopped(const sp_client *c);
uint64_t client_patience_ms(const sp_client *c);

/* The answer's JSON, which is an object; NULL: memory has run out. */
json_t *client_json(const sp_client_answer *a);

/* 36 characters of a task's id. */
SP_MUST_USE sp_status client_task_path(char *out, size_t room, const char *id, const char *rest,
                                       char *why);

#endif
