/* progress.h - progress for people (a bar, or lines) or programs (JSON lines) on standard error. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/args.h"

enum progress_mode { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_JSON };

typedef struct {
    enum progress_mode mode;
    uint64_t start_ms, last_ms, phase_start_ms;
    const char *phase;
    bool drawn;
} progress;

uint64_t clock_us(void); /* monotonic */
uint64_t clock_ms(void);

/* By --progress; auto is a bar when standard error is a terminal. */
void progress_init(progress *p, const cli_args *a);
/* A phase whose end is not known: cycles of a run. False after an interruption. */
bool progress_cycles(progress *p, uint64_t cycles);
/* done of total; throttled. False after an interruption. */
bool progress_work(progress *p, const char *phase, uint64_t done, uint64_t total);
/* A bar of that many thousandths; text has PROGRESS_BAR_TEXT bytes. */
#define PROGRESS_BAR_TEXT 27
void progress_bar(char *text, unsigned permille);
/* Clears the bar. */
void progress_end(progress *p);

#endif
