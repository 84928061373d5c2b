/* The words of normalized text: Han by jieba, the rest by the rules of segmenter_rules.py, which defines them. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "words.h"

#include <stdlib.h>

#include "characters.h"

#define LONGEST 255u
#define PLACEHOLDER ((uint32_t)'w') /* in a block, for each word that jieba does not get */

enum { NO_CLASS, LETTER, DIGIT };

/* A block for jieba, and where its characters stand in the text. */
typedef struct {
    uint32_t *characters;
    Span *places;
    size_t size, capacity;
} Block;

static inline int is_latin_letter(uint32_t character)
{
    return (character >= 'a' && character <= 'z') ||
           (character >= 0xDF && character <= 0x24F && character != 0xF7);
}

static inline int is_latin(uint32_t character)
{
    return is_ascii_digit(character) || is_latin_letter(character);
}

/* Han that jieba knows no words of. */
static inline int is_rare_han(uint32_t character)
{
    return character >= 0x3400 &&
           (character <= 0x4DBF || (character >= 0x9FD6 && character <= 0x9FFF) ||
            (character >= 0xF900 && character <= 0xFAFF) || (character >= 0x20000 && character <= 0x2A6DF) ||
            (character >= 0x2A700 && character <= 0x2EBEF) || (character >= 0x2F800 && character <= 0x2FA1F));
}

/* A letter of another alphabet, whose words spaces part, of the 16-bit characters. The tables are loaded. */
static inline int is_other_letter(uint32_t character)
{
    return character > 0x24F && character <= 0xFFFF && entry_class(entry_of(character)) == CLASS_WORD;
}

/* Of a Latin word or a number, which a mixed word may not cut. */
static int same_class(uint32_t character)
{
    return is_ascii_digit(character) ? DIGIT : is_latin_letter(character) ? LETTER : NO_CLASS;
}

/* Room for the words; -1 where memory is short. */
int mixed_words_init(MixedWords *mixed, size_t capacity)
{
    memset(mixed, 0, sizeof *mixed);
    mixed->words = calloc(capacity + 1, sizeof *mixed->words);
    return mixed->words ? 0 : -1;
}

/* Adds a word of two characters at least, of no more than there is room for; -1 where memory is short. */
int mixed_words_add(MixedWords *mixed, const Text *word)
{
    MixedWord *added = &mixed->words[mixed->size];
    added->characters = malloc(word->length * sizeof *added->characters);
    if (!added->characters)
        return -1;
    added->length = word->length;
    added->rank = mixed->size;
    memcpy(added->characters, word->characters, word->length * sizeof *added->characters);
    uint32_t first = word->characters[0];
    added->before = same_class(added->characters[0]);
    added->behind = same_class(added->characters[word->length - 1]);
    mixed->firsts[first / 8 % sizeof mixed->firsts] |= (unsigned char)(1 << first % 8);
    mixed->size++;
    return 0;
}

/* Gives the memory back. */
void mixed_words_free(MixedWords *mixed)
{
    for (size_t i = 0; i < mixed->size; i++)
        free(mixed->words[i].characters);
    free(mixed->words);
    memset(mixed, 0, sizeof *mixed);
}

