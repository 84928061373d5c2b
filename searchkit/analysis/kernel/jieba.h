/* jieba's way to words: see jieba.c. */

#ifndef SEARCHKIT_JIEBA_H
#define SEARCHKIT_JIEBA_H

#include "dictionary.h"

/* Words that were added to a dictionary. Once shared it does not change, see segmenter.c. */
typedef struct {
    size_t references;
    uint64_t total; /* of the frequencies, those of the dictionary among them */
    Trie trie;
} Added;

/* Words in order, from `start` to before `end`. */
typedef struct {
    size_t start, end;
} Span;

typedef struct {
    Span *items;
    size_t size, capacity;
} Spans;

/* What a cut works with: kept between the blocks of a text. */
typedef struct {
    const Dictionary *dictionary;
    const Added *added;
    double log_total;
    uint32_t *codes; /* of these, `capacity` */
    uint32_t *ends;
    double *scores; /* one more */
    unsigned char *before;
    size_t capacity;
} Cutter;

static inline int is_jieba_han(uint32_t character)
{
    return character >= 0x4E00 && character <= 0x9FD5;
}

static inline int is_symbol(uint32_t character)
{
    return character == '+' || character == '#' || character == '&' || character == '.' || character == '_' ||
           character == '%' || character == '-';
}

static inline int is_ascii_digit(uint32_t character)
{
    return character >= '0' && character <= '9';
}

static inline int is_ascii_letter_or_digit(uint32_t character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           is_ascii_digit(character);
}

/* Of what jieba cuts as one block; all else is a word by itself. */
static inline int is_in_block(uint32_t character)
{
    return is_jieba_han(character) || is_ascii_letter_or_digit(character) || is_symbol(character);
}

int spans_add(Spans *spans, size_t start, size_t end);
void cutter_init(Cutter *cutter, const Dictionary *dictionary, const Added *added);
void cutter_free(Cutter *cutter);
uint64_t cutter_frequency(const Cutter *cutter, const uint32_t *word, size_t length);
int cutter_cut(Cutter *cutter, const uint32_t *text, size_t length, int hmm, size_t offset, Spans *words);

#endif
