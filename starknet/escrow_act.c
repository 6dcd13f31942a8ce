/* escrow_act.c - whether two transactions ask the marketplace for the same thing. */
#include "starknet/escrow.h"

#include "starknet/selector.h"

/* The first felts of an entry point's arguments that say what is asked for. */
static size_t essential(felt selector, size_t n)
{
    static const struct {
        const char *name;
        size_t n;
    } some[] = {
        {"submit_proof_and_claim", 2}, /* task */
        {"create_proved_task", 6},     /* token, amount, program, input, cycles */
        {"assign_task", 3},            /* task, provider */
    };
    for (size_t i = 0; i < SP_COUNT(some); i++)
        if (felt_eq(selector, selector_from_name(some[i].name)))
            return n < some[i].n ? n : some[i].n;
    return n;
}

static bool same_call(calldata_reader *a, calldata_reader *b)
{
    felt_span x, y;
    felt to[2], selector[2];
    if (calldata_read_felt(a, &to[0]) != SP_OK || calldata_read_felt(b, &to[1]) != SP_OK ||
        calldata_read_felt(a, &selector[0]) != SP_OK ||
        calldata_read_felt(b, &selector[1]) != SP_OK || calldata_read_list(a, &x) != SP_OK ||
        calldata_read_list(b, &y) != SP_OK)
        return false;
    const size_t n = essential(selector[0], x.n);
    if (!felt_eq(to[0], to[1]) || !felt_eq(selector[0], selector[1]) ||
        n != essential(selector[1], y.n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!felt_eq(x.v[i], y.v[i])) return false;
    return true;
}

bool escrow_same_act(felt_span a, felt_span b)
{
    calldata_reader x = {a, 0}, y = {b, 0};
    uint64_t calls, others;
    if (calldata_read_u64(&x, &calls) != SP_OK || calldata_read_u64(&y, &others) != SP_OK ||
        calls != others)
        return false;
    for (uint64_t i = 0; i < calls; i++) /* ends at the end of the lists */
        if (!same_call(&x, &y)) return false;
    return calldata_read_end(&x) == SP_OK && calldata_read_end(&y) == SP_OK;
}
