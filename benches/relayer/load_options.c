/* load_options.c - the command line of the load generator, and the files that it names. */
#include "load.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static bool read_key(load_options *o, const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL) return false;
    const bool ok = fscanf(f, "%255s", o->key) == 1;
    (void)fclose(f);
    return ok;
}

static bool read_ids(load_options *o)
{
    char line[64];
    FILE *f = fopen(o->ids, "r");
    if (f == NULL) return false;
    while (fscanf(f, "%63s", line) == 1) {
        char **more = realloc(o->id, (o->n_ids + 1) * sizeof *more);
        if (more == NULL) break;
        o->id = more;
        o->id[o->n_ids] = strdup(line);
        if (o->id[o->n_ids] == NULL) break;
        o->n_ids++;
    }
    (void)fclose(f);
    return o->n_ids > 0;
}

static const char task[] =
    "{\"payload\":{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1,2],[3,4]],"
    "\"matrix_b\":[[5,6],[7,8]]},\"requirements\":{\"cpu_threads\":4,\"ram_gb\":8,"
    "\"gpu_required\":false,\"max_execution_time\":300},\"token_amount\":1000000000000000000,"
    "\"description\":\"Matrix multiplication task\"}";

/* The payloads of the proofs become whole bodies of POST /tasks. */
static bool wrap_payloads(load_options *o)
{
    for (size_t i = 0; i < o->made.n; i++) {
        char *body = malloc(strlen(o->made.v[i].payload) + 256);
        if (body == NULL) return false;
        (void)sprintf(body,
                      "{\"job\":{\"profile\":\"%.16s\"},\"requirements\":{\"cpu_threads\":4,"
                      "\"ram_gb\":8,\"max_execution_time\":300},"
                      "\"token_amount\":\"1000000000000000000\",\"payload\":%s}",
                      o->profile, o->made.v[i].payload);
        free(o->made.v[i].payload);
        o->made.v[i].payload = body;
    }
    return true;
}

bool load_options_read(load_options *o, int argc, char **argv, const char **ca, const char **url)
{
    enum {
        URL = 256,
        KEY,
        CA,
        THREADS,
        NODES,
        FOR,
        CUTS,
        HEARTBEAT,
        IN_FLIGHT,
        RATE,
        COUNT,
        CONNECTIONS,
        PATH,
        BODY,
        IDS,
        BYTES,
        PROOFS,
        PID,
        CAPACITY,
        PROFILE,
        WAIT,
        UNTIL,
        FIRST
    };
    static const struct option list[] = {{"url", 1, NULL, URL},
                                         {"key", 1, NULL, KEY},
                                         {"ca", 1, NULL, CA},
                                         {"threads", 1, NULL, THREADS},
                                         {"nodes", 1, NULL, NODES},
                                         {"for", 1, NULL, FOR},
                                         {"cuts", 1, NULL, CUTS},
                                         {"heartbeat", 1, NULL, HEARTBEAT},
                                         {"in-flight", 1, NULL, IN_FLIGHT},
                                         {"rate", 1, NULL, RATE},
                                         {"count", 1, NULL, COUNT},
                                         {"connections", 1, NULL, CONNECTIONS},
                                         {"path", 1, NULL, PATH},
                                         {"body", 1, NULL, BODY},
                                         {"ids", 1, NULL, IDS},
                                         {"bytes", 1, NULL, BYTES},
                                         {"proofs", 1, NULL, PROOFS},
                                         {"pid", 1, NULL, PID},
                                         {"capacity", 1, NULL, CAPACITY},
                                         {"profile", 1, NULL, PROFILE},
                                         {"wait", 1, NULL, WAIT},
                                         {"until", 1, NULL, UNTIL},
                                         {"first", 1, NULL, FIRST},
                                         {NULL, 0, NULL, 0}};
    static const char *const modes[] = {"nodes", "post", "get", "put", "lives"};
    size_t mode = 0;
    if (argc < 2) return false;
    while (mode < SP_COUNT(modes) && strcmp(argv[1], modes[mode]) != 0) mode++;
    if (mode == SP_COUNT(modes)) return false;
    o->mode = (load_mode)mode;
    o->threads = 1;
    o->connections = 64;
    o->in_flight = 1000;
    o->heartbeat = 30;
    o->seconds = 10;
    o->bytes = 4096;
    o->capacity = 4;
    o->path = "/api/v1/version";
    o->profile = "chain";
    o->wait = 120;
    o->body = (uint8_t *)(uintptr_t)task;
    o->body_bytes = sizeof task - 1;
    int c;
    argc--;
    argv++;
    while ((c = getopt_long(argc, argv, "", list, NULL)) != -1) {
        switch (c) {
        case URL: *url = optarg; break;
        case KEY:
            if (!read_key(o, optarg)) return false;
            break;
        case CA: *ca = optarg; break;
        case THREADS: o->threads = (unsigned)strtoul(optarg, NULL, 10); break;
        case NODES: o->nodes = strtoul(optarg, NULL, 10); break;
        case FOR: o->seconds = strtod(optarg, NULL); break;
        case CUTS: o->cuts = (unsigned)strtoul(optarg, NULL, 10); break;
        case HEARTBEAT: o->heartbeat = strtod(optarg, NULL); break;
        case IN_FLIGHT: o->in_flight = strtoul(optarg, NULL, 10); break;
        case RATE: o->rate = strtod(optarg, NULL); break;
        case COUNT: o->count = strtoull(optarg, NULL, 10); break;
        case CONNECTIONS: o->connections = (unsigned)strtoul(optarg, NULL, 10); break;
        case PATH: o->path = optarg; break;
        case BODY: {
            FILE *f = fopen(optarg, "rb");
            o->body = malloc(1 << 20);
            if (f == NULL || o->body == NULL) return false;
            o->body_bytes = fread(o->body, 1, 1 << 20, f);
            (void)fclose(f);
            break;
        }
        case IDS: o->ids = optarg; break;
        case BYTES: o->bytes = strtoul(optarg, NULL, 10); break;
        case PROOFS: o->proofs = optarg; break;
        case PID: o->pid = (pid_t)strtol(optarg, NULL, 10); break;
        case PROFILE: o->profile = optarg; break;
        case WAIT: o->wait = strtod(optarg, NULL); break;
        case FIRST: o->first = strtoull(optarg, NULL, 10); break;
        case UNTIL: o->until = strtoull(optarg, NULL, 10); break;
        case CAPACITY: o->capacity = (unsigned)strtoul(optarg, NULL, 10); break;
        default: return false;
        }
    }
    const bool no_end = o->mode != MODE_NODES && o->count == 0 && o->rate <= 0;
    return optind == argc && *url != NULL && o->threads >= 1 && o->threads <= LOAD_MOST_THREADS &&
           o->connections >= o->threads && o->bytes >= 8 && o->bytes < 1 << 28 && !no_end;
}

bool load_options_fill(load_options *o)
{
    (void)snprintf(
        o->headers, sizeof o->headers, "%s%s%s%s", o->key[0] != 0 ? "Authorization: Bearer " : "",
        o->key, o->key[0] != 0 ? "\r\n" : "",
        o->mode == MODE_POST || o->mode == MODE_LIVES ? "Content-Type: application/json\r\n" : "");
    if (o->mode == MODE_GET) return o->ids == NULL || read_ids(o);
    if (o->mode != MODE_LIVES) return true;
    return o->proofs != NULL && proofs_read(&o->made, o->proofs) && wrap_payloads(o);
}