/* By first characters; the order of words with one does not change. */
static int compare_mixed_words(const void *left, const void *right)
{
    const MixedWord *a = left, *b = right;
    if (a->characters[0] != b->characters[0])
        return a->characters[0] < b->characters[0] ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* To be called when all words are added. */
void mixed_words_sort(MixedWords *mixed)
{
    qsort(mixed->words, mixed->size, sizeof *mixed->words, compare_mixed_words);
}

/* The number of the first word that begins with this character, or of the one it would stand before. */
static size_t mixed_words_of(const MixedWords *mixed, uint32_t first)
{
    size_t low = 0, high = mixed->size;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mixed->words[middle].characters[0] < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Does this word stand there, and cut no Latin word or number? */
static int stands_at(const MixedWord *word, const Text *text, size_t at)
{
    if (word->length > text->length - at)
        return 0;
    for (size_t i = 0; i < word->length; i++)
        if (text->characters[at + i] != word->characters[i])
            return 0;
    size_t end = at + word->length;
    if (word->before && at > 0 && same_class(text->characters[at - 1]) == word->before)
        return 0;
    return !(word->behind && end < text->length && same_class(text->characters[end]) == word->behind);
}

/* The end of the mixed word that begins at `at`; `at` where there is none. */
static inline size_t end_of_mixed_word(const MixedWords *mixed, const Text *text, size_t at)
{
    uint32_t first = text->characters[at];
    if (!(mixed->firsts[first / 8 % sizeof mixed->firsts] >> first % 8 & 1))
        return at;
    for (size_t i = mixed_words_of(mixed, first); i < mixed->size; i++) {
        const MixedWord *word = &mixed->words[i];
        if (word->characters[0] != first)
            break;
        if (stands_at(word, text, at))
            return at + word->length;
    }
    return at;
}

/* The end of symbols that begin at `at`; with `mixed` only up to a mixed word. */
static size_t skip_symbols(const Text *text, size_t at, const MixedWords *mixed)
{
    while (at < text->length && is_symbol(text->characters[at]) &&
           !(mixed && end_of_mixed_word(mixed, text, at) > at))
        at++;
    return at;
}

/* The end of a Latin word, of one in another alphabet, or of a run of rare Han, that begins at `start`: a mixed
 * word behind ends it. */
static size_t end_of_word(const Text *text, size_t start, const MixedWords *mixed)
{
    uint32_t first = text->characters[start];
    int (*belongs)(uint32_t) = is_latin(first) ? is_latin : is_rare_han(first) ? is_rare_han : is_other_letter;
    for (size_t at = start + 1;; at++) {
        while (at < text->length && belongs(text->characters[at]) && end_of_mixed_word(mixed, text, at) == at)
            at++;
        if (belongs != is_latin || at + 1 >= text->length || !is_latin(text->characters[at + 1]))
            return at;
        uint32_t joint = text->characters[at];
        int is_time = joint == ':' && is_ascii_digit(text->characters[at - 1]) && is_ascii_digit(text->characters[at + 1]);
        if ((joint != '.' && joint != '_' && joint != '-' && !is_time) || end_of_mixed_word(mixed, text, at) > at ||
            end_of_mixed_word(mixed, text, at + 1) > at + 1)
            return at;
    }
}

/* Adds a character to the block; -1 where memory is short. */
static int block_add(Block *block, uint32_t character, size_t start, size_t end)
{
    if (block->size == block->capacity) {
        size_t capacity = block->capacity ? 2 * block->capacity : 128;
        uint32_t *characters = realloc(block->characters, capacity * sizeof *characters);
        if (!characters)
            return -1;
        block->characters = characters;
        Span *places = realloc(block->places, capacity * sizeof *places);
        if (!places)
            return -1;
        block->places = places;
        block->capacity = capacity;
    }
    block->characters[block->size] = character;
    block->places[block->size++] = (Span){start, end};
    return 0;
}

/* Are all characters of this part of the block letters or digits? */
static int is_word(const Block *block, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (!is_jieba_han(block->characters[i]) && !Py_UNICODE_ISALNUM(block->characters[i]))
            return 0;
    return 1;
}

/* Adds a word, no longer than engines take; -1 where memory is short. */
static int add_word(Spans *words, size_t start, size_t end)
{
    return spans_add(words, start, end - start > LONGEST ? start + LONGEST : end);
}

/* Adds the words of the block, and empties it; -1 where memory is short. */
static int flush(Block *block, Cutter *cutter, Spans *pieces, Spans *words)
{
    if (!block->size)
        return 0;
    pieces->size = 0;
    if (cutter_cut(cutter, block->characters, block->size, 1, 0, pieces) < 0)
        return -1;
    for (size_t i = 0; i < pieces->size; i++) {
        Span piece = pieces->items[i];
        if (is_word(block, piece.start, piece.end) &&
            add_word(words, block->places[piece.start].start, block->places[piece.end - 1].end) < 0)
            return -1;
    }
    block->size = 0;
    return 0;
}

/* Adds the placeholder of a word. Placeholders side by side would be one word; -1 where memory is short. */
static int add_placeholder(Block *block, Span word, Cutter *cutter, Spans *pieces, Spans *words)
{
    if (block->size && block->characters[block->size - 1] == PLACEHOLDER &&
        flush(block, cutter, pieces, words) < 0)
        return -1;
    return block_add(block, PLACEHOLDER, word.start, word.end);
}

/* Adds the words of a text, those without letter or digit left out; -1 where memory is short. Needs no
 * interpreter lock: the tables behind Py_UNICODE_ISALNUM are constant. */
int find_words(const Text *text, const MixedWords *mixed, Cutter *cutter, Spans *words)
{
    Block block = {0};
    Spans pieces = {0};
    int failed = 0;
    for (size_t at = 0; at < text->length && failed == 0;) {
        uint32_t character = text->characters[at];
        size_t end = end_of_mixed_word(mixed, text, at);
        if (end > at) {
            failed = add_placeholder(&block, (Span){at, end}, cutter, &pieces, words);
            at = skip_symbols(text, end, NULL);
        } else if (is_latin(character) || is_rare_han(character) || is_other_letter(character)) {
            end = end_of_word(text, at, mixed);
            failed = add_placeholder(&block, (Span){at, end}, cutter, &pieces, words);
            at = skip_symbols(text, end, mixed);
        } else if (is_in_block(character)) {
            failed = block_add(&block, character, at, at + 1);
            at++;
        } else {
            failed = flush(&block, cutter, &pieces, words);
            if (failed == 0 && Py_UNICODE_ISALNUM(character))
                failed = spans_add(words, at, at + 1);
            at++;
        }
    }
    if (failed == 0)
        failed = flush(&block, cutter, &pieces, words);
    free(block.characters);
    free(block.places);
    free(pieces.items);
    return failed;
}

/* Adds all words of a text as jieba has them, and what stands between; -1 where memory is short. */
int cut_text(const Text *text, int hmm, Cutter *cutter, Spans *words)
{
    int failed = 0;
    for (size_t at = 0, end; at < text->length && failed == 0; at = end) {
        end = at;
        while (end < text->length && is_in_block(text->characters[end]))
            end++;
        if (end > at) {
            failed = cutter_cut(cutter, text->characters + at, end - at, hmm, at, words);
            continue;
        }
        end = at + 1;
        if (text->characters[at] == '\r' && end < text->length && text->characters[end] == '\n')
            end++;
        failed = spans_add(words, at, end);
    }
    return failed;
}
