/* sverify_command.c - sverify as a table: options, text and examples. */
#include "cli/commands.h"

#include <stddef.h>

#define OPTIONS(...) \
    (const uint8_t[]) { __VA_ARGS__, OPT_HELP, N_OPTIONS }

const cli_command sverify_command = {
    "sverify",
    "[PROOF]",
    0,
    1,
    "check a proof without running the program",
    "Accepts the proof of exactly the program, input, output, context and profile that are named, "
    "and of nothing else. PROOF is the file of `sprove run`, as bytes or as felts.\n\n"
    "The program is named by --program or --program-id; what it read and wrote by --input (or "
    "--data) and --output, or by --io-commitment. For a job, --input is the JSON payload and "
    "--output the JSON result; for an ELF, or with --program-id alone, both are bytes. The bytes "
    "of a job, as `sprove run --raw-output` writes them, can be given by --raw-input and "
    "--raw-output; for the output of a proof made with --io digest they must be.\n\n"
    "With --bundle the question is the archive of `GET /tasks/ID/bundle` of a relayer: that the "
    "proof in it is of its program, input and output, under the profile and for the payee that it "
    "says, that all hashes in it are right, and that the node whose id it names signed the result. "
    "Built-in jobs must be those of this sverify; of a program of one's own, --program-id says "
    "that it is the one that was meant. --profile and --context demand these, too.\n\n"
    "Exit codes: 0 accepted; 1 rejected; 2 the question is not understood (options, missing "
    "files); 3 the file is not a proof, or not a bundle.",
    OPTIONS(OPT_BUNDLE, OPT_PROGRAM, OPT_PROGRAM_ID, OPT_INPUT, OPT_DATA, OPT_OUTPUT, OPT_RAW_INPUT,
            OPT_RAW_OUTPUT, OPT_IO_COMMITMENT, OPT_CONTEXT, OPT_PROFILE, OPT_ALLOW_UNSOUND,
            OPT_ALLOW_FAILURE, OPT_JSON),
    "sverify job.proof --program matrix_multiplication --input in.json --output out.json\n"
    "sverify p.bin --program-id $ID --input in.bin --output out.bin --profile proven\n"
    "sverify p.bin --program-id $ID --io-commitment $IO --json\n"
    "sverify --bundle 0192f0c1-5a3b-7c4d-8e5f-0123456789ab.tar\n",
    NULL};
