/* routes.c - every method and path; docs/relayer-api.md and openapi.yaml say what they mean. */
#include "relayer/api.h"

/* Beyond what the settings allow a body is refused in call_max_body. */
#define MAX_BLOB UINT64_MAX
#define MAX_JSON ((uint64_t)SERVER_MEMORY_BODY)

static const route routes[] = {
    {HTTP_GET, "/", 0, ROUTE_LOOP, false, 0, NULL, api_dashboard, NULL},
    {HTTP_GET, "/dashboard", 0, ROUTE_LOOP, false, 0, NULL, api_dashboard, NULL},
    {HTTP_GET, "/dashboard.css", 0, ROUTE_LOOP, false, 0, NULL, api_dashboard_css, NULL},
    {HTTP_GET, "/dashboard.js", 0, ROUTE_LOOP, false, 0, NULL, api_dashboard_js, NULL},
    {HTTP_GET, "/dashboard.svg", 0, ROUTE_LOOP, false, 0, NULL, api_dashboard_svg, NULL},
    {HTTP_GET, "/api/v1/version", 0, ROUTE_LOOP, false, 0, NULL, api_version, NULL},
    {HTTP_GET, "/api/v1/health/live", 0, ROUTE_LOOP, false, 0, NULL, api_live, NULL},
    {HTTP_GET, "/api/v1/health/ready", 0, ROUTE_LOOP, false, 0, NULL, api_ready, NULL},
    {HTTP_GET, "/api/v1/health", 0, ROUTE_READ, false, 0, NULL, api_health, NULL},
    {HTTP_GET, "/api/v1/stats", 0, ROUTE_READ, false, 0, NULL, api_stats, NULL},
    {HTTP_POST, "/api/v1/tasks", SCOPE_TASKS_WRITE, ROUTE_WRITE, true, MAX_JSON,
     api_task_create_prepare, api_task_create, api_task_create_drop},
    {HTTP_POST, "/api/v1/estimate", 0, ROUTE_EXECUTE, true, MAX_JSON, NULL, api_estimate, NULL},
    {HTTP_POST, "/api/v1/tasks:batch", SCOPE_TASKS_WRITE, ROUTE_WRITE, true, MAX_JSON,
     api_task_batch_prepare, api_task_batch, api_task_batch_drop},
    {HTTP_POST, "/api/v1/tasks/{}/retry", SCOPE_TASKS_WRITE, ROUTE_WRITE, true, MAX_JSON, NULL,
     api_task_retry, NULL},
    /* A key with tasks:write, or the lease of an attempt: the handler looks. */
    {HTTP_POST, "/api/v1/tasks/{}/callback", 0, ROUTE_WRITE, true, MAX_JSON, NULL,
     api_task_callback, NULL},
    {HTTP_GET, "/api/v1/tasks", SCOPE_TASKS_READ, ROUTE_READ, false, 0, NULL, api_task_list, NULL},
    {HTTP_GET, "/api/v1/tasks/{}", SCOPE_TASKS_READ, ROUTE_WAIT, false, 0, NULL, api_task_show,
     NULL},
    {HTTP_GET, "/api/v1/tasks/{}/events", SCOPE_TASKS_READ, ROUTE_STREAM, false, 0, NULL,
     api_task_events, NULL},
    {HTTP_POST, "/api/v1/tasks/{}/cancel", SCOPE_TASKS_WRITE, ROUTE_WRITE, false, MAX_JSON, NULL,
     api_task_cancel, NULL},
    {HTTP_GET, "/api/v1/tasks/{}/result", SCOPE_TASKS_READ, ROUTE_READ, false, 0, NULL,
     api_task_result, NULL},
    {HTTP_GET, "/api/v1/tasks/{}/proof", SCOPE_TASKS_READ, ROUTE_READ, false, 0, NULL,
     api_task_proof, NULL},
    {HTTP_GET, "/api/v1/tasks/{}/output", SCOPE_TASKS_READ, ROUTE_READ, false, 0, NULL,
     api_task_output, NULL},
    {HTTP_GET, "/api/v1/nodes", SCOPE_NODES_READ, ROUTE_READ, false, 0, NULL, api_node_list, NULL},
    {HTTP_GET, "/api/v1/nodes/{}", SCOPE_NODES_READ, ROUTE_READ, false, 0, NULL, api_node_show,
     NULL},
    {HTTP_GET, "/api/v1/nodes/{}/tasks", SCOPE_NODES_READ, ROUTE_READ, false, 0, NULL,
     api_node_tasks, NULL},
    {HTTP_GET, "/api/v1/nodes/{}/reputation", SCOPE_NODES_READ, ROUTE_READ, false, 0, NULL,
     api_node_reputation, NULL},
    {HTTP_POST, "/api/v1/api-keys", SCOPE_ADMIN, ROUTE_WRITE, true, MAX_JSON, NULL, api_key_create,
     NULL},
    {HTTP_GET, "/api/v1/api-keys", SCOPE_ADMIN, ROUTE_READ, false, 0, NULL, api_key_list, NULL},
    {HTTP_DELETE, "/api/v1/api-keys/{}", SCOPE_ADMIN, ROUTE_WRITE, false, 0, NULL, api_key_revoke,
     NULL},
    {HTTP_POST, "/api/v1/admin/backup", SCOPE_ADMIN, ROUTE_WRITE, false, MAX_JSON, NULL,
     api_admin_backup, NULL},
    {HTTP_GET, "/api/v1/admin/backup", SCOPE_ADMIN, ROUTE_READ, false, 0, NULL,
     api_admin_backup_show, NULL},
    /* Of any key: the handlers look. */
    {HTTP_GET, "/api/v1/me", 0, ROUTE_READ, false, 0, NULL, api_me, NULL},
    {HTTP_GET, "/api/v1/me/usage", 0, ROUTE_READ, false, 0, NULL, api_me_usage, NULL},
    {HTTP_GET, "/api/v1/programs", 0, ROUTE_READ, false, 0, NULL, api_program_list, NULL},
    {HTTP_GET, "/api/v1/programs/{}", 0, ROUTE_READ, false, 0, NULL, api_program_show, NULL},
    /* A key with the scope, or the lease of an attempt: the handlers look. */
    {HTTP_PUT, "/api/v1/blobs/{}", 0, ROUTE_WRITE, false, MAX_BLOB, api_blob_put_prepare,
     api_blob_put, NULL},
    {HTTP_GET, "/api/v1/blobs/{}", 0, ROUTE_READ, false, 0, NULL, api_blob_get, NULL},
    {HTTP_POST, "/api/v1/webhooks", SCOPE_WEBHOOKS, ROUTE_WRITE, true, MAX_JSON, NULL,
     api_webhook_create, NULL},
    {HTTP_GET, "/api/v1/webhooks", SCOPE_WEBHOOKS, ROUTE_READ, false, 0, NULL, api_webhook_list,
     NULL},
    {HTTP_GET, "/api/v1/webhooks/{}", SCOPE_WEBHOOKS, ROUTE_READ, false, 0, NULL, api_webhook_show,
     NULL},
    {HTTP_DELETE, "/api/v1/webhooks/{}", SCOPE_WEBHOOKS, ROUTE_WRITE, false, 0, NULL,
     api_webhook_delete, NULL},
    {HTTP_POST, "/api/v1/webhooks/{}/rotate", SCOPE_WEBHOOKS, ROUTE_WRITE, false, MAX_JSON, NULL,
     api_webhook_rotate, NULL},
    {HTTP_POST, "/api/v1/webhooks/{}/test", SCOPE_WEBHOOKS, ROUTE_WRITE, false, MAX_JSON, NULL,
     api_webhook_test, NULL},
    {HTTP_GET, "/api/v1/webhooks/{}/deliveries", SCOPE_WEBHOOKS, ROUTE_READ, false, 0, NULL,
     api_webhook_deliveries, NULL},
    {HTTP_POST, "/api/v1/webhooks/{}/deliveries/{}/redeliver", SCOPE_WEBHOOKS, ROUTE_WRITE, false,
     MAX_JSON, NULL, api_webhook_redeliver, NULL},
};

const route *route_list(size_t *n)
{
    *n = SP_COUNT(routes);
    return routes;
}
