/* routes.c - every method and path; docs/relayer-api.md and openapi.yaml say what they mean. */
#include "relayer/api.h"

static const route routes[] = {
    {HTTP_GET, "/api/v1/version", 0, ROUTE_LOOP, false, 0, NULL, api_version, NULL},
    {HTTP_GET, "/api/v1/health/live", 0, ROUTE_LOOP, false, 0, NULL, api_live, NULL},
    {HTTP_GET, "/api/v1/health/ready", 0, ROUTE_LOOP, false, 0, NULL, api_ready, NULL},
};

const route *route_list(size_t *n)
{
    *n = SP_COUNT(routes);
    return routes;
}
