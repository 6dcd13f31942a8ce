/* prooffile.h - proofs in files: bytes as they are, or felts as text. */
#ifndef CLI_PROOFFILE_H
#define CLI_PROOFFILE_H

#include "air/felts.h"
#include "cli/file.h"

#define PROOFFILE_MAX ((size_t)512 << 20)
#define PROOFFILE_MAX_FELTS ((size_t)64 << 20)
#define PROOFFILE_FELT_BYTES 67u /* of a felt's line, at most: 66 characters and the end of the line */

/* Reads a proof. Felts (hex words that begin with 0x, as a JSON array or apart by white space) are
 * told by the first character and turned into bytes. Prints nothing: returns 0, EXIT_FORMAT (it is
 * no proof), EXIT_IO, EXIT_LIMIT (not enough memory) or EXIT_INTERRUPTED, and the sentence in why.
 * b->at is to be freed. was_felts may be NULL. */
int prooffile_read(file_bytes *b, const char *path, bool *was_felts, char why[FILE_WHY]);

/* The felts of a proof as text, one a line; *text is to be freed. */
int prooffile_felts(char **text, size_t *n, const uint8_t *proof, size_t bytes);

#endif
