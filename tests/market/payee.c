/* payee.c - what accounts sign for their nodes, against starknet-py's SNIP-12. */
#include "market/payee.h"
#include "starknet/selector.h"
#include "tests/market/vectors_payee.h"
#include "tests/starknet/util.h"

static payee of_vector(size_t i)
{
    const char *const *v = payees[i];
    payee p;
    memset(&p, 0, sizeof p);
    if (strncmp(v[0], "0x", 2) == 0)
        p.chain_id = felt_of(v[0]);
    else if (shortstring_read(&p.chain_id, v[0]) != SP_OK)
        test_failed = 1;
    p.relayer = felt_of(v[1]);
    p.node = felt_of(v[2]);
    p.address = felt_of(v[3]);
    p.issued = strtoull(v[4], NULL, 10);
    p.expires = strtoull(v[5], NULL, 10);
    return p;
}

TEST(payee_digest_is_that_of_starknet_py)
{
    for (size_t i = 0; i < SP_COUNT(payees); i++) {
        const payee p = of_vector(i);
        CHECK_HEX(payee_digest(&p), payees[i][6]);
    }
}

/* What is signed for one node, relayer, chain, account or time is signed for no other. */
TEST(every_value_of_a_payee_is_signed)
{
    const payee p = of_vector(3);
    const felt z = payee_digest(&p);
    for (unsigned i = 0; i < 6; i++) {
        payee o = p;
        if (i == 0) o.chain_id = felt_add(o.chain_id, felt_one());
        if (i == 1) o.relayer = felt_add(o.relayer, felt_one());
        if (i == 2) o.node = felt_add(o.node, felt_one());
        if (i == 3) o.address = felt_add(o.address, felt_one());
        if (i == 4) o.issued++;
        if (i == 5) o.expires++;
        CHECK(!felt_eq(payee_digest(&o), z));
    }
}
