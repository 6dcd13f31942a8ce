/* options.h - every option of sprove and sverify, stated once: parser, help, completion and man
 * pages are made from this list.
 *
 * X(ID, name, metavar or NULL for a flag, choices separated by spaces or NULL, help) */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#define CLI_OPTIONS(X)                                                                             \
    X(INPUT, "input", "F", NULL,                                                                   \
      "public input: a JSON payload for a job, bytes for an ELF (- is standard input)")            \
    X(DATA, "data", "F", NULL,                                                                     \
      "public input of a job that takes a file as it is (see `sprove jobs`), instead of --input")  \
    X(OUTPUT, "output", "F", NULL,                                                                 \
      "public output: JSON for a job, bytes for an ELF (-: standard output; of sverify, input)")   \
    X(PROOF, "proof", "F", NULL, "where the proof goes (- is standard output)")                    \
    X(FELTS, "felts", "F", NULL, "the proof also as Starknet felts, one 0x word a line")           \
    X(HINT, "hint", "F", NULL,                                                                     \
      "private bytes for the guest; not published, but not hidden either")                         \
    X(IO, "io", "MODE", "words digest",                                                            \
      "how public bytes are bound: words (default) puts them into the proof, digest their hash")   \
    X(CONTEXT, "context", "HEX", NULL,                                                             \
      "28 bytes bound into the proof, 56 hex digits (default: zero)")                              \
    X(MAX_CYCLES, "max-cycles", "N", NULL, "the guest may take N cycles at most")                  \
    X(PROFILE, "profile", "NAME", "fast balanced proven chain bench",                              \
      "parameter set (default: balanced; bench is unsound)")                                       \
    X(THREADS, "threads", "N", NULL, "threads to prove with (default: all processors)")            \
    X(MEMORY, "memory", "G", NULL, "memory the prover may take, in GiB; decimals are allowed")     \
    X(BACKEND, "backend", "B", "auto portable avx2 avx512",                                        \
      "kernels to prove with (default: auto, the fastest that runs here)")                         \
    X(PROGRESS, "progress", "MODE", "auto bar plain json none",                                    \
      "progress on standard error (default: auto, a bar on a terminal, else nothing; of submit, "  \
      "lines)")                                                                                    \
    X(JSON, "json", NULL, NULL, "one JSON object on standard output instead of text")              \
    X(CHECK, "check", NULL, NULL, "check every row against every constraint instead of proving")   \
    X(ALLOW_FAILURE, "allow-failure", NULL, NULL,                                                  \
      "take a guest that ends with a nonzero exit code")                                           \
    X(RAW_INPUT, "raw-input", "F", NULL,                                                           \
      "the public input as bytes: written by run and exec, read by sverify")                       \
    X(RAW_OUTPUT, "raw-output", "F", NULL,                                                         \
      "the public output as bytes: written by run and exec, read by sverify")                      \
    X(STACKS, "stacks", "F", NULL,                                                                 \
      "save cycles by call stack, folded, as flame graph tools read it")                           \
    X(EXAMPLE, "example", NULL, NULL, "print only the example payload of the job")                 \
    X(CYCLES, "cycles", "N", NULL, "size of the job: about N cycles (default: 1048576)")           \
    X(RUNS, "runs", "N", NULL, "how often to prove; medians are printed (default: 3)")             \
    X(PROGRAM, "program", "JOB|ELF", NULL, "the program that must have been proved")               \
    X(BUNDLE, "bundle", "F", NULL,                                                                 \
      "a relayer's archive of a result: written by fetch, read by sverify instead of PROOF")       \
    X(JOB, "job", "JOB|ELF", NULL, "the program that the task is for")                             \
    X(PROGRAM_ID, "program-id", "HEX", NULL,                                                       \
      "its id instead, 56 hex digits (see `sprove program-id`)")                                   \
    X(IO_COMMITMENT, "io-commitment", "HEX", NULL,                                                 \
      "the hash of input and output that must have been proved, 62 hex digits")                    \
    X(ALLOW_UNSOUND, "allow-unsound", NULL, NULL,                                                  \
      "take a proof of the profile bench, which proves nothing")                                   \
    X(CONFIG, "config", "F", NULL,                                                                 \
      "settings of the chain commands (default: see `sprove help chain`)")                         \
    X(RPC, "rpc", "URL", NULL,                                                                     \
      "JSON-RPC of a Starknet node, http or https; may be given up to 8 times")                    \
    X(NETWORK, "network", "NAME", NULL,                                                            \
      "the node must be of it: mainnet, sepolia, devnet (on this machine), or a chain id as 0x "   \
      "digits")                                                                                    \
    X(DEPLOYMENT, "deployment", "F", NULL,                                                         \
      "the contract as contracts/cairo/deploy/deploy.py wrote it")                                 \
    X(CONTRACT, "contract", "ADDR", NULL, "the contract's address instead")                        \
    X(ACCOUNT, "account", "ADDR", NULL, "the account that sends")                                  \
    X(KEYSTORE, "keystore", "F", NULL, "its key under a password (Web3 Secret Storage)")           \
    X(PASSWORD_FILE, "password-file", "F", NULL,                                                   \
      "the first line is the password, - is standard input (default: asked for on the terminal)")  \
    X(KEY_FILE, "key-file", "F", NULL,                                                             \
      "the first line is the private key as 0x digits, - is standard input (default: asked for)")  \
    X(KIND, "kind", "NAME", "openzeppelin argent",                                                 \
      "the account contract: its constructor, and its class unless --class is given (default: "    \
      "openzeppelin)")                                                                             \
    X(CLASS, "class", "HASH", NULL, "class of the account contract")                               \
    X(SALT, "salt", "N", NULL, "part of the account's address (default: the public key)")          \
    X(PUBLIC_KEY, "public-key", "N", NULL, "a public key, instead of --keystore")                  \
    X(MAX_FEE, "max-fee", "N", NULL,                                                               \
      "pay at most N FRI for the transaction, or as 0.5strk (default: 20strk)")                    \
    X(JOURNAL, "journal", "DIR", NULL,                                                             \
      "where signed transactions are kept until they are final (default: see `sprove help "        \
      "chain`)")                                                                                   \
    X(WAIT, "wait", "S", NULL, "seconds to wait for the transaction's block (default: 300)")       \
    X(TIMEOUT, "timeout", "S", NULL, "seconds that a node may take for one answer (default: 120)") \
    X(DRY_RUN, "dry-run", NULL, NULL, "print size and price of the transaction, and send nothing") \
    X(TOKEN, "token", "ADDR", NULL, "the token that pays (default: that of the deployment)")       \
    X(AMOUNT, "amount", "N", NULL,                                                                 \
      "what is paid, in the smallest unit of the token, or as 1.5strk")                            \
    X(DURATION, "duration", "S", NULL,                                                             \
      "until the deadline: seconds, or as 90m, 12h, 7d (default: 1d; of assign 1h)")               \
    X(DEADLINE, "deadline", "T", NULL,                                                             \
      "the deadline itself: seconds since 1970, or as 2030-01-31T12:00Z")                          \
    X(PROVIDER, "provider", "ADDR", NULL, "who proves and is paid (default: the account)")         \
    X(TASK, "task", "N", NULL, "number of the task; of run, to prove for it")                      \
    X(KEEP, "keep", "SECONDS", NULL,                                                               \
      "keep what was executed for so long: the same command then sends its bytes again where its " \
      "block was undone")                                                                          \
    X(ASSIGNED, "assigned", NULL, NULL,                                                            \
      "only once the contract shows the task assigned to the provider")                            \
    X(UNCHECKED, "unchecked", NULL, NULL, "send a proof without checking it here first")           \
    X(RELAYER, "relayer", "URL", NULL,                                                             \
      "the relayer (default: RELAYER_API_URL, else http://127.0.0.1:8000)")                        \
    X(API_KEY_FILE, "api-key-file", "F", NULL,                                                     \
      "the first line is the API key, - is standard input (default: the key itself in "            \
      "SPROVE_API_KEY)")                                                                           \
    X(CA_FILE, "ca-file", "F", NULL,                                                               \
      "whom an https relayer's certificate must be from (default: the system's)")                  \
    X(PATIENCE, "patience", "S", NULL,                                                             \
      "give up when the relayer has given no usable answer for S seconds (default: 10; while "     \
      "waiting 300)")                                                                              \
    X(AWAIT, "wait", NULL, NULL, "wait for the result, check its proof here, and write it")        \
    X(MAX_EXECUTION_TIME, "max-execution-time", "S", NULL,                                         \
      "seconds that the work may take (default: 300)")                                             \
    X(CPU_THREADS, "cpu-threads", "N", NULL, "the node must have N threads")                       \
    X(RAM_GB, "ram-gb", "N", NULL, "the node must have N GiB of memory")                           \
    X(DISK_GB, "disk-gb", "N", NULL, "the node must have N GiB of free disk")                      \
    X(GPU, "gpu", NULL, NULL, "the node must have a graphics processor")                           \
    X(REGION, "region", "NAME", NULL, "the node must be there, as EU or EU-DE")                    \
    X(REDUNDANCY, "redundancy", "N", NULL, "N nodes must come to the same output (default: 1)")    \
    X(MAX_ATTEMPTS, "max-attempts", "N", NULL,                                                     \
      "so many nodes may try (default: as the relayer is set)")                                    \
    X(PRIORITY, "priority", "N", NULL, "before tasks of a lower one: -100 to 100 (default: 0)")    \
    X(CALLBACK, "callback", "URL", NULL,                                                           \
      "where the relayer reports the end; the secret of its signature is printed")                 \
    X(DESCRIPTION, "description", "TEXT", NULL, "for people")                                      \
    X(PUBLIC, "public", NULL, NULL, "anybody with a key may see the task and its result")          \
    X(IDEMPOTENCY_KEY, "idempotency-key", "K", NULL,                                               \
      "the same key and the same task give the same id for a day (default: a new one)")            \
    X(STATE, "state", "NAME", NULL, "only tasks in this state")                                    \
    X(LIMIT, "limit", "N", NULL, "so many at most, the latest first (default: 20)")                \
    X(PRICE, "price", NULL, NULL, "ask the relayer what it would cost, too")                       \
    X(MAN, "man", NULL, NULL, "print the manual page instead")                                     \
    X(HELP, "help", NULL, NULL, "print this text")

enum cli_option_id {
#define CLI_X(id, name, metavar, choices, help) OPT_##id,
    CLI_OPTIONS(CLI_X)
#undef CLI_X
        N_OPTIONS
};

/* The one that may be given several times. */
#define CLI_REPEATED OPT_RPC
#define CLI_MAX_REPEATED 8

#endif
