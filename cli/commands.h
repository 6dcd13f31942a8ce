/* commands.h - the subcommands of sprove. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/args.h"

int command_run(const cli_args *a);
int command_exec(const cli_args *a);
int command_jobs(const cli_args *a);
int command_estimate(const cli_args *a);
int command_program_id(const cli_args *a);
int command_inspect(const cli_args *a);
int command_bench(const cli_args *a);
int command_help(const cli_args *a);
int command_completion(const cli_args *a);
int command_version(const cli_args *a);
/* `sprove node`: argv as main got it, from "node" on. Does not return when sprove-node is there. */
int command_node_exec(char **argv);
/* In builds with the Starknet client. */
int command_task(const cli_args *a);
int command_claim(const cli_args *a);
int command_earnings(const cli_args *a);
int command_chain(const cli_args *a);
int command_keys(const cli_args *a);
int command_submit(const cli_args *a);
int command_status(const cli_args *a);
int command_fetch(const cli_args *a);
int command_cancel(const cli_args *a);
int command_tasks(const cli_args *a);
int command_login(const cli_args *a);
int command_logout(const cli_args *a);

/* All of them, in the order of the help. */
extern const cli_command sprove_commands[];
extern const unsigned n_sprove_commands;
extern const cli_command sverify_command;

#endif
