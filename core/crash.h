/* crash.h - named moments at which a test ends the process, as a loss of power would.
 *
 * Only in builds with SP_CRASH_POINTS, and only under a test that loads a crash_point of its own
 * (tests/relayer/faults.c); elsewhere nothing is compiled. */
#ifndef CORE_CRASH_H
#define CORE_CRASH_H

#ifdef SP_CRASH_POINTS
__attribute__((weak, visibility("default"))) void crash_point(const char *name);
#define SP_CRASH_POINT(name)                        \
    do {                                            \
        if (crash_point != NULL) crash_point(name); \
    } while (0)
#else
#define SP_CRASH_POINT(name) ((void)0)
#endif

#endif
