/* Highlight: see highlight.h.

   A query is compiled to numbers: each different token of its terms has one, found by a hash. Of a text the lines
   are tokenized in which a term may begin, and the tokens that the query knows are kept ("hits"). Terms are matched
   against these. */

#include "highlight.h"

#include <stdlib.h>
#include <string.h>

#include "tokenizer.h"

/* So many characters in all take long enough to let other threads run. */
#define LONG_TEXTS 4000

/* How many matches are looked at from the first one of a fragment; and what counts for a fragment. */
#define MOST_IN_FRAGMENT 200
#define CLOSE 500
#define MATCH 20
#define MOST_COUNTED 10

/* No text is so long. Sums of two such lengths, and CLOSE of them as a long long, stay in range. */
#define LONGEST_FRAGMENT (PY_SSIZE_T_MAX / (sizeof(Py_ssize_t) > 4 ? 2 * CLOSE : 4))

/* Bits for the characters that terms may begin with; more of them share one. */
#define BEGINNINGS 0x10000u

/* An array that grows: items of one size. */
typedef struct {
    void *items;
    size_t count, room;
} Array;

/* Room for one more item of `size` bytes; NULL where memory is short, or a uint32_t could not number the items. The
   item is counted. */
static void *
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
    Py_ssize_t order;    /* among the tokens that are no symbols, and the ends of lines; -1 of a symbol */
} Hit;

typedef struct {
    Py_ssize_t start, end;
    uint32_t term;
} Match;

typedef struct {
    Py_ssize_t start, end;
} Span;

/* What is made of a text: its fragment, and its spans in `Work.spans`. */
typedef struct {
    Py_ssize_t start, end;
    size_t first_span, spans;
} Fragment;

/* What is used for one text after the other. */
typedef struct {
    Array hits, matches, spans;
    Py_ssize_t *counts; /* of each term: how many matches were found */
    size_t *seen;       /* of each term: in the fragment of which match it was seen last, and one */
} Work;

#define ITEM(array, type, number) (((type *)(array).items)[number])

