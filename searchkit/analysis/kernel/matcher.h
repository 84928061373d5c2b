/* Matcher: the terms of a query, and where they stand in a text. searchkit/highlight/matcher.py is the definition.

   A query is compiled to numbers: each different token of its terms has one, found by a hash. Of a text the lines
   are tokenized in which a term may begin, and the tokens that the query knows are kept ("hits"). Terms are matched
   against these. */

#ifndef SEARCHKIT_MATCHER_H
#define SEARCHKIT_MATCHER_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdlib.h>

#include "tokenizer.h"

/* Bits for the characters that terms may begin with; more of them share one. */
#define BEGINNINGS 0x10000u

/* An array that grows: items of one size. */
typedef struct {
    void *items;
    size_t count, room;
} Array;

/* Room for one more item of `size` bytes; NULL where memory is short, or a uint32_t could not number the items. The
   item is counted. */
static inline void *
array_add(Array *array, size_t size)
{
    if (array->count == UINT32_MAX)
        return NULL;
    if (array->count == array->room) {
        size_t room = array->room + array->room / 2 + 64;
        void *grown = room <= SIZE_MAX / size ? realloc(array->items, room * size) : NULL;
        if (grown == NULL)
            return NULL;
        array->items = grown;
        array->room = room;
    }
    return (char *)array->items + size * array->count++;
}

#define ITEM(array, type, number) (((type *)(array).items)[number])

/* A different token of the query: where its code points are, and its place in the table. */
typedef struct {
    size_t text; /* in `codes` */
    int length;  /* 1 to LONGEST */
    uint32_t hash;
    uint32_t first_start, starts; /* in `Query.starters`: the terms that may begin with it */
} Word;

/* One place of a term: the words that may stand there, in `Query.allowed`. */
typedef struct {
    uint32_t first, count;
    unsigned char joint; /* the sign that joins the number that stands there with the next one, or 0 */
} Place;

typedef struct {
    uint32_t first, count; /* its places */
    long long worth;
} Term;

typedef struct {
    Array codes;    /* uint32_t: the texts of the words */
    Array words;    /* Word */
    Array terms;    /* Term */
    Array places;   /* Place */
    Array allowed;  /* uint32_t: numbers of words, in order for each place */
    uint32_t *table; /* numbers of words and one, by their hash; 0 where there is none */
    uint32_t mask;
    uint32_t *starters; /* numbers of terms */
    uint64_t beginnings[BEGINNINGS / 64]; /* a bit for each character that a term may begin with, modulo */
} Query;

/* A token of the text that the query knows. */
typedef struct {
    Py_ssize_t start, end;
    uint32_t word, line; /* the latter within what `\n` ends: other characters end lines too */
    Py_ssize_t order;    /* among the tokens that are no symbols, and the ends of lines; -1 of a symbol, and of a
                            part of a word: they have no neighbours */
    unsigned char joint; /* as that of the token */
} Hit;

typedef struct {
    Py_ssize_t start, end;
    uint32_t term;
} Match;

typedef struct {
    Py_ssize_t start, end;
} Span;

/* What is used for one text after the other. */
typedef struct {
    Array hits, matches, spans;
    Py_ssize_t *counts; /* of each term: how many matches were found */
    size_t *seen;       /* of each term: in the fragment of which match it was seen last, and one */
} Work;

/* Adds a term, a tuple of its worth and its places; false with an exception set. */
bool query_add(Query *query, PyObject *term);

/* To be called when all terms are added, with the characters that they may begin with. False where memory is short. */
bool query_finish(Query *query, PyObject *beginnings);

void query_free(Query *query);

/* What follows needs no lock. */

/* Finds the tokens of the text that the query knows, in the lines in which a term may begin. False where memory is
   short. */
bool find_hits(const Query *query, Text text, Array *hits);

/* Is a match within a part of the text? Of a phrase that is longer only the beginning has to be there. */
static inline bool
counts_within(const Term *term, Py_ssize_t match_start, Py_ssize_t match_end, Py_ssize_t start, Py_ssize_t end)
{
    if (match_end <= end)
        return match_start >= start;
    return term->count > 1 && match_start >= start && match_start < end && match_end - match_start > end - start;
}

/* Finds the matches within a part of the text (counts_within), in order of start, end and term; with `most` > 0 only the first so
   many of each term, and `complete` says whether these may be all. False where memory is short. */
bool find_matches(const Query *query, Work *work, Py_ssize_t start, Py_ssize_t end, Py_ssize_t most,
                  bool *complete);

#endif
