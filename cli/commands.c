/* commands.c - the subcommands as tables: options, texts and examples. */
#include "cli/commands.h"

#include <stddef.h>

#define OPTIONS(...) \
    (const uint8_t[]) { __VA_ARGS__, OPT_HELP, N_OPTIONS }
#define GUEST_OPTIONS OPT_INPUT, OPT_DATA, OPT_HINT, OPT_IO, OPT_MAX_CYCLES

#define CONTRACT_OPTIONS \
    OPT_CONFIG, OPT_RPC, OPT_TIMEOUT, OPT_NETWORK, OPT_DEPLOYMENT, OPT_CONTRACT, OPT_ACCOUNT
#define SENDER_OPTIONS \
    OPT_KEYSTORE, OPT_PASSWORD_FILE, OPT_MAX_FEE, OPT_JOURNAL, OPT_WAIT, OPT_DRY_RUN

#define RELAY_OPTIONS OPT_CONFIG, OPT_RELAYER, OPT_CA_FILE, OPT_API_KEY_FILE, OPT_PATIENCE

#ifdef SP_CLI_CHAIN
#define RUN_OPTIONS , OPT_TASK, OPT_PROVIDER, CONTRACT_OPTIONS
#define RUN_TEXT                                                                                \
    "\n\nWith --task, the proof is for task N of the marketplace contract: before the run the " \
    "contract is asked whether --provider (or --account) would be paid for this program and "   \
    "input, and profile, context and the most cycles are those of the task."
#define RUN_EXAMPLE "sprove run fibonacci --input f.json --proof p --task 7 --account 0x2\n"
#define PRICE_OPTIONS , OPT_PRICE, OPT_AMOUNT, RELAY_OPTIONS
#define PRICE_TEXT                                                                             \
    " --price (or --relayer) also asks a relayer what the task would cost: the compute cost, " \
    "the network fee of 15 % that it contains - treasury 12 %, gas subsidy 3 % - and the total."
#define PRICE_EXAMPLE "sprove estimate matrix_multiplication --input in.json --price\n"
#else
#define PRICE_OPTIONS
#define PRICE_TEXT ""
#define PRICE_EXAMPLE ""
#define RUN_OPTIONS
#define RUN_TEXT ""
#define RUN_EXAMPLE ""
#endif

#define JOB_OR_ELF                                                                           \
    "JOB is the name of a built-in job; an argument with a slash, or that ends in .elf, is " \
    "the path of a RISC-V program. "