static inline uint32_t
hash_of(const uint32_t *text, int length)
{
    uint32_t hash = 2166136261u;
    for (int i = 0; i < length; i++)
        hash = (hash ^ text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The number of a word; -1 where the query does not have it. The table is never full, so this ends. */
static inline long long
find_word(const Query *query, const uint32_t *text, int length)
{
    uint32_t hash = hash_of(text, length), number;
    for (uint32_t at = hash & query->mask; (number = query->table[at]) != 0; at = (at + 1) & query->mask) {
        const Word *word = &ITEM(query->words, Word, number - 1);
        if (word->hash == hash && word->length == length
            && memcmp(&ITEM(query->codes, uint32_t, word->text), text, (size_t)length * sizeof *text) == 0)
            return number - 1;
    }
    return -1;
}

/* Doubles the table, or makes the first; false where memory is short. */
static bool
grow_table(Query *query)
{
    size_t size = query->table ? 2 * ((size_t)query->mask + 1) : 64;
    if (size > UINT32_MAX / 2)
        return false;
    uint32_t *table = calloc(size, sizeof *table);
    if (table == NULL)
        return false;
    free(query->table);
    query->table = table;
    query->mask = (uint32_t)(size - 1);
    for (size_t number = 0; number < query->words.count; number++) {
        uint32_t at = ITEM(query->words, Word, number).hash & query->mask;
        while (table[at] != 0)
            at = (at + 1) & query->mask;
        table[at] = (uint32_t)number + 1;
    }
    return true;
}

/* The number of a word that is added where it is new; -1 where memory is short. `length` is 1 to LONGEST. */
static long long
add_word(Query *query, const uint32_t *text, int length)
{
    /* At most half full. */
    if ((query->table == NULL || 2 * query->words.count > query->mask) && !grow_table(query))
        return -1;
    long long known = find_word(query, text, length);
    if (known >= 0)
        return known;
    Word word = {query->codes.count, length, hash_of(text, length), 0, 0};
    for (int i = 0; i < length; i++) {
        uint32_t *code = array_add(&query->codes, sizeof *code);
        if (code == NULL)
            return -1;
        *code = text[i];
    }
    Word *added = array_add(&query->words, sizeof *added);
    if (added == NULL)
        return -1;
    *added = word;
    uint32_t at = word.hash & query->mask;
    while (query->table[at] != 0)
        at = (at + 1) & query->mask;
    query->table[at] = (uint32_t)query->words.count;
    return (long long)query->words.count - 1;
}

static int
compare_numbers(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

/* Adds the words that may stand at one place of a term, a tuple of `str`. False with an exception set. */
static bool
add_place(Query *query, PyObject *texts)
{
    if (!PyTuple_Check(texts)) {
        PyErr_SetString(PyExc_TypeError, "a place of a term must be a tuple");
        return false;
    }
    Place place = {(uint32_t)query->allowed.count, 0};
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(texts); i++) {
        PyObject *text = PyTuple_GET_ITEM(texts, i);
        if (!PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "a token must be str");
            return false;
        }
        Py_ssize_t length = PyUnicode_GET_LENGTH(text);
        if (length < 1 || length > LONGEST)
            continue; /* no text has such a token */
        uint32_t codes[LONGEST];
        for (Py_ssize_t at = 0; at < length; at++)
            codes[at] = PyUnicode_READ_CHAR(text, at);
        long long word = add_word(query, codes, (int)length);
        uint32_t *allowed = word >= 0 ? array_add(&query->allowed, sizeof *allowed) : NULL;
        if (allowed == NULL) {
            PyErr_NoMemory();
            return false;
        }
        *allowed = (uint32_t)word;
        place.count++;
    }
    if (place.count > 1)
        qsort(&ITEM(query->allowed, uint32_t, place.first), place.count, sizeof(uint32_t), compare_numbers);
    Place *added = array_add(&query->places, sizeof *added);
    if (added == NULL) {
        PyErr_NoMemory();
        return false;
    }
    *added = place;
    return true;
}

/* Adds a term: a tuple of its worth and its places. False with an exception set. */
static bool
add_term(Query *query, PyObject *pair)
{
    PyObject *places;
    Term term = {(uint32_t)query->places.count, 0, 0};
    if (!PyTuple_Check(pair)) {
        PyErr_SetString(PyExc_TypeError, "a term must be a tuple");
        return false;
    }
    if (!PyArg_ParseTuple(pair, "LO!:term", &term.worth, &PyTuple_Type, &places))
        return false;
    if (term.worth < 0 || term.worth > 1000000000) {
        PyErr_SetString(PyExc_ValueError, "the worth of a term must be 0 to 10**9");
        return false;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(places); i++)
        if (!add_place(query, PyTuple_GET_ITEM(places, i)))
            return false;
    term.count = (uint32_t)query->places.count - term.first;
    Term *added = array_add(&query->terms, sizeof *added);
    if (added == NULL) {
        PyErr_NoMemory();
        return false;
    }
    *added = term;
    return true;
}

/* Lists for each word the terms that may begin with it. False where memory is short. */
static bool
list_starters(Query *query)
{
    size_t all = 0;
    for (size_t i = 0; i < query->terms.count; i++) {
        const Term *term = &ITEM(query->terms, Term, i);
        if (term->count == 0)
            continue;
        const Place *place = &ITEM(query->places, Place, term->first);
        for (uint32_t j = 0; j < place->count; j++)
            ITEM(query->words, Word, ITEM(query->allowed, uint32_t, place->first + j)).starts++;
        all += place->count;
    }
    query->starters = malloc((all + 1) * sizeof *query->starters);
    if (query->starters == NULL)
        return false;
    uint32_t first = 0;
    for (size_t i = 0; i < query->words.count; i++) {
        Word *word = &ITEM(query->words, Word, i);
        word->first_start = first;
        first += word->starts;
        word->starts = 0;
    }
    for (size_t i = 0; i < query->terms.count; i++) {
        const Term *term = &ITEM(query->terms, Term, i);
        if (term->count == 0)
            continue;
        const Place *place = &ITEM(query->places, Place, term->first);
        for (uint32_t j = 0; j < place->count; j++) {
            Word *word = &ITEM(query->words, Word, ITEM(query->allowed, uint32_t, place->first + j));
            /* A word that stands twice in a place would list its term twice: not the second time. */
            if (word->starts == 0 || query->starters[word->first_start + word->starts - 1] != i)
                query->starters[word->first_start + word->starts++] = (uint32_t)i;
        }
    }
    return true;
}

/* May the word stand at the place? */
static inline bool
is_allowed(const Query *query, const Place *place, uint32_t word)
{
    if (place->count == 1)
        return ITEM(query->allowed, uint32_t, place->first) == word;
    return place->count != 0
        && bsearch(&word, &ITEM(query->allowed, uint32_t, place->first), place->count, sizeof word,
                   compare_numbers) != NULL;
}

/* Where the line ends that begins at a place, and whether a term may begin in it. */
static inline Py_ssize_t
scan_line(const Query *query, const Text *text, Py_ssize_t at, bool *may_begin)
{
    uint64_t found = 0;
    for (; at < text->length; at++) {
        uint32_t code = code_at(text, at);
        if (code == '\n')
            break;
        found |= query->beginnings[code % BEGINNINGS / 64] >> code % 64 & 1;
    }
    *may_begin = found != 0;
    return at;
}

/* The same, compiled for each width of a text. */
static Py_ssize_t
end_of_line(const Query *query, const Text *text, Py_ssize_t at, bool *may_begin)
{
    switch (text->width) {
    case 1:
        return scan_line(query, &(Text){text->units, 1, text->length}, at, may_begin);
    case 2:
        return scan_line(query, &(Text){text->units, 2, text->length}, at, may_begin);
    default:
        return scan_line(query, &(Text){text->units, 4, text->length}, at, may_begin);
    }
}

/* Finds the tokens of the text that the query knows, in the lines in which a term may begin. False where memory is
   short. */
static bool
find_hits(const Query *query, Text text, Array *hits)
{
    Cursor cursor;
    Token token;
    Py_ssize_t order = 0;
    hits->count = 0;
    if (query->words.count == 0)
        return true;
    for (Py_ssize_t start = 0; start < text.length;) {
        bool may_begin;
        Py_ssize_t end = end_of_line(query, &text, start, &may_begin);
        if (may_begin) {
            /* `start` is below the text's length, and `end` at most that. */
            const char *units = (const char *)text.units + start * text.width;
            cursor_begin(&cursor, (Text){units, text.width, end - start});
            while (next_token(&cursor, &token)) {
                bool is_symbol = token.kind == CLASS_SYMBOL;
                long long word = find_word(query, token.text, token.length);
                if (word >= 0) {
                    Hit *hit = array_add(hits, sizeof *hit);
                    if (hit == NULL)
                        return false;
                    *hit = (Hit){start + token.start, start + token.end, (uint32_t)word, token.line,
                                 is_symbol ? -1 : order};
                }
                order += !is_symbol;
            }
            order++; /* the last of a line and the first of the next are no neighbours */
        }
        start = end + 1;
    }
    return true;
}

/* Where a term ends whose first token is the hit with this number; -1 where it does not stand there. */
static Py_ssize_t
end_of_term(const Query *query, const Array *hits, size_t number, const Term *term)
{
    const Hit *hit = &ITEM(*hits, Hit, number), *last = hit;
    for (uint32_t i = 1; i < term->count; i++) {
        do
            number++;
        while (number < hits->count && ITEM(*hits, Hit, number).order < 0); /* a symbol is no neighbour */
        if (number == hits->count)
            return -1;
        const Hit *next = &ITEM(*hits, Hit, number);
        if (next->order != last->order + 1 || next->line != hit->line
            || !is_allowed(query, &ITEM(query->places, Place, term->first + i), next->word))
            return -1;
        last = next;
    }
    return last->end;
}

/* Finds the matches within a part of the text, in order of start, end and term; with `most` > 0 only the first so
   many of each term, and `complete` says whether these may be all. False where memory is short. */
static bool
find_matches(const Query *query, Work *work, Py_ssize_t start, Py_ssize_t end, Py_ssize_t most, bool *complete)
{
    Array *matches = &work->matches;
    matches->count = 0;
    *complete = true;
    memset(work->counts, 0, query->terms.count * sizeof *work->counts);
    for (size_t i = 0; i < work->hits.count; i++) {
        const Hit *hit = &ITEM(work->hits, Hit, i);
        if (hit->start < start)
            continue;
        if (hit->end > end)
            break; /* so are all that follow */
        const Word *word = &ITEM(query->words, Word, hit->word);
        size_t group = matches->count;
        for (uint32_t j = 0; j < word->starts; j++) {
            uint32_t number = query->starters[word->first_start + j];
            const Term *term = &ITEM(query->terms, Term, number);
            if (most > 0 && work->counts[number] >= most)
                continue;
            if (term->count > 1 && hit->order < 0)
                continue; /* a symbol begins no phrase */
            Py_ssize_t reached = end_of_term(query, &work->hits, i, term);
            if (reached < 0 || reached > end)
                continue;
            if (++work->counts[number] == most)
                *complete = false;
            if (array_add(matches, sizeof(Match)) == NULL)
                return false;
            /* The shorter first; terms come in their order. */
            size_t at = matches->count - 1;
            for (; at > group && ITEM(*matches, Match, at - 1).end > reached; at--)
                ITEM(*matches, Match, at) = ITEM(*matches, Match, at - 1);
            ITEM(*matches, Match, at) = (Match){hit->start, reached, number};
        }
    }
    return true;
}

/* How many of the matches start before a place. */
static size_t
matches_before(const Array *matches, Py_ssize_t place)
{
    size_t low = 0, high = matches->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ITEM(*matches, Match, middle).start < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* From the first to the last match of the best fragment. There is a match. */
static Span
best_window(const Query *query, Work *work, Py_ssize_t length)
{
    const Array *matches = &work->matches;
    size_t present = 0;
    for (size_t i = 0; i < query->terms.count; i++)
        present += work->counts[i] != 0;
    memset(work->seen, 0, query->terms.count * sizeof *work->seen);
    Span best = {0, 0};
    long long best_value = -1;
    for (size_t i = 0; i < matches->count; i++) {
        const Match *first = &ITEM(*matches, Match, i);
        /* `length` is LONGEST_FRAGMENT at most, and so is a place in a text. */
        long long count = (long long)(matches_before(matches, first->start + length) - i);
        Span window = {first->start, first->end};
        long long value = count;
        if (present > 1) {
            size_t found = 0;
            value = MATCH * (count < MOST_COUNTED ? count : MOST_COUNTED);
            window.end = first->start;
            for (size_t j = i; j < matches->count && j - i < MOST_IN_FRAGMENT; j++) {
                const Match *match = &ITEM(*matches, Match, j);
                if (match->start - first->start >= length)
                    break;
                if (work->seen[match->term] == i + 1
                    || (match->start != first->start && match->end - first->start > length))
                    continue;
                work->seen[match->term] = i + 1;
                value += ITEM(query->terms, Term, match->term).worth;
                if (match->end > window.end)
                    window.end = match->end;
                if (++found == present)
                    break;
            }
            long long apart = window.end - window.start, room = (long long)length + 1;
            if (apart < room)
                value += CLOSE * (room - apart) / room;
        }
        if (value > best_value) {
            best = window;
            best_value = value;
        }
    }
    return best;
}

static bool
ends_sentence(uint32_t code)
{
    switch (code) {
    case 0x3002: case 0xFF01: case 0xFF1F: case 0xFF1B: case '!': case '?': case ';': case '\n':
        return true;
    }
    return false;
}

static bool
closes_sentence(uint32_t code)
{
    switch (code) {
    case 0x300D: case 0x300F: case 0x201D: case 0x2019: case 0xFF09: case ')':
        return true;
    }
    return false;
}

static bool
ends_clause(uint32_t code)
{
    switch (code) {
    case 0xFF0C: case 0x3001: case 0xFF1A: case ',': case ':':
        return true;
    }
    return Py_UNICODE_ISSPACE(code);
}

/* Behind the last sentence that ends within the part of the text; -1 where none does. */
static Py_ssize_t
last_sentence_end(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    for (Py_ssize_t at = end; at > start; at--)
        if (ends_sentence(code_at(text, at - 1))) {
            while (at < end && closes_sentence(code_at(text, at)))
                at++;
            return at;
        }
    return -1;
}

/* Behind the first clause or word that ends within the part of the text; -1 where none does. */
static Py_ssize_t
first_clause_end(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    for (Py_ssize_t at = start; at < end; at++)
        if (ends_clause(code_at(text, at)))
            return at + 1;
    return -1;
}

/* Do the characters before and behind this place belong together? */
static bool
is_inside(const Text *text, Py_ssize_t at)
{
    unsigned char behind = entry_class(entry_of(code_at(text, at)));
    unsigned char before = entry_class(entry_of(code_at(text, at - 1)));
    return behind == CLASS_INVISIBLE
        || ((before == CLASS_INVISIBLE || is_run_class(before)) && is_run_class(behind));
}

/* The place, moved towards another until it cuts no word in two. */
static Py_ssize_t
off_token(const Text *text, Py_ssize_t at, Py_ssize_t towards)
{
    while (at != towards && 0 < at && at < text->length && is_inside(text, at))
        at += towards > at ? 1 : -1;
    return at;
}

static Py_ssize_t
larger(Py_ssize_t one, Py_ssize_t other)
{
    return one > other ? one : other;
}

static Py_ssize_t
smaller(Py_ssize_t one, Py_ssize_t other)
{
    return one < other ? one : other;
}

/* The fragment of at most `length` characters that holds the window. All places are within the text: the window
   is, `earliest` is at least 0, and `end` at most the text's length. */
static Span
cut(const Text *text, Span window, Py_ssize_t length)
{
    Py_ssize_t first = window.start, last = smaller(window.end, first + length);
    Py_ssize_t earliest = larger(0, first - (length - (last - first)) * 2 / 3);
    Py_ssize_t start = last_sentence_end(text, earliest, first);
    if (start < 0 && earliest > 0) {
        start = first_clause_end(text, earliest, first);
        if (start < 0)
            start = off_token(text, earliest, first);
    }
    start = larger(start, 0);
    Py_ssize_t end = smaller(text->length, start + length);
    if (end < text->length) {
        Py_ssize_t latest = end;
        last = larger(last, start);
        end = last_sentence_end(text, larger(last, start + 1), latest);
        if (end < 0) {
            end = off_token(text, latest, last);
            if (end <= start)
                end = latest;
        }
    }
    while (start < first && Py_UNICODE_ISSPACE(code_at(text, start)))
        start++;
    while (end > larger(last, start) && Py_UNICODE_ISSPACE(code_at(text, end - 1)))
        end--;
    return (Span){start, end};
}

/* Adds what the matches within the fragment cover. False where memory is short. */
static bool
add_spans(const Array *matches, Fragment *fragment, Array *spans)
{
    fragment->first_span = spans->count;
    for (size_t i = 0; i < matches->count; i++) {
        const Match *match = &ITEM(*matches, Match, i);
        if (match->start < fragment->start || match->end > fragment->end)
            continue;
        Py_ssize_t start = match->start - fragment->start, end = match->end - fragment->start;
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
        Span window = {0, 0};
        if (work->matches.count != 0)
            window = best_window(query, work, length);
        window = cut(&text, window, length);
        fragment->start = window.start;
        fragment->end = window.end;
        if (!complete && !find_matches(query, work, window.start, window.end, 0, &complete))
            return false;
    }
    return add_spans(&work->matches, fragment, &work->spans);
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
        if (!add_term(&query, PyTuple_GET_ITEM(terms, i)))
            goto done;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(beginnings); i++) {
        Py_UCS4 code = PyUnicode_READ_CHAR(beginnings, i);
        query.beginnings[code % BEGINNINGS / 64] |= (uint64_t)1 << code % 64;
    }
    work.counts = calloc(query.terms.count + 1, sizeof *work.counts);
    work.seen = calloc(query.terms.count + 1, sizeof *work.seen);
    if (fragments == NULL || work.counts == NULL || work.seen == NULL || !list_starters(&query)) {
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
    free(query.codes.items);
    free(query.words.items);
    free(query.terms.items);
    free(query.places.items);
    free(query.allowed.items);
    free(query.table);
    free(query.starters);
    free(work.hits.items);
    free(work.matches.items);
    free(work.spans.items);
    free(work.counts);
    free(work.seen);
    free(fragments);
    return found;
}
