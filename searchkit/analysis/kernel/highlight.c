/* Highlight: see highlight.h. matcher.c finds the matches, fragmenter.c the fragment. */

#include "highlight.h"

#include <stdlib.h>

#include "fragmenter.h"
#include "matcher.h"

/* So many characters in all take long enough to let other threads run. */
#define LONG_TEXTS 4000

/* What is made of a text: its fragment, and its spans in `Work.spans`. */
typedef struct {
    Py_ssize_t start, end;
    size_t first_span, spans;
} Fragment;

/* Adds what the matches within the fragment cover. False where memory is short. */
static bool
add_spans(const Query *query, const Array *matches, Fragment *fragment, Array *spans)
{
    fragment->first_span = spans->count;
    for (size_t i = 0; i < matches->count; i++) {
        const Match *match = &ITEM(*matches, Match, i);
        if (!counts_within(&ITEM(query->terms, Term, match->term), match->start, match->end, fragment->start,
                           fragment->end))
            continue;
        Py_ssize_t start = match->start - fragment->start;
        Py_ssize_t end = smaller(match->end, fragment->end) - fragment->start;
        if (spans->count > fragment->first_span) {
            Span *before = &ITEM(*spans, Span, spans->count - 1);
            if (before->end >= start) {
                before->end = larger(before->end, end);
                continue;
            }
        }
        Span *span = array_add(spans, sizeof *span);
        if (span == NULL)
            return false;
        *span = (Span){start, end};
    }
    fragment->spans = spans->count - fragment->first_span;
    return true;
}

/* Highlights one text: the best fragment of `length` characters, or all of it where that is 0. False where memory
   is short. Needs no lock. */
static bool
highlight_text(const Query *query, Text text, Py_ssize_t length, Py_ssize_t most, Work *work, Fragment *fragment)
{
    bool complete;
    *fragment = (Fragment){0, text.length, 0, 0};
    if (!find_hits(query, text, &work->hits)
        || !find_matches(query, work, 0, text.length, length > 0 ? most : 0, &complete))
        return false;
    if (length > 0) {
        Span window = best_fragment(query, work, &text, length);
        fragment->start = window.start;
        fragment->end = window.end;
        if (!complete && !find_matches(query, work, window.start, window.end, 0, &complete))
            return false;
    }
    return add_spans(query, &work->matches, fragment, &work->spans);
}

/* The fragments as Python has them: (start, end, spans). */
static PyObject *
list_of(const Fragment *fragments, Py_ssize_t count, const Array *spans)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        const Fragment *fragment = &fragments[i];
        PyObject *tuple = PyTuple_New((Py_ssize_t)fragment->spans);
        for (size_t j = 0; tuple != NULL && j < fragment->spans; j++) {
            const Span *span = &ITEM(*spans, Span, fragment->first_span + j);
            PyObject *pair = Py_BuildValue("(nn)", span->start, span->end);
            if (pair == NULL)
                Py_CLEAR(tuple);
            else
                PyTuple_SET_ITEM(tuple, (Py_ssize_t)j, pair);
        }
        PyObject *item = tuple ? Py_BuildValue("(nnN)", fragment->start, fragment->end, tuple) : NULL;
        if (item == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, item);
    }
    return list;
}

/* Are they all `str`? Sets an exception where not; `length` becomes that of all together. */
static bool
are_texts(PyObject *texts, Py_ssize_t *length)
{
    *length = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(texts); i++) {
        PyObject *text = PyTuple_GET_ITEM(texts, i);
        if (!PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "a text must be str");
            return false;
        }
#if PY_VERSION_HEX < 0x030C0000
        if (PyUnicode_READY(text) < 0)
            return false;
#endif
        *length += PyUnicode_GET_LENGTH(text);
    }
    return true;
}

PyObject *
kernel_highlight(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *texts, *terms; /* tuples: the caller holds them, and they hold what is in them */
    PyObject *beginnings;
    Py_ssize_t length, most, characters;
    if (!PyArg_ParseTuple(args, "O!O!Unn:highlight", &PyTuple_Type, &texts, &PyTuple_Type, &terms, &beginnings,
                          &length, &most)
        || !are_texts(texts, &characters))
        return NULL;
    if (!characters_loaded()) {
        PyErr_SetString(PyExc_RuntimeError, "load was not called");
        return NULL;
    }
    if (length < 0)
        length = 0;
    if (length > LONGEST_FRAGMENT)
        length = LONGEST_FRAGMENT;
    Query query = {0};
    Work work = {0};
    Py_ssize_t count = PyTuple_GET_SIZE(texts);
    Fragment *fragments = calloc((size_t)count + 1, sizeof *fragments);
    PyObject *found = NULL;
    bool is_done = true;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(terms); i++)
        if (!query_add(&query, PyTuple_GET_ITEM(terms, i)))
            goto done;
    work.counts = calloc(query.terms.count + 1, sizeof *work.counts);
    work.seen = calloc(query.terms.count + 1, sizeof *work.seen);
    if (fragments == NULL || work.counts == NULL || work.seen == NULL || !query_finish(&query, beginnings)) {
        PyErr_NoMemory();
        goto done;
    }
    PyThreadState *state = characters > LONG_TEXTS ? PyEval_SaveThread() : NULL;
    for (Py_ssize_t i = 0; is_done && i < count; i++)
        is_done = highlight_text(&query, text_of(PyTuple_GET_ITEM(texts, i)), length, most, &work, &fragments[i]);
    if (state != NULL)
        PyEval_RestoreThread(state);
    if (is_done)
        found = list_of(fragments, count, &work.spans);
    else
        PyErr_NoMemory();
done:
    query_free(&query);
    free(work.hits.items);
    free(work.matches.items);
    free(work.spans.items);
    free(work.counts);
    free(work.seen);
    free(fragments);
    return found;
}
