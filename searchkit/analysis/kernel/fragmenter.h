/* Fragmenter: the matches in a text -> the place of its best fragment. searchkit/highlight/fragmenter.py is the
   definition. */

#ifndef SEARCHKIT_FRAGMENTER_H
#define SEARCHKIT_FRAGMENTER_H

#include "matcher.h"

#define CLOSE 500 /* what counts for a fragment whose terms stand close together, at most */

/* No text is so long. Sums of two such lengths, and CLOSE of them as a long long, stay in range. */
#define LONGEST_FRAGMENT (PY_SSIZE_T_MAX / (sizeof(Py_ssize_t) > 4 ? 2 * CLOSE : 4))

/* The best fragment of at most `length` characters, which is 1 to LONGEST_FRAGMENT, by the text's matches in
   `work`. Needs no lock. */
Span best_fragment(const Query *query, Work *work, const Text *text, Py_ssize_t length);

/* The larger and the smaller place. */
static inline Py_ssize_t
larger(Py_ssize_t one, Py_ssize_t other)
{
    return one > other ? one : other;
}

static inline Py_ssize_t
smaller(Py_ssize_t one, Py_ssize_t other)
{
    return one < other ? one : other;
}

#endif
