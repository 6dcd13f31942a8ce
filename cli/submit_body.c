/* submit_body.c - see submit_body.h. */
#include "cli/submit_body.h"

#include "cli/amount.h"
#include "market/base64.h"
#include "starknet/felt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *whole(uint64_t v) { return json_integer((json_int_t)v); }

static int add_number(json_t *j, const cli_args *a, enum cli_option_id o, const char *name,
                      uint64_t min, uint64_t max)
{
    uint64_t v = 0;
    const int code = cli_u64(a, o, min, max, &v);
    if (!code && a->value[o]) json_object_set_new(j, name, whole(v));
    return code;
}

static int requirements(json_t *body, const cli_args *a)
{
    json_t *j = json_object();
    int code = add_number(j, a, OPT_CPU_THREADS, "cpu_threads", 1, 4096);
    if (!code) code = add_number(j, a, OPT_RAM_GB, "ram_gb", 1, 65536);
    if (!code) code = add_number(j, a, OPT_DISK_GB, "disk_gb", 1, 1 << 20);
    if (!code)
        code = add_number(j, a, OPT_MAX_EXECUTION_TIME, "max_execution_time", 1, 30 * 24 * 3600);
    if (a->value[OPT_GPU]) json_object_set_new(j, "gpu_required", json_true());
    if (a->value[OPT_REGION])
        json_object_set_new(j, "regions", json_pack("[s]", a->value[OPT_REGION]));
    if (json_object_size(j) > 0)
        json_object_set_new(body, "requirements", j);
    else
        json_decref(j);
    return code;
}

/* The input that was committed to here, as its bytes or its hash. */
static int job(json_t *body, const cli_args *a, const task *t, const params *p, const send_names *n)
{
    json_t *j = json_pack("{s:{s:s}, s:s, s:s}", "program", n->program[0] ? "sha256" : "name",
                          n->program[0] ? n->program : t->job->name, "profile", p->name, "io",
                          t->mode == MACHINE_IO_DIGEST ? "digest" : "words");
    if (n->input[0]) {
        json_object_set_new(j, "input", json_pack("{s:s}", "sha256", n->input));
    } else {
        char *text = malloc(BASE64_TEXT(t->input_bytes)); /* <= SEND_INLINE */
        if (text) {
            (void)base64_write(text, t->input, t->input_bytes);
            json_object_set_new(j, "inline_input_b64", json_string(text));
        }
        free(text);
    }
    json_object_set_new(body, "job", j);
    return add_number(j, a, OPT_MAX_CYCLES, "max_cycles", 1, MACHINE_MAX_CYCLES);
}

static int money(json_t *body, const cli_args *a)
{
    u256 amount = {0, 0};
    char text[U256_TEXT];
    int code = 0;
    if (a->value[OPT_AMOUNT]) code = amount_read("--amount", a->value[OPT_AMOUNT], true, &amount);
    if (code) return code;
    u256_write_text(text, amount);
    json_object_set_new(body, "token_amount", json_string(text));
    if (!a->value[OPT_TASK] && !a->value[OPT_CONTRACT]) return 0;
    u256 id;
    felt contract;
    if (!a->value[OPT_TASK] || !a->value[OPT_CONTRACT] || !a->value[OPT_AMOUNT])
        return cli_fail(EXIT_USAGE,
                        "a task with an escrow needs --contract, --task and --amount together");
    if (u256_read_text(&id, a->value[OPT_TASK]) != SP_OK)
        return cli_fail(EXIT_USAGE, "--task %s: must be the number of a task", a->value[OPT_TASK]);
    if (felt_read_hex(&contract, a->value[OPT_CONTRACT], strlen(a->value[OPT_CONTRACT])) != SP_OK)
        return cli_fail(EXIT_USAGE, "--contract %s: is no address", a->value[OPT_CONTRACT]);
    char number[U256_TEXT], address[FELT_HEX];
    u256_write_text(number, id);
    (void)felt_write_hex(address, contract);
    json_object_set_new(body, "chain",
                        json_pack("{s:s, s:s}", "contract", address, "task_id", number));
    return 0;
}

static int deadline(json_t *body, const cli_args *a)
{
    uint64_t at;
    char text[40];
    struct tm t;
    if (!a->value[OPT_DEADLINE] && !a->value[OPT_DURATION]) return 0;
    const int code = amount_deadline(a, 0, 1, &at);
    if (code) return code;
    const time_t s = (time_t)at; /* at most a year ahead */
    gmtime_r(&s, &t);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &t);
    json_object_set_new(body, "deadline", json_string(text));
    return 0;
}

static int rest(json_t *body, const cli_args *a)
{
    const char *priority = a->value[OPT_PRIORITY];
    int code = add_number(body, a, OPT_REDUNDANCY, "redundancy", 1, 3);
    if (!code) code = add_number(body, a, OPT_MAX_ATTEMPTS, "max_attempts", 1, 20);
    if (!code && priority) {
        char *end;
        const long v = strtol(priority, &end, 10);
        if (*end || v < -100 || v > 100)
            return cli_fail(EXIT_USAGE, "--priority %s: must be a whole number from -100 to 100",
                            priority);
        json_object_set_new(body, "priority", json_integer(v));
    }
    if (a->value[OPT_CALLBACK])
        json_object_set_new(body, "callback", json_pack("{s:s}", "url", a->value[OPT_CALLBACK]));
    if (a->value[OPT_DESCRIPTION]) {
        json_t *text = json_string(a->value[OPT_DESCRIPTION]);
        if (!text) return cli_fail(EXIT_USAGE, "--description: must be UTF-8");
        json_object_set_new(body, "description", text);
    }
    if (a->value[OPT_PUBLIC]) json_object_set_new(body, "visibility", json_string("public"));
    return code;
}

int submit_body(char **body, const cli_args *a, const task *t, const params *p, const send_names *n)
{
    json_t *j = json_object();
    *body = NULL;
    int code = job(j, a, t, p, n);
    if (!code) code = money(j, a);
    if (!code) code = requirements(j, a);
    if (!code) code = deadline(j, a);
    if (!code) code = rest(j, a);
    if (!code) {
        *body = json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER);
        if (!*body) code = cli_fail(EXIT_LIMIT, "not enough memory for the request");
    }
    json_decref(j);
    return code;
}
