/* main.c - sprove-node: options; `sprove node` runs it. */
#include "node/ask.h"
#include "node/config.h"
#include "node/daemon.h"
#include "node/doctor.h"

#include "starknet/calldata.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "usage: sprove node [status|drain|logs|doctor] [--relayer URL] [--data DIR] [options]\n"
    "\n"
    "Takes tasks from a relayer, proves them in sandboxed children, and delivers the results. The "
    "first start makes a node\n"
    "key (DIR/node.key) and measures the machine for a few seconds.\n"
    "\n"
    "  --config F             these options from a file: name = value in lines; the command line "
    "goes "
    "before it\n"
    "  --relayer URL          http://host:port (default $RELAYER_API_URL, else "
    "http://127.0.0.1:8000)\n"
    "  --ca-file F            whom an https relayer's certificate must be from (PEM; default: the "
    "system's)\n"
    "  --data DIR             default $XDG_DATA_HOME/sprove/node\n"
    "  --address ACCOUNT      the account that is paid for tasks on a chain\n"
    "  --keystore F, --password-file F, --rpc URL, --deployment F, --network NAME\n"
    "                         how claims are sent, as of `sprove claim`\n"
    "  --sprove PROGRAM       the program sprove (beside this one)\n"
    "  --region NAME          such as EU or EU-DE\n"
    "  --price-base FRI       for a task; --price-mcycle FRI: for a million rows\n"
    "  --max-concurrent N     tasks at a time (1)\n"
    "  --threads N            for one proof (all)\n"
    "  --memory GIB           for one proof (three quarters of what is free)\n"
    "  --no-bench             do not measure the machine\n"
    "  --log-file F           the log, as on standard error (default DIR/node.log; none: no file)\n"
    "  --quiet                no log on standard error\n"
    "  --version, --help\n"
    "\n"
    "With the same options:\n"
    "  status [--json]        of the node that runs with DIR: state, work, claims, the last "
    "failure, and why it\n"
    "                         gets no work; --api-key-file F lets it ask the relayer as well\n"
    "  drain [--off] [--wait] it takes nothing more, and the relayer is told; --wait: until "
    "nothing is left\n"
    "  logs [--lines N] [-f]  the end of its log (20 lines); -f (--follow) goes on\n"
    "  doctor [--json]        looks at machine, keys, sandbox, relayer, chain and account, and "
    "proves a little\n"
    "\n"
    "exit codes: 0 stopped as asked, 1 failure (of status and drain: no node runs; of doctor: a "
    "check failed),\n"
    "2 usage, 70 the disk refused a write\n";

static int bad(const char *what, const char *value)
{
    (void)fprintf(stderr, "sprove-node: %s: %s\n", what, value);
    return 2;
}

static int set_text(char *out, size_t room, const char *name, const char *value)
{
    const int n = snprintf(out, room, "%s", value);
    return n >= 0 && (size_t)n < room ? 0 : bad(name, "too long");
}

static int set_number(unsigned *out, const char *name, const char *value, unsigned low,
                      unsigned high)
{
    char *end;
    const unsigned long v = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != 0 || v < low || v > high)
        return bad(name, value);
    *out = (unsigned)v;
    return 0;
}

static int set_amount(char *out, size_t room, const char *name, const char *value)
{
    u256 a;
    if (value[0] < '0' || value[0] > '9' || u256_read_text(&a, value) != SP_OK ||
        strlen(value) >= U256_TEXT)
        return bad(name, value);
    return set_text(out, room, name, value);
}

