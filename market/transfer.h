/* transfer.h - one HTTP request to a relayer, by libcurl: JSON, uploads and downloads.
 *
 * Only http and https, certificates checked, no redirects, the environment is not read. From any
 * thread, after transfer_init in the first. */
#ifndef MARKET_TRANSFER_H
#define MARKET_TRANSFER_H

#include "core/sp.h"

#define TRANSFER_WHY 256

/* Once, before there are threads. */
SP_MUST_USE sp_status transfer_init(void);

typedef struct {
    const char *method, *url;
    const char *authorization;  /* the whole value of the header; NULL: none */
    const char *content_type;   /* NULL: none */
    const char *const *headers; /* further ones, "Name: value"; ended by NULL; or NULL */
    const char *ca_file;        /* whom https trusts, in PEM; NULL: the system's */
    const uint8_t *body;
    int body_fd; /* -1, or the body: body_bytes from the file's beginning */
    uint64_t body_bytes;
    size_t max_response; /* bytes; 0: 1 MiB */
    unsigned connect_ms,
        total_ms;             /* 0: 5000, 30000; a long body has a second more for every 100 kB */
    bool (*stop)(void *user); /* asked now and then; NULL: never */
    void *user;
} transfer_request;

typedef struct {
    long status;   /* of HTTP */
    uint8_t *body; /* to be freed; n bytes and a zero byte */
    size_t n;
    unsigned retry_after_s; /* 0: not said */
    char location[256];     /* "" */
    bool has_offset;        /* Upload-Offset, a decimal number below 10^19 */
    uint64_t offset;
} transfer_response;

/* SP_OK whatever the status. SP_ERR_IO: no answer came, with a sentence in why[TRANSFER_WHY];
 * SP_ERR_LIMIT: it is longer than max_response; SP_ERR_CANCEL: stop said so; SP_ERR_NOMEM;
 * SP_ERR_ARG: no URL of ours. */
SP_MUST_USE sp_status transfer_run(transfer_response *out, const transfer_request *q,
                                   char why[TRANSFER_WHY]);
void transfer_response_free(transfer_response *r);

#endif
