/* ct.h - what code with secrets needs: masks the compiler cannot see through, wiping, and the marks
 * by which a test finds a branch or an index that depends on a secret. */
#ifndef STARKNET_CT_H
#define STARKNET_CT_H

#include "core/sp.h"

/* Hides from the compiler that a mask is only ever 0 or ~0, so that no selection becomes a jump. */
#define SP_CT_HIDE(mask) __asm__("" : "+r"(mask))

/* With SP_CT_CHECK (a test build run under valgrind's memcheck) a secret is memory of undefined
 * value: a jump or an address computed from it is reported. SP_CT_PUBLIC ends that where a value
 * may be known: a result, or a decision that says nothing about the key. Otherwise both are
 * nothing. */
#ifdef SP_CT_CHECK
#include <valgrind/memcheck.h>
#define SP_CT_SECRET(p, n) (void)VALGRIND_MAKE_MEM_UNDEFINED(p, n)
#define SP_CT_PUBLIC(p, n) (void)VALGRIND_MAKE_MEM_DEFINED(p, n)
#else
#define SP_CT_SECRET(p, n) ((void)(p), (void)(n))
#define SP_CT_PUBLIC(p, n) ((void)(p), (void)(n))
#endif

/* Overwrites n bytes with zeros; never optimised away. */
void ct_wipe(void *p, size_t n);

#endif
