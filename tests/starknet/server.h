/* server.h - an HTTP server on loopback for one test: it answers request i with reply i. */
#ifndef TESTS_STARKNET_SERVER_H
#define TESTS_STARKNET_SERVER_H

#include "core/sp.h"

#include <pthread.h>

#define SERVER_REPLIES 8
#define SERVER_REQUEST 4096

typedef struct {
    /* Set by the test. */
    int status;                          /* of HTTP; 0: close the connection without a word */
    const char *replies[SERVER_REPLIES]; /* bodies; the last one given is repeated. "$" stands for
                                            the id of the request */
    bool silent;                         /* accept and never answer */
    size_t flood;                        /* instead of a body: that many spaces */
    /* Filled by the server. */
    char request[SERVER_REQUEST]; /* the body of the last request */
    unsigned n_requests;
    char url[64];
    int socket;
    pthread_t thread;
} server;

bool server_start(server *s);
void server_stop(server *s);

#endif
