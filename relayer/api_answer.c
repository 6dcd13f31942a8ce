/* api_answer.c - what several handlers say alike. */
#include "relayer/api.h"

#include "relayer/check.h"

#include <string.h>

json_t *api_time_json(int64_t ms)
{
    char text[CHECK_TIME];
    if (ms == 0) return json_null();
    time_write(text, ms);
    return json_string(text);
}

void api_refuse_one(call *c, const char *pointer, const char *code, const char *detail)
{
    http_problem_with(&c->s, &c->q, 422, code,
                      json_pack("{s:o}", "errors", check_one(pointer, code, detail)), detail);
}

const char *api_callback_at(const task_new *t, bool in_task)
{
    const char *pointer = t->webhook_id != NULL ? "/callback/webhook_id" : "/callback/url";
    return in_task ? pointer : pointer + strlen("/callback");
}

void api_refuse_fields(call *c, const check *m)
{
    http_problem_with(&c->s, &c->q, 400, m->code, json_pack("{s:O}", "errors", m->errors),
                      "the request has fields that are missing, unknown or wrong");
}
