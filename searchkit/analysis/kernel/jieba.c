/* jieba's way to words (https://github.com/fxsjy/jieba, MIT), for one block of Han, ASCII letters and symbols.
 *
 * The most probable path through the words of the dictionary; runs of single characters on it, which are no
 * word, by a hidden Markov model. All sums are in the order of jieba's, so that equal paths are equal here. */

#include "jieba.h"

#include <math.h>
#include <stdlib.h>

/* Adds a word; -1 where memory is short. */
int spans_add(Spans *spans, size_t start, size_t end)
{
    if (spans->size == spans->capacity) {
        size_t capacity = spans->capacity ? 2 * spans->capacity : 64;
        Span *items = realloc(spans->items, capacity * sizeof *items);
        if (!items)
            return -1;
        spans->items = items;
        spans->capacity = capacity;
    }
    spans->items[spans->size++] = (Span){start, end};
    return 0;
}

/* To cut with the words of both, which must outlive it. */
void cutter_init(Cutter *cutter, const Dictionary *dictionary, const Added *added)
{
    memset(cutter, 0, sizeof *cutter);
    cutter->dictionary = dictionary;
    cutter->added = added;
    cutter->log_total = trie_log(added->total);
}

/* Gives the memory back. */
void cutter_free(Cutter *cutter)
{
    free(cutter->codes);
    free(cutter->ends);
    free(cutter->scores);
    free(cutter->before);
}

/* Room for a block of this length; -1 where memory is short. */
static int reserve(Cutter *cutter, size_t length)
{
    if (length <= cutter->capacity)
        return 0;
    if (length >= UINT32_MAX / 2)
        return -1;
    size_t capacity = length < 64 ? 64 : 2 * length;
    const Dictionary *dictionary = cutter->dictionary;
    const Added *added = cutter->added;
    cutter_free(cutter); /* nothing in there is needed any more */
    cutter_init(cutter, dictionary, added);
    cutter->codes = malloc(capacity * sizeof *cutter->codes);
    cutter->ends = malloc(capacity * sizeof *cutter->ends);
    cutter->scores = malloc((capacity + 1) * sizeof *cutter->scores);
    cutter->before = malloc(capacity);
    if (!cutter->codes || !cutter->ends || !cutter->scores || !cutter->before)
        return -1;
    cutter->capacity = capacity;
    return 0;
}

/* The frequency of a word, 0 where it is none. */
uint64_t cutter_frequency(const Cutter *cutter, const uint32_t *word, size_t length)
{
    const TrieNode *node = trie_find(&cutter->added->trie, word, length);
    if (node)
        return node->frequency;
    Unit unit = {dictionary_root(cutter->dictionary), 0, 0};
    for (size_t i = 0; i < length; i++) {
        unit = dictionary_step(cutter->dictionary, unit.children, dictionary_code(cutter->dictionary, word[i]));
        if (!unit.label)
            return 0;
    }
    return dictionary_frequency(cutter->dictionary, unit.value);
}

/* Is it better, or equal and longer? The first one always is: `*end` is 0. */
static inline void take_better(double score, size_t candidate, double *best, size_t *end)
{
    if (!*end || score >= *best) {
        *best = score;
        *end = candidate;
    }
}

/* For each place the end of the word there, on the best path from it to the end of the block. */
static void find_path(Cutter *cutter, size_t length)
{
    const Dictionary *dictionary = cutter->dictionary;
    uint32_t root = dictionary_root(dictionary);
    cutter->scores[length] = 0.0;
    for (size_t at = length; at-- > 0;) {
        double best = 0.0;
        size_t end = 0;
        uint32_t children = root;
        for (size_t i = at; i < length; i++) {
            Unit unit = dictionary_step(dictionary, children, cutter->codes[i]);
            if (!unit.label)
                break;
            if (unit.value)
                take_better(dictionary_log(dictionary, unit.value) - cutter->log_total + cutter->scores[i + 1],
                            i + 1, &best, &end);
            children = unit.children;
        }
        if (!end) /* as if its frequency were 1 */
            take_better(0.0 - cutter->log_total + cutter->scores[at + 1], at + 1, &best, &end);
        cutter->scores[at] = best;
        cutter->ends[at] = (uint32_t)end;
    }
}

/* The same where words were added: of a word in both, the frequency it was added with counts. */
static void find_path_with_added(Cutter *cutter, const uint32_t *text, size_t length)
{
    const Dictionary *dictionary = cutter->dictionary;
    const Trie *trie = &cutter->added->trie;
    cutter->scores[length] = 0.0;
    for (size_t at = length; at-- > 0;) {
        double best = 0.0;
        size_t end = 0;
        Unit unit = {dictionary_root(dictionary), 1, 0};
        uint32_t node = TRIE_ROOT;
        for (size_t i = at; i < length && (unit.label || node != TRIE_NONE); i++) {
            double log_frequency = 0.0;
            int is_word = 0;
            if (unit.label) {
                unit = dictionary_step(dictionary, unit.children, cutter->codes[i]);
                is_word = unit.label && unit.value;
                log_frequency = is_word ? dictionary_log(dictionary, unit.value) : 0.0;
            }
            if (node != TRIE_NONE && (node = trie_step(trie, node, text[i])) != TRIE_NONE &&
                trie->nodes[node].is_word) {
                is_word = trie->nodes[node].frequency != 0;
                log_frequency = trie->nodes[node].log_frequency;
            }
            if (is_word)
                take_better(log_frequency - cutter->log_total + cutter->scores[i + 1], i + 1, &best, &end);
        }
        if (!end)
            take_better(0.0 - cutter->log_total + cutter->scores[at + 1], at + 1, &best, &end);
        cutter->scores[at] = best;
        cutter->ends[at] = (uint32_t)end;
    }
}

