/* admin.h - what the handlers of administration share: every action leaves a row. */
#ifndef RELAYER_ADMIN_H
#define RELAYER_ADMIN_H

#include "relayer/call.h"

/* Within the unit that does it. detail: text or NULL; key_id: who asked ("signal": nobody's key).
 */
void admin_note(core *k, const char *key_id, const char *action, const char *detail);

#endif