int main(int argc, char **argv)
{
    enum {
        RELAYER = 256,
        CA_FILE,
        DATA,
        ADDRESS,
        REGION,
        BASE,
        MCYCLE,
        CONCURRENT,
        THREADS,
        MEMORY,
        KEYSTORE,
        PASSWORD,
        RPC,
        DEPLOYMENT,
        NETWORK,
        SPROVE,
        LOG_FILE,
        JSON,
        OFF,
        WAIT,
        LINES,
        KEY_FILE,
        NO_BENCH,
        QUIET,
        CONFIG,
        VERSION,
        HELP
    };
    static const struct option options[] = {{"relayer", required_argument, NULL, RELAYER},
                                            {"ca-file", required_argument, NULL, CA_FILE},
                                            {"data", required_argument, NULL, DATA},
                                            {"address", required_argument, NULL, ADDRESS},
                                            {"region", required_argument, NULL, REGION},
                                            {"price-base", required_argument, NULL, BASE},
                                            {"price-mcycle", required_argument, NULL, MCYCLE},
                                            {"max-concurrent", required_argument, NULL, CONCURRENT},
                                            {"threads", required_argument, NULL, THREADS},
                                            {"memory", required_argument, NULL, MEMORY},
                                            {"keystore", required_argument, NULL, KEYSTORE},
                                            {"password-file", required_argument, NULL, PASSWORD},
                                            {"rpc", required_argument, NULL, RPC},
                                            {"deployment", required_argument, NULL, DEPLOYMENT},
                                            {"network", required_argument, NULL, NETWORK},
                                            {"sprove", required_argument, NULL, SPROVE},
                                            {"log-file", required_argument, NULL, LOG_FILE},
                                            {"json", no_argument, NULL, JSON},
                                            {"off", no_argument, NULL, OFF},
                                            {"wait", no_argument, NULL, WAIT},
                                            {"lines", required_argument, NULL, LINES},
                                            {"follow", no_argument, NULL, 'f'},
                                            {"api-key-file", required_argument, NULL, KEY_FILE},
                                            {"no-bench", no_argument, NULL, NO_BENCH},
                                            {"quiet", no_argument, NULL, QUIET},
                                            {"config", required_argument, NULL, CONFIG},
                                            {"version", no_argument, NULL, VERSION},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    static const char *const commands[] = {"status", "drain", "logs", "doctor"};
    ask_options a = {.lines = 20};
    size_t command = SP_COUNT(commands);
    node_options o;
    int option, code = 0;
    for (size_t i = 0; argc > 1 && i < SP_COUNT(commands); i++)
        if (strcmp(argv[1], commands[i]) == 0) command = i;
    if (command < SP_COUNT(commands)) { /* the name stays where getopt looks for it */
        argv[1] = argv[0];
        argv++, argc--;
    }
    static const char *const not_here[] = {"config", "json", "off",     "wait", "lines",
                                           "follow", "help", "version", NULL};
    const char *file = NULL;
    char why[CONFIG_WHY];
    static char **words; /* lives as long as the process */
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+f", options, NULL)) != -1 && option != '?')
        if (option == CONFIG) file = optarg;
    opterr = 1;
    optind = 0; /* from the beginning again */
    if (file != NULL &&
        config_read(&words, &argc, file, argc, argv, options, not_here, why) != SP_OK) {
        (void)fprintf(stderr, "sprove-node: %s\n", why);
        return 2;
    }
    if (file != NULL) argv = words;
    unsigned gib = 0;
    felt address;
    (void)umask(077); /* keys, journal, results: nobody else's, whatever the folder allows */
    node_options_init(&o);
    while (code == 0 && (option = getopt_long(argc, argv, "f", options, NULL)) != -1) {
        switch (option) {
        case RELAYER: code = set_text(o.relayer, sizeof o.relayer, "--relayer", optarg); break;
        case CA_FILE: code = set_text(o.ca_file, sizeof o.ca_file, "--ca-file", optarg); break;
        case DATA: code = set_text(o.data, sizeof o.data, "--data", optarg); break;
        case ADDRESS:
            if (felt_read_hex(&address, optarg, strlen(optarg)) != SP_OK)
                code = bad("--address", optarg);
            else
                (void)felt_write_hex(o.address, address);
            break;
        case REGION: code = set_text(o.region, sizeof o.region, "--region", optarg); break;
        case BASE:
            code = set_amount(o.price_base, sizeof o.price_base, "--price-base", optarg);
            break;
        case MCYCLE:
            code = set_amount(o.price_mcycle, sizeof o.price_mcycle, "--price-mcycle", optarg);
            break;
        case CONCURRENT:
            code = set_number(&o.max_concurrent, "--max-concurrent", optarg, 1, 64);
            break;
        case THREADS: code = set_number(&o.threads, "--threads", optarg, 1, 4096); break;
        case MEMORY: code = set_number(&gib, "--memory", optarg, 1, 1 << 20); break;
        case KEYSTORE: code = set_text(o.keystore, sizeof o.keystore, "--keystore", optarg); break;
        case PASSWORD:
            code = set_text(o.password_file, sizeof o.password_file, "--password-file", optarg);
            break;
        case RPC: code = set_text(o.rpc, sizeof o.rpc, "--rpc", optarg); break;
        case DEPLOYMENT:
            code = set_text(o.deployment, sizeof o.deployment, "--deployment", optarg);
            break;
        case NETWORK: code = set_text(o.network, sizeof o.network, "--network", optarg); break;
        case SPROVE: code = set_text(o.sprove, sizeof o.sprove, "--sprove", optarg); break;
        case LOG_FILE: code = set_text(o.log_file, sizeof o.log_file, "--log-file", optarg); break;
        case JSON: a.json = true; break;
        case OFF: a.off = true; break;
        case WAIT: a.wait = true; break;
        case LINES: code = set_number(&a.lines, "--lines", optarg, 0, 1000000); break;
        case 'f': a.follow = true; break;
        case KEY_FILE: a.api_key_file = optarg; break;
        case NO_BENCH: o.no_bench = true; break;
        case QUIET: o.quiet = true; break;
        case CONFIG: break; /* read already */
        case VERSION: return printf("sprove-node %s\n", SPROVE_VERSION) < 0;
        case HELP: return fputs(usage, stdout) < 0;
        default: (void)fputs(usage, stderr); return 2;
        }
    }
    if (code == 0 && optind < argc)
        code = bad("there are no arguments without a name", argv[optind]);
    if (code != 0) return code;
    if (o.data[0] != '/') return bad("--data", "not an absolute path");
    o.memory = (uint64_t)gib << 30;
    if (strcmp(o.log_file, "none") == 0)
        o.log_file[0] = 0;
    else if (o.log_file[0] == 0)
        (void)snprintf(o.log_file, sizeof o.log_file, "%s/node.log", o.data);
    const bool asks =
        a.json || a.off || a.wait || a.follow || a.lines != 20 || a.api_key_file != NULL;
    switch (command) {
    case 0: return ask_status(&o, &a);
    case 1: return ask_drain(&o, &a);
    case 2: return ask_logs(&o, &a);
    case 3: return doctor(&o, a.json);
    default: break;
    }
    if (asks)
        return bad("an option of status, drain, logs or doctor", "none of these was asked for");
    return node_run(&o);
}