/* One step of the Viterbi algorithm: the better of two states before, of equal ones the second. */
static inline double step(const double scores[STATES], const double transitions[STATES][STATES], int first,
                          int second, int to, double emission, int *from)
{
    double one = scores[first] + transitions[first][to] + emission;
    double other = scores[second] + transitions[second][to] + emission;
    *from = other >= one ? second : first;
    return other >= one ? other : one;
}

/* Cuts a run of Han by the model. Its codes stand from `first` on; -1 where memory is short. */
static int cut_by_model(Cutter *cutter, size_t first, size_t last, size_t offset, Spans *words)
{
    const Dictionary *dictionary = cutter->dictionary;
    const Header *header = &dictionary->header;
    double scores[STATES], emissions[STATES];
    unsigned char *before = cutter->before; /* two bits for each state */
    dictionary_emissions(dictionary, cutter->codes[first], emissions);
    for (int state = 0; state < STATES; state++)
        scores[state] = header->start[state] + emissions[state];
    for (size_t i = first + 1; i < last; i++) {
        double next[STATES];
        int begin, end, middle, single;
        dictionary_emissions(dictionary, cutter->codes[i], emissions);
        next[BEGIN] = step(scores, header->transitions, END, SINGLE, BEGIN, emissions[BEGIN], &begin);
        next[END] = step(scores, header->transitions, BEGIN, MIDDLE, END, emissions[END], &end);
        next[MIDDLE] = step(scores, header->transitions, BEGIN, MIDDLE, MIDDLE, emissions[MIDDLE], &middle);
        next[SINGLE] = step(scores, header->transitions, END, SINGLE, SINGLE, emissions[SINGLE], &single);
        before[i] = (unsigned char)(begin << 2 * BEGIN | end << 2 * END | middle << 2 * MIDDLE |
                                    single << 2 * SINGLE);
        memcpy(scores, next, sizeof scores);
    }
    int state = scores[SINGLE] >= scores[END] ? SINGLE : END;
    for (size_t i = last; i-- > first;) { /* from the states before to those of the best path */
        int earlier = i > first ? before[i] >> 2 * state & 3 : BEGIN;
        before[i] = (unsigned char)state;
        state = earlier;
    }
    size_t begin = first, next = first;
    for (size_t i = first; i < last; i++) {
        if (before[i] == BEGIN)
            begin = i;
        if (before[i] != END && before[i] != SINGLE)
            continue;
        next = i + 1;
        if (spans_add(words, offset + (before[i] == END ? begin : i), offset + next) < 0)
            return -1;
    }
    return next < last ? spans_add(words, offset + next, offset + last) : 0;
}

/* The end of letters and digits, a decimal and a percent sign that begin here; `at` where none do. */
static size_t end_of_number(const uint32_t *text, size_t at, size_t last)
{
    size_t end = at;
    while (end < last && is_ascii_letter_or_digit(text[end]))
        end++;
    if (end == at)
        return at;
    if (end + 1 < last && text[end] == '.' && is_ascii_digit(text[end + 1]))
        for (end += 2; end < last && is_ascii_digit(text[end]); end++)
            ;
    return end < last && text[end] == '%' ? end + 1 : end;
}

/* Cuts a run of single characters, which is no word: `finalseg` of jieba. -1 where memory is short. */
static int cut_singles(Cutter *cutter, const uint32_t *text, size_t first, size_t last, size_t offset,
                       Spans *words)
{
    for (size_t at = first, end; at < last; at = end) {
        int failed;
        end = at;
        if (is_jieba_han(text[at])) {
            while (end < last && is_jieba_han(text[end]))
                end++;
            failed = cut_by_model(cutter, at, end, offset, words);
        } else if ((end = end_of_number(text, at, last)) > at) {
            failed = spans_add(words, offset + at, offset + end);
        } else {
            while (end < last && !is_jieba_han(text[end]) && !is_ascii_letter_or_digit(text[end]))
                end++;
            failed = spans_add(words, offset + at, offset + end);
        }
        if (failed < 0)
            return -1;
    }
    return 0;
}

/* Adds the words of a block, moved by `offset`. Without `hmm` single Han characters stay so. -1 where memory
 * is short. */
int cutter_cut(Cutter *cutter, const uint32_t *text, size_t length, int hmm, size_t offset, Spans *words)
{
    if (reserve(cutter, length) < 0)
        return -1;
    for (size_t i = 0; i < length; i++)
        cutter->codes[i] = dictionary_code(cutter->dictionary, text[i]);
    if (cutter->added->trie.size > 1)
        find_path_with_added(cutter, text, length);
    else
        find_path(cutter, length);
    for (size_t at = 0; at < length;) {
        size_t end = at;
        if (!hmm) { /* letters and digits that are no words are one */
            while (end < length && cutter->ends[end] == end + 1 && is_ascii_letter_or_digit(text[end]))
                end++;
        } else {
            while (end < length && cutter->ends[end] == end + 1)
                end++;
        }
        int failed = 0;
        if (end == at) {
            end = cutter->ends[at];
            failed = spans_add(words, offset + at, offset + end);
        } else if (!hmm || end == at + 1) {
            failed = spans_add(words, offset + at, offset + end);
        } else if (!cutter_frequency(cutter, text + at, end - at)) {
            failed = cut_singles(cutter, text, at, end, offset, words);
        } else {
            for (size_t i = at; i < end && failed == 0; i++)
                failed = spans_add(words, offset + i, offset + i + 1);
        }
        if (failed < 0)
            return -1;
        at = end;
    }
    return 0;
}
