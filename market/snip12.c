/* snip12.c - see snip12.h. */
#include "market/snip12.h"

#include "starknet/poseidon.h"
#include "starknet/selector.h"

#define DOMAIN_TYPE                                                            \
    "\"StarknetDomain\"(\"name\":\"shortstring\",\"version\":\"shortstring\"," \
    "\"chainId\":\"shortstring\",\"revision\":\"shortstring\")"

felt snip12_name(const char *name)
{
    felt f = felt_zero();
    const sp_status st = shortstring_read(&f, name); /* names of ours: they are short */
    SP_ASSERT(st == SP_OK);
    (void)st;
    return f;
}

felt snip12_digest(felt chain_id, felt account, const char *type, felt_span members)
{
    const felt domain[] = {selector_from_name(DOMAIN_TYPE), snip12_name(SNIP12_NAME),
                           snip12_name(SNIP12_VERSION), chain_id, felt_one()};
    poseidon_ctx c;
    poseidon_init(&c);
    poseidon_add(&c, selector_from_name(type));
    for (size_t i = 0; i < members.n; i++) poseidon_add(&c, members.v[i]);
    const felt all[] = {snip12_name("StarkNet Message"),
                        poseidon_hash_many((felt_span){domain, SP_COUNT(domain)}), account,
                        poseidon_final(&c)};
    return poseidon_hash_many((felt_span){all, SP_COUNT(all)});
}
