/* payee.c - see payee.h. */
#include "market/payee.h"

#include "market/snip12.h"

#define TYPE                                                                        \
    "\"Payee\"(\"purpose\":\"shortstring\",\"relayer\":\"felt\",\"node\":\"felt\"," \
    "\"address\":\"ContractAddress\",\"issued\":\"timestamp\",\"expires\":\"timestamp\")"

felt payee_digest(const payee *p)
{
    const felt members[] = {
        snip12_name(PAYEE_PURPOSE), p->relayer, p->node, p->address, felt_from_u64(p->issued),
        felt_from_u64(p->expires)};
    return snip12_digest(p->chain_id, p->address, TYPE, (felt_span){members, SP_COUNT(members)});
}