const cli_command sprove_commands[] = {
    {"run", "JOB|ELF", 1, 1, "run a program and prove that it ran",
     "Runs the program on the input and writes its output and a proof. " JOB_OR_ELF
     "For a job, --input is the job's JSON payload and --output gets JSON; what is proved are the "
     "bytes that the job makes of it (--raw-input, --raw-output). For an ELF both are bytes.\n\n"
     "Files appear whole, and all together, or not at all. A guest that traps, or ends with a "
     "nonzero exit code, is not proved; with --allow-failure a nonzero exit code is.\n\n"
     "A proof does not publish the private bytes of --hint, but it does not hide them either: "
     "there is no zero knowledge here." RUN_TEXT,
     OPTIONS(GUEST_OPTIONS RUN_OPTIONS, OPT_OUTPUT, OPT_PROOF, OPT_FELTS, OPT_CONTEXT, OPT_PROFILE,
             OPT_THREADS, OPT_MEMORY, OPT_BACKEND, OPT_PROGRESS, OPT_JSON, OPT_CHECK,
             OPT_ALLOW_FAILURE, OPT_RAW_INPUT, OPT_RAW_OUTPUT),
     "sprove jobs matrix_multiplication --example > in.json\n"
     "sprove run matrix_multiplication --input in.json --output out.json --proof job.proof\n"
     "sprove run ./prog.elf --input in.bin --output out.bin --proof p.bin --profile proven\n"
     "sprove run fibonacci --input f.json --check\n" RUN_EXAMPLE,
     command_run},
    {"exec", "JOB|ELF", 1, 1, "run a program without proving it",
     "Runs the program and prints its output, and cycles, speed and exit code on standard "
     "error. " JOB_OR_ELF
     "A failure names the address, instruction, function and line where it happened. "
     "--stacks saves where the cycles went, for flame graphs.",
     OPTIONS(GUEST_OPTIONS, OPT_OUTPUT, OPT_PROGRESS, OPT_JSON, OPT_ALLOW_FAILURE, OPT_RAW_INPUT,
             OPT_RAW_OUTPUT, OPT_STACKS),
     "sprove exec fibonacci --input f.json\n"
     "sprove exec ./prog.elf --input in.bin --output out.bin --stacks prog.folded\n"
     "echo '{\"algorithm\":\"fibonacci\",\"n\":30}' | sprove exec fibonacci --input -\n",
     command_exec},
    {"jobs", "[JOB]", 0, 1, "list the built-in jobs and their payloads",
     "Without a name, lists the jobs. With one, prints the JSON schemas of its payload and result "
     "and an example.",
     OPTIONS(OPT_EXAMPLE, OPT_JSON),
     "sprove jobs\n"
     "sprove jobs matrix_multiplication\n"
     "sprove jobs fibonacci --example > f.json\n",
     command_jobs},
    {"estimate", "JOB|ELF", 1, 1, "say what a proof would take",
     "Runs the program and prints what a proof would take: cycles, rows and sizes of the tables, "
     "memory, bytes and felts of the proof; and two estimates, marked as such: the time on this "
     "machine, from a short calibration, and the gas on Starknet, from a model of costs. With "
     "--memory, the memory is what a run with that limit would take, or the least if it would be "
     "refused." PRICE_TEXT,
     OPTIONS(GUEST_OPTIONS PRICE_OPTIONS, OPT_PROFILE, OPT_THREADS, OPT_MEMORY, OPT_BACKEND,
             OPT_PROGRESS, OPT_JSON),
     "sprove estimate matrix_multiplication --input in.json\n" PRICE_EXAMPLE
     "sprove estimate ./prog.elf --input in.bin --profile chain --json\n",
     command_estimate},
    {"program-id", "JOB|ELF", 1, 1, "print the id that a verifier asks for",
     "Prints the id of the program under a profile and an io mode: the hash of the program, the "
     "constraints and the parameters. Whoever asks for a computation pins it; `sverify "
     "--program-id` needs nothing else of the program.",
     OPTIONS(OPT_IO, OPT_PROFILE, OPT_BACKEND, OPT_JSON),
     "sprove program-id matrix_multiplication\n"
     "sprove program-id ./prog.elf --profile chain --io digest\n",
     command_program_id},
    {"inspect", "PROOF", 1, 1, "print what a proof says, without checking it",
     "Prints the statement of a proof, its profile with the three security numbers, its sizes and "
     "the bytes of each section. Nothing is verified: use sverify for that.",
     OPTIONS(OPT_JSON),
     "sprove inspect job.proof\n"
     "sprove inspect job.proof --json\n",
     command_inspect},
    {"bench", "", 0, 0, "measure proving on this machine",
     "Proves a mixed job of about --cycles cycles --runs times and prints the median time of each "
     "phase and the cycles proved in a second.",
     OPTIONS(OPT_CYCLES, OPT_RUNS, OPT_PROFILE, OPT_THREADS, OPT_MEMORY, OPT_BACKEND, OPT_PROGRESS,
             OPT_JSON),
     "sprove bench --profile fast\n"
     "sprove bench --cycles 262144 --runs 5 --json\n",
     command_bench},
#ifdef SP_CLI_CHAIN
    {"task", "ACTION [N]", 1, 2, "make and look at tasks of the marketplace contract",
     "create locks --amount of a token for --job on --input (docs/chain.md); the receipt gives "
     "the number N of the task, which the other actions take. list prints the "
     "tasks of --account. show prints a task and, with "
     "--provider, the context that a proof by this provider must have (`sprove run --context`), "
     "computed here and compared with the contract's. assign gives the task to --provider for "
     "--duration or until --deadline; unassign ends an assignment whose time is over. cancel takes "
     "a "
     "task back that nobody is assigned to now; refund returns the amount to its creator after the "
     "deadline, whoever asks.",
     OPTIONS(CONTRACT_OPTIONS, SENDER_OPTIONS, OPT_JOB, OPT_PROGRAM, OPT_INPUT, OPT_DATA, OPT_IO,
             OPT_MAX_CYCLES, OPT_TOKEN, OPT_AMOUNT, OPT_DURATION, OPT_DEADLINE, OPT_PROVIDER,
             OPT_JSON),
     "sprove task create --job p.elf --input in.bin --amount 1.5strk --duration 2d\n"
     "sprove task show 7 --rpc URL --deployment d.json --provider 0x2\n"
     "sprove task refund 7 --rpc URL --deployment d.json --account 0x1 --keystore k.json\n",
     command_task},
    {"claim", "PROOF", 1, 1, "send a proof to the contract and be paid",
     "Checks a proof of profile chain for the task as the contract will, then sends it, bytes or "
     "felts, in one transaction. Who is paid stands in the proof, by its context. The fee may not "
     "exceed --max-fee; what a node estimates is not trusted.\n\n"
     "The signed transaction is on the disk before a node gets it. After an interruption, or when "
     "no "
     "answer came, the same command sends the same bytes again and signs no second claim.",
     OPTIONS(OPT_TASK, OPT_PROVIDER, CONTRACT_OPTIONS, SENDER_OPTIONS, OPT_MAX_CYCLES, OPT_ASSIGNED,
             OPT_KEEP, OPT_UNCHECKED, OPT_JSON),
     "sprove claim p.proof --task 7 --rpc URL --deployment d --account 0x2 --keystore k\n"
     "sprove claim p.proof --task 7 --rpc URL --deployment d --account 0x2 --keystore k "
     "--dry-run\n",
     command_claim},
    {"earnings", "", 0, 0, "print what a provider was paid",
     "Prints the sum that the contract paid to a provider in a token.",
     OPTIONS(CONTRACT_OPTIONS, OPT_PROVIDER, OPT_TOKEN, OPT_JSON),
     "sprove earnings --rpc URL --deployment d.json --provider 0x2\n", command_earnings},
    {"chain", "ACTION [HASH]", 1, 2, "look at the contract; register as a provider",
     "status prints the contract, its verifier and balances, and where each setting came from; "
     "settings "
     "prints only these, without asking a node. register makes --account a provider "
     "that may be paid. pending lists transactions of the account that are signed and not final; "
     "forget gives one up: it may be executed all the same.\n\n"
     "What is not given as an option is taken from the environment (SPROVE_RPC, SPROVE_NETWORK, "
     "SPROVE_DEPLOYMENT, SPROVE_CONTRACT, SPROVE_TOKEN, SPROVE_ACCOUNT, SPROVE_KEYSTORE, "
     "SPROVE_MAX_FEE, SPROVE_JOURNAL), else from a file: --config, SPROVE_CONFIG, or sprove/config "
     "in "
     "XDG_CONFIG_HOME or ~/.config. It is a JSON object with the names of these options, with _ "
     "for -. "
     "Signed transactions are kept in sprove/journal in XDG_STATE_HOME or ~/.local/state.",
     OPTIONS(CONTRACT_OPTIONS, SENDER_OPTIONS, OPT_TOKEN, OPT_JSON),
     "sprove chain status --rpc URL --rpc OTHER --deployment d.json\n"
     "sprove chain register --rpc URL --deployment d.json --account 0x2 --keystore k.json\n",
     command_chain},
#endif
#ifdef SP_CLI_CHAIN
    {"keys", "ACTION", 1, 1, "make and look at keystores",
     "new makes a key from the system's random numbers and writes it to --keystore, a new file "
     "with "
     "mode 600, under a password (Web3 Secret Storage, scrypt). import does the same with a key "
     "that "
     "is asked for. show and address print the public key and the address that an account contract "
     "of "
     "this key has or will have. The key itself is never printed, and is taken neither from an "
     "argument nor "
     "from the environment.",
     OPTIONS(OPT_CONFIG, OPT_KEYSTORE, OPT_PASSWORD_FILE, OPT_KEY_FILE, OPT_KIND, OPT_CLASS,
             OPT_SALT, OPT_PUBLIC_KEY, OPT_JSON),
     "sprove keys new --keystore k.json\n"
     "sprove keys import --keystore k.json --key-file secret --password-file p\n"
     "sprove keys address --public-key 0x2 --kind argent --salt 0x7\n",
     command_keys},
#endif
#ifdef SP_CLI_CHAIN
    {"submit", "JOB|ELF", 1, 1, "have a job proved by a relayer's nodes",
     "Sends the job, or a program of one's own, and its input to a relayer (docs/relayer.md) and "
     "prints the id of the task. "
     "With --wait it "
     "shows the progress, fetches output and proof, and checks the proof here: that this program, "
     "on this input, wrote this output. What does not hold is not written, whatever the relayer "
     "says of it.\n\n"
     "An ELF is registered with the relayer, unless this key has it there, and an input of more "
     "than 160 KiB is uploaded, in parts: what the relayer has is not sent again. For that the key "
     "needs the scopes blobs:read, blobs:write and programs:write.\n\n"
     "--amount is the most that the task may cost; with --contract and --task it is locked in "
     "the escrow of task N (`sprove task create`). A lost answer is asked for again under the same "
     "idempotency "
     "key, so that there is one task. Ctrl-C while waiting leaves the task; `sprove fetch ID` "
     "takes it up "
     "again.\n\n"
     "The API key is the first line of --api-key-file, or SPROVE_API_KEY; RELAYER_API_URL, "
     "SPROVE_API_KEY_FILE and the file of --config say the rest.",
     OPTIONS(OPT_INPUT, OPT_DATA, OPT_IO, OPT_MAX_CYCLES, OPT_PROFILE, OPT_AMOUNT, OPT_DEADLINE,
             OPT_DURATION, OPT_MAX_EXECUTION_TIME, OPT_CPU_THREADS, OPT_RAM_GB, OPT_DISK_GB,
             OPT_GPU, OPT_REGION, OPT_REDUNDANCY, OPT_MAX_ATTEMPTS, OPT_PRIORITY, OPT_CALLBACK,
             OPT_CONTRACT, OPT_TASK, OPT_DESCRIPTION, OPT_PUBLIC, OPT_IDEMPOTENCY_KEY, OPT_AWAIT,
             OPT_OUTPUT, OPT_RAW_OUTPUT, OPT_PROOF, OPT_FELTS, OPT_PROGRESS, OPT_JSON,
             RELAY_OPTIONS),
     "sprove submit matrix_multiplication --input in.json --wait --output out.json --proof p\n"
     "sprove submit fibonacci --input f.json --amount 0.5strk --cpu-threads 4 --duration 2h\n"
     "sprove submit ./guest.elf --input data.bin --wait --output out.bin\n",
     command_submit},
    {"status", "ID", 1, 1, "say what a relayer says of a task",
     "Prints state, node, progress and, at the end, what came of the task. Nothing of it is "
     "checked.",
     OPTIONS(OPT_JSON, RELAY_OPTIONS), "sprove status 0192f0c1-5a3b-7c4d-8e5f-0123456789ab\n",
     command_status},
    {"fetch", "ID", 1, 1, "fetch the result of a task, and check its proof",
     "Fetches output and proof of a task and checks here that the program, on the input, wrote the "
     "output; then "
     "writes the files. A task that was submitted from here is known (sprove/tasks in "
     "XDG_STATE_HOME or "
     "~/.local/state); of another, --program and --input say what must have been proved. --bundle "
     "writes instead the relayer's archive of the result, unchecked, which "
     "`sverify --bundle` checks anywhere and at any time.",
     OPTIONS(OPT_AWAIT, OPT_OUTPUT, OPT_RAW_OUTPUT, OPT_PROOF, OPT_FELTS, OPT_BUNDLE, OPT_PROGRAM,
             OPT_INPUT, OPT_DATA, OPT_IO, OPT_PROFILE, OPT_PROGRESS, OPT_JSON, RELAY_OPTIONS),
     "sprove fetch 0192f0c1-5a3b-7c4d-8e5f-0123456789ab --output out.json --proof job.proof\n",
     command_fetch},
    {"cancel", "ID", 1, 1, "take a task back from a relayer",
     "A task whose proof was verified cannot be taken back. An escrow is not touched: see `sprove "
     "help task`.",
     OPTIONS(OPT_JSON, RELAY_OPTIONS), "sprove cancel 0192f0c1-5a3b-7c4d-8e5f-0123456789ab\n",
     command_cancel},
    {"tasks", "", 0, 0, "list the tasks that a relayer has of a key",
     "Prints id, state, time and program, the latest first. (`sprove task list` lists those of the "
     "contract.)",
     OPTIONS(OPT_STATE, OPT_LIMIT, OPT_JSON, RELAY_OPTIONS), "sprove tasks --state running\n",
     command_tasks},
    {"login", "", 0, 0, "log in to a relayer with an account of Starknet",
     "Asks the relayer for a challenge, looks at it, signs it with the account's key (SNIP-12) and "
     "keeps the token that the relayer answers, for an hour or as it says, in sprove/logins in "
     "XDG_STATE_HOME or ~/.local/state. Commands for this relayer use it where they are given no "
     "API key. Tasks belong to the account, whichever token they are made with. Nothing is sent to "
     "the network, and nothing is signed that is not a login of this account at the relayer that "
     "was called. The account must be deployed, and take a signature by one Stark key; other "
     "wallets log in as docs/relayer.md says.",
     OPTIONS(OPT_ACCOUNT, OPT_KEYSTORE, OPT_PASSWORD_FILE, OPT_NETWORK, OPT_JSON, OPT_CONFIG,
             OPT_RELAYER, OPT_CA_FILE, OPT_PATIENCE),
     "sprove login --relayer https://relayer.example --account 0x2 --keystore k.json\n",
     command_login},
    {"logout", "", 0, 0, "end what `sprove login` began",
     "The relayer ends all tokens of the account, also those of other machines; the one that is "
     "kept here is removed.",
     OPTIONS(OPT_CONFIG, OPT_RELAYER, OPT_CA_FILE, OPT_PATIENCE),
     "sprove logout --relayer https://relayer.example\n", command_logout},
#endif
    {"node", "[status|drain|logs|doctor]", 0, 1, "run a provider node, or ask the one that runs",
     "Runs sprove-node (docs/node.md) with all that follows: it takes tasks from a relayer, proves "
     "them in sandboxed children, and claims what is owed. status says what the node that runs "
     "does and why it gets no work, drain lets it finish and take nothing more, logs shows the end "
     "of its log, doctor looks at the machine, its keys, the relayer and the chain. Its options "
     "are those of `sprove-node --help`.",
     (const uint8_t[]){OPT_HELP, N_OPTIONS},
     "sprove node\nsprove node status\nsprove node drain\nsprove node doctor\n", NULL},
    {"completion", "SHELL", 1, 1, "print a completion script for bash, zsh or fish",
     "Prints a script that completes the commands and options of sprove and sverify.",
     (const uint8_t[]){OPT_HELP, N_OPTIONS},
     "sprove completion bash > /etc/bash_completion.d/sprove\n"
     "sprove completion zsh > ~/.zfunc/_sprove\n"
     "sprove completion fish > ~/.config/fish/completions/sprove.fish\n",
     command_completion},
    {"version", "", 0, 0, "print the version", "Prints the version and the id of the constraints.",
     OPTIONS(OPT_JSON), "sprove version\n", command_version},
    {"help", "[COMMAND]", 0, 1, "explain a command",
     "Prints the commands, or the options and examples of one. With --man, the manual page of "
     "sprove, or of sverify.",
     OPTIONS(OPT_MAN),
     "sprove help run\n"
     "sprove help --man | man -l -\n",
     command_help},
};
const unsigned n_sprove_commands = SP_COUNT(sprove_commands);
