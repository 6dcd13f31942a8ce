/* load.c - bench_relayer_load: simulated nodes and clients against a running relayer. Each figure
 * is a JSON line on standard output. benches/relayer/README.md says what it measured. */
#include "load.h"

#include <sys/resource.h>

static const char usage[] =
    "usage: bench_relayer_load MODE --url http://ADDRESS:PORT [options]\n"
    "\n"
    "  nodes  connects --nodes N, holds them with heartbeats for --for S seconds or until "
    "SIGTERM;\n"
    "         --cuts K: then cuts all sockets K times and waits until all are back\n"
    "  post   posts tasks;  get  reads --path (or the tasks of --ids);  put  stores random blobs\n"
    "         of --bytes: --rate R a second for --for S seconds, or --count N; rate 0: as fast as\n"
    "         --connections C allow\n"
    "  lives  --count N tasks, of which --proofs DIR has results (of --profile, chain), posted at\n"
    "         --rate, done by --nodes N; waits --wait S seconds for the last; --until N: until so\n"
    "         many are verified in all, also those of other generators on the same database\n"
    "\n"
    "  --first N (node's number, from which its key is: each generator has its own)\n"
    "  --key FILE (API key)  --ca FILE  --threads T  --heartbeat S  --in-flight N  --capacity N\n"
    "  --body FILE (of a post)  --ids FILE (post, lives: written)  --pid N (of the relayer: its\n"
    "  processor time, memory and descriptors are in each line)\n";

volatile sig_atomic_t load_asked_to_stop;

static void on_signal(int number)
{
    (void)number;
    load_asked_to_stop = 1;
}

int main(int argc, char **argv)
{
    static load_options o;
    static load_worker workers[LOAD_MOST_THREADS];
    const char *ca = NULL, *url = NULL;
    if (!load_options_read(&o, argc, argv, &ca, &url) || !target_read(&o.to, url, ca)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    const bool writes_ids = o.ids != NULL && o.mode != MODE_GET;
    FILE *ids = writes_ids ? fopen(o.ids, "w") : NULL;
    if ((writes_ids && ids == NULL) || !load_options_fill(&o)) {
        (void)fputs("bench_relayer_load: --ids or --proofs cannot be read\n", stderr);
        return 2;
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGINT, on_signal);
    for (unsigned i = 0; i < o.threads; i++)
        if (!load_worker_init(&workers[i], &o, i, ids)) {
            (void)fputs("bench_relayer_load: out of memory\n", stderr);
            return 1;
        }
    for (unsigned i = 0; i < o.threads; i++)
        if (pthread_create(&workers[i].thread, NULL, load_worker_run, &workers[i]) != 0) return 1;
    const int code = o.mode == MODE_NODES   ? load_nodes(&o, workers)
                     : o.mode == MODE_LIVES ? load_lives(&o, workers)
                                            : load_requests(&o, workers);
    for (unsigned i = 0; i < o.threads; i++) {
        workers[i].stop = true;
        (void)pthread_join(workers[i].thread, NULL);
        load_worker_free(&workers[i]);
    }
    if (ids != NULL) (void)fclose(ids);
    proofs_free(&o.made);
    return code;
}
