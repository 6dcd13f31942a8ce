/* relayer_score.c - how long the relayer takes to choose a node: bench_relayer_score [NODES
 * [PICKS]].
 *
 * Three fields of nodes: all of them may have the task and differ; a third may not; all are alike,
 * so that every tie is broken by a hash. */
#include "relayer/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint32_t draw(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

enum field { DIFFERENT, THIRD_EXCLUDED, ALIKE };

static score_node make(size_t i, enum field f)
{
    score_node n;
    const bool vary = f != ALIKE;
    memset(&n, 0, sizeof n);
    for (unsigned k = 0; k < 4; k++) n.id[k] = n.account[k] = (uint8_t)(i >> 8 * k);
    n.connected = n.is_signed = true;
    n.features = 7;
    n.cpu_threads = 8 + (vary ? draw() % 120 : 0);
    n.ram_gb = 16 + (vary ? draw() % 500 : 0);
    n.disk_gb = 100;
    n.region = (uint16_t)(1 + i % 5);
    n.rtt_ms = vary ? draw() % 300 : 20;
    n.capacity = 8;
    n.running = vary ? draw() % 8 : 0;
    n.quota_left = 10;
    n.uptime_ppm = vary ? draw() % 1000000 : 900000;
    n.success_ppm = vary ? draw() % 1000000 : 900000;
    n.reputation_ppm = vary ? draw() % 1000000 : 900000;
    n.probation = vary && draw() % 20 == 0;
    n.speed.exec_rate = 50000000;
    n.speed.prove_rate = 1000000 + (vary ? draw() % 1000000 : 0);
    n.price_base = amount_from_u64(1000000000000);
    n.price_mcycle = amount_from_u64(1000000000000000 + (vary ? draw() : 0));
    if (f == THIRD_EXCLUDED && i % 3 == 0) n.running = n.capacity;
    return n;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"all different", "a third excluded", "all alike"};
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    const size_t picks = argc > 2 ? strtoul(argv[2], NULL, 10) : 200;
    score_node *nodes = malloc(n * sizeof *nodes);
    score_candidate *room = malloc(n * sizeof *room);
    double *times = malloc(picks * sizeof *times);
    static score_rules rules;
    if (!nodes || !room || !times || n == 0 || picks == 0) return 2;
    score_rules_init(&rules);
    rules.median_prove_rate = 1500000;
    printf("%zu nodes of %zu bytes, %zu picks: microseconds a pick\n%-20s %10s %10s %10s\n", n,
           sizeof *nodes, picks, "", "min", "median", "max");
    for (unsigned f = DIFFERENT; f <= ALIKE; f++) {
        size_t sum = 0;
        for (size_t i = 0; i < n; i++) nodes[i] = make(i, (enum field)f);
        for (size_t k = 0; k < picks; k++) {
            score_task t;
            score_result r;
            memset(&t, 0, sizeof t);
            t.id.b[0] = (uint8_t)k;
            t.features = 5;
            t.cpu_threads = 4;
            t.ram_gb = 8;
            t.price_limit.high = 1;
            t.cycles = 40000000;
            t.rows = t.paid_rows = 1 << 26;
            t.deadline_ms = 3600000;
            t.redundancy = 1 + k % 2;
            const double start = now_us();
            score_pick_nodes(&r, &t, &rules, nodes, n, room, 0, draw() % 1000000);
            times[k] = now_us() - start;
            sum += r.pick[0].node;
        }
        qsort(times, picks, sizeof *times, compare);
        printf("%-20s %10.1f %10.1f %10.1f   (%zu)\n", names[f], times[0], times[picks / 2],
               times[picks - 1], sum);
    }
    free(times);
    free(room);
    free(nodes);
    return 0;
}
