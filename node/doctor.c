/* doctor.c - see doctor.h. */
#include "node/doctor.h"

#include "market/transfer.h"
#include "node/doctor_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"ok", "warn", "fail"};

static void clean(char *text)
{
    for (; *text != 0; text++)
        if ((unsigned char)*text < 32 || (unsigned char)*text > 126) *text = '?';
}

void visit_say(visit *v, enum verdict how, const char *check, const char *remedy,
               const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    clean(text);
    v->failed = v->failed || how == VERDICT_FAIL;
    if (v->json) {
        (void)json_array_append_new(v->list,
                                    json_pack("{s:s, s:s, s:s, s:s}", "check", check, "verdict",
                                              words[how], "text", text, "remedy", remedy));
        return;
    }
    (void)printf("%-4s  %-14s %s\n", words[how], check, text);
    if (remedy[0] != 0) (void)printf("%22s%s\n", "-> ", remedy);
    (void)fflush(stdout);
}

int doctor(const node_options *o, bool json)
{
    visit v;
    memset(&v, 0, sizeof v);
    v.o = o;
    v.json = json;
    v.list = json_array();
    if (transfer_init() != SP_OK) return 1;
    doctor_machine(&v);
    doctor_network(&v);
    if (json) {
        json_t *report = json_pack("{s:b, s:O}", "ok", !v.failed, "checks", v.list);
        char *text = json_dumps(report, JSON_COMPACT | JSON_PRESERVE_ORDER);
        json_decref(report);
        if (text == NULL || puts(text) < 0) v.failed = true;
        free(text);
    }
    json_decref(v.list);
    return fflush(stdout) == 0 && !v.failed ? 0 : 1;
}
