/* chain_words.c - what the contract's refusals mean, and what to do about them.
 *
 * The words on the left are those of contracts/cairo/src: a test reads them there and looks for
 * each of them here. */
#include "cli/chain_session.h"

#include <string.h>

static const struct {
    const char *said, *means;
} rows[] = {
    /* Money */
    {"Amount must be positive", "--amount must be above 0"},
    {"Invalid token address", "--token must be the address of a token"},
    {"Token not allowed", "the contract takes other tokens only; its owner says which"},
    {"Token transfer failed",
     "the token did not move the whole amount; is the account's balance enough?"},
    {"Refund transfer failed", "the token did not move the whole amount back; nothing has changed"},
    {"Provider payment failed", "the token did not move the provider's part; nothing has changed"},
    {"Treasury payment failed", "the token did not move the treasury's part; nothing has changed"},
    {"No uncollected fees", "there are none of this token"},
    {"Insufficient contract balance",
     "the contract holds less of the token than the task's amount"},
    {"Tier calculation overflow", "the amount times the tier's multiplier is too large"},
    /* Terms of a task */
    {"Invalid program id", "the task's program id must be 1 to 28 bytes"},
    {"Invalid input commitment", "the task's input commitment must be 1 to 31 bytes"},
    {"Invalid max cycles", "--max-cycles must be 1 to 134217726"},
    {"Invalid deadline", "it must be in the future, within 365 days; of an assignment not after "
                         "the task's, and of the relayer's within a day of its first"},
    {"Invalid tier", "a tier is 1, 2 or 3"},
    {"Time out of range", "the deadline is too large a number"},
    /* Life of a task */
    {"Invalid task status",
     "there is no such task, or it is assigned, paid or refunded by now; `sprove task show` says"},
    {"Only creator can cancel",
     "--account is not who made the task; after the deadline anybody may `sprove task refund`"},
    {"Task cannot be cancelled", "it is assigned, its time is not over, and no change of the "
                                 "contract is near; or it is paid or refunded by now"},
    {"Deadline passed", "the task's deadline is over; its amount can only go back to its creator"},
    {"Deadline not passed", "wait until the deadline that `sprove task show` prints"},
    {"Provider not assigned", "the task is assigned to another provider, or to nobody"},
    {"Invalid provider address", "--provider must be an account, and not the contract's relayer"},
    {"Unauthorized relayer", "only the task's creator and the contract's relayer assign it"},
    {"Task locked", "a token called back into the contract; nothing has changed"},
    /* Providers */
    {"Node already active", "the account is registered; nothing is to be done"},
    {"Node not active", "the account is no active provider; `sprove chain register`"},
    {"Node suspended", "the contract's owner suspended the account; only they can reinstate it"},
    {"Node not suspended", "the provider is not suspended"},
    {"Invalid public key", "a public key is not 0"},
    {"Tier not granted", "the contract's owner has to grant the tier first"},
    {"Provider not active",
     "the provider must register first (`sprove chain register`), or is suspended"},
    {"Provider tier too low", "the task asks for a higher tier than the provider's"},
    /* Claims */
    {"Invalid result hash", "the hash of the output must be 1 to 31 bytes"},
    {"Proof too short",
     "the proof lacks program, input and cycles, which the task's hash stands for"},
    {"Task hash mismatch", "the proof is of another program, input or --max-cycles than the task"},
    {"Too many cycles", "the run took more cycles than the task allows"},
    {"Zero io commitment", "the io commitment must not be 0"},
    {"Io commitment mismatch", "the proof is of another input or output than was said"},
    /* The verifier: docs/protocol.md */
    {"form", "the felts are not a proof of this version, or were altered"},
    {"profile", "prove with --profile chain"},
    {"program id", "the proof is of another program than the task's"},
    {"program hash", "the proof's program is not the one that its id stands for"},
    {"context", "the proof is for another contract, task or provider; prove with the --context "
                "that `sprove task show` prints"},
    {"input", "the proof's input is not the one that its hash stands for"},
    {"output", "the proof's output is not the one that its hash stands for"},
    {"io commitment", "the proof's hash of input and output does not fit"},
    {"expected io", "the proof is of another input or output than the task and the claim say"},
    {"exit code", "the program ended with another exit code than 0, which is not paid"},
    {"sizes", "the proof's tables are larger than the verifier takes"},
    {"a second instance", "the proof has more tables than the verifier takes"},
    {"time", "the proof states more cycles than the machine allows"},
    {"addresses", "the proof states addresses outside the machine's memory"},
    {"claims", "the proof is wrong or was altered"},
    {"samples", "the proof is wrong or was altered"},
    {"oods", "the proof is wrong or was altered"},
    {"product", "the proof is wrong or was altered"},
    {"sum", "the proof is wrong or was altered"},
    {"tree path", "the proof is wrong or was altered"},
    {"fri path", "the proof is wrong or was altered"},
    {"last layer", "the proof is wrong or was altered"},
    {"lookup grind", "the proof is wrong or was altered"},
    {"deep grind", "the proof is wrong or was altered"},
    {"commit grind", "the proof is wrong or was altered"},
    {"query grind", "the proof is wrong or was altered"},
    /* The owner's calls, and what the contract does not offer */
    {"Pausable: paused",
     "the owner paused new tasks, nodes and assignments; claims and refunds go on"},
    {"Pausable: not paused", "the contract is not paused"},
    {"Caller is not the owner", "only the contract's owner may"},
    {"Caller is not the pending owner", "only who the ownership was offered to may"},
    {"New owner is the zero address", "an owner must be an account"},
    {"Mode not supported", "the contract pays for proofs alone"},
    {"Invalid owner address", "an owner is not the relayer"},
    {"Invalid relayer address", "a relayer is not the owner, the treasury or the contract"},
    {"Invalid treasury address", "a treasury is not the relayer or the contract"},
    {"Invalid verifier class", "the class is no verifier of chain proofs"},
    {"Invalid basic multiplier", "a multiplier is 1 to 10 times"},
    {"Invalid pro multiplier", "a multiplier is 1 to 10 times"},
    {"Invalid premium multiplier", "a multiplier is 1 to 10 times"},
    {"Invalid scheduled value", "what is scheduled is not 0"},
    {"Change not scheduled", "nothing, or something else, is scheduled"},
    {"Timelock not expired", "a change waits for its delay of 8 days"},
    {"Scheduled change lapsed",
     "a change must be made within 7 days after its delay; it has to be scheduled again"},
    /* Tokens and accounts (OpenZeppelin) */
    {"ERC20: insufficient balance", "the account has less of the token than the amount"},
    {"ERC20: insufficient allowance",
     "the contract may not take the amount; it was spent by another call"},
    {"u256_sub Overflow", "the account has less of the token than the amount"},
    {"Account: invalid signature", "the key is not the account's"},
    /* Of the language */
    {"Out of gas", "the gas that was offered did not suffice; run the command again"},
    {"Input too long for arguments", "the contract has another interface than this sprove knows"},
};

const char *session_words(const char *said)
{
    for (size_t i = 0; i < SP_COUNT(rows); i++)
        if (!strcmp(said, rows[i].said)) return rows[i].means;
    if (!strncmp(said, "Failed to deserialize param", 27))
        return "the contract has another interface than this sprove knows";
    return NULL;
}
