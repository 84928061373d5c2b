/* Matcher: see matcher.h. */

#include "matcher.h"

#include <string.h>

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
    Place place = {(uint32_t)query->allowed.count, 0, 0};
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(texts); i++) {
        PyObject *text = PyTuple_GET_ITEM(texts, i);
        if (!PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "a token must be str");
            return false;
        }
        Py_ssize_t length = PyUnicode_GET_LENGTH(text);
        Py_UCS4 last = length > 1 ? PyUnicode_READ_CHAR(text, length - 1) : 0;
        if (last == '.' || last == ':') { /* no other token ends so */
            place.joint = (unsigned char)last;
            length--;
        }
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

bool
query_add(Query *query, PyObject *pair)
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

bool
query_finish(Query *query, PyObject *beginnings)
{
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(beginnings); i++) {
        Py_UCS4 code = PyUnicode_READ_CHAR(beginnings, i);
        query->beginnings[code % BEGINNINGS / 64] |= (uint64_t)1 << code % 64;
    }
    return list_starters(query);
}

void
query_free(Query *query)
{
    free(query->codes.items);
    free(query->words.items);
    free(query->terms.items);
    free(query->places.items);
    free(query->allowed.items);
    free(query->table);
    free(query->starters);
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
        if (code == '\n' && !joins_lines(text, at))
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

/* Adds the token as a hit, if the query knows it. False where memory is short. */
static bool
add_hit(const Query *query, Array *hits, Hit hit, const uint32_t *text, int length)
{
    long long word = find_word(query, text, length);
    if (word < 0)
        return true;
    Hit *added = array_add(hits, sizeof hit);
    if (added == NULL)
        return false;
    hit.word = (uint32_t)word;
    *added = hit;
    return true;
}

/* Adds a word and its parts that the query knows, in order. False where memory is short. */
static bool
add_parts(const Query *query, Array *hits, Hit hit, const Token *token, const int *borders, int count)
{
    Hit part = hit;
    part.order = -1;
    for (int first = 0; first < count; first++) {
        for (int last = first + 1; last <= count; last++) {
            part.start = hit.start + borders[first];
            part.end = hit.start + borders[last];
            if (is_part(borders, count, first, last)
                && !add_hit(query, hits, part, token->text + borders[first], borders[last] - borders[first]))
                return false;
        }
        if (first == 0 && !add_hit(query, hits, hit, token->text, token->length))
            return false;
    }
    return true;
}

bool
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
                Hit hit = {start + token.start, start + token.end, 0, token.line, is_symbol ? -1 : order,
                           token.joint};
                int borders[MOST_PARTS + 1];
                int parts = token.kind == CLASS_LATIN ? word_parts(&cursor.text, &token, borders) : 0;
                if (parts != 0 ? !add_parts(query, hits, hit, &token, borders, parts)
                               : !add_hit(query, hits, hit, token.text, token.length))
                    return false;
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
            || last->joint != ITEM(query->places, Place, term->first + i - 1).joint
            || !is_allowed(query, &ITEM(query->places, Place, term->first + i), next->word))
            return -1;
        last = next;
    }
    return last->end;
}

bool
find_matches(const Query *query, Work *work, Py_ssize_t start, Py_ssize_t end, Py_ssize_t most,
             bool *complete)
{
    Array *matches = &work->matches;
    matches->count = 0;
    *complete = true;
    memset(work->counts, 0, query->terms.count * sizeof *work->counts);
    for (size_t i = 0; i < work->hits.count; i++) {
        const Hit *hit = &ITEM(work->hits, Hit, i);
        if (hit->start < start)
            continue;
        if (hit->start >= end)
            break; /* so are all that follow */
        const Word *word = &ITEM(query->words, Word, hit->word);
        for (uint32_t j = 0; j < word->starts; j++) {
            uint32_t number = query->starters[word->first_start + j];
            const Term *term = &ITEM(query->terms, Term, number);
            if (most > 0 && work->counts[number] >= most)
                continue;
            if (term->count > 1 && hit->order < 0)
                continue; /* a symbol begins no phrase */
            Py_ssize_t reached = end_of_term(query, &work->hits, i, term);
            if (reached < 0 || !counts_within(term, hit->start, reached, start, end))
                continue;
            if (++work->counts[number] == most)
                *complete = false;
            if (array_add(matches, sizeof(Match)) == NULL)
                return false;
            /* Of those that begin here the shorter first, and then by the numbers of their terms. */
            size_t at = matches->count - 1;
            for (; at > 0; at--) {
                const Match *before = &ITEM(*matches, Match, at - 1);
                if (before->start != hit->start || before->end < reached
                    || (before->end == reached && before->term <= number))
                    break;
                ITEM(*matches, Match, at) = *before;
            }
            ITEM(*matches, Match, at) = (Match){hit->start, reached, number};
        }
    }
    return true;
}
