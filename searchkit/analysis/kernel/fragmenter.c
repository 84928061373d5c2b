/* Fragmenter: see fragmenter.h. */

#include "fragmenter.h"

#include <string.h>

/* How many matches are looked at from the first one of a fragment; and what counts for a fragment. */
#define MOST_IN_FRAGMENT 200
#define MATCH 20
#define MOST_COUNTED 10

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

#define JOINER 0x200Du /* makes one emoji of the two around it */

/* A regional indicator, two of which are a flag. */
static bool
is_flag_letter(uint32_t code)
{
    return code >= 0x1F1E6 && code <= 0x1F1FF;
}

static bool
is_in_words(unsigned char name)
{
    return is_run_class(name) || name == CLASS_EXPANDS || name == CLASS_INVISIBLE;
}

/* Do the characters before and behind this place belong together? */
static bool
is_inside(const Text *text, Py_ssize_t at)
{
    uint32_t first = code_at(text, at - 1), second = code_at(text, at);
    if (first == JOINER || (is_flag_letter(first) && is_flag_letter(second)))
        return true;
    unsigned char behind = entry_class(entry_of(second));
    return behind == CLASS_INVISIBLE || (is_in_words(behind) && is_in_words(entry_class(entry_of(first))));
}

/* The place, moved towards another until it cuts no word in two. */
static Py_ssize_t
off_token(const Text *text, Py_ssize_t at, Py_ssize_t towards)
{
    while (at != towards && 0 < at && at < text->length && is_inside(text, at))
        at += towards > at ? 1 : -1;
    return at;
}

/* The fragment of at most `length` characters that holds the window. All places are within the text: the window
   is, `earliest` is at least 0, and `end` at most the text's length. */
static Span
cut(const Text *text, Span window, Py_ssize_t length)
{
    Py_ssize_t first = window.start, last = smaller(window.end, first + length);
    bool is_whole = window.end <= first + length; /* or a passage that is longer */
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
            end = off_token(text, latest, is_whole ? last : start);
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

Span
best_fragment(const Query *query, Work *work, const Text *text, Py_ssize_t length)
{
    Span window = {0, 0}; /* without a match, the beginning of the text */
    if (work->matches.count != 0)
        window = best_window(query, work, length);
    return cut(text, window, length);
}
