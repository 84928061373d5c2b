/* The words of normalized text: see words.c. */

#ifndef SEARCHKIT_WORDS_H
#define SEARCHKIT_WORDS_H

#include "jieba.h"

/* The characters of a text. */
typedef struct {
    const uint32_t *characters;
    size_t length;
} Text;

/* A word that mixes Han, Latin and symbols. */
typedef struct {
    uint32_t *characters; /* two at least */
    size_t length;
    size_t rank; /* of two at one place, the lower counts */
    int before, behind; /* what may not stand there, see same_class */
} MixedWord;

/* Mixed words by their first characters; of those with one, the first that fits counts. */
typedef struct {
    MixedWord *words;
    size_t size;
    unsigned char firsts[CHARACTERS / 8]; /* a bit for each character, by its last 16 bits: may a word begin so? */
} MixedWords;

int mixed_words_init(MixedWords *mixed, size_t capacity);
int mixed_words_add(MixedWords *mixed, const Text *word);
void mixed_words_sort(MixedWords *mixed);
void mixed_words_free(MixedWords *mixed);
int find_words(const Text *text, const MixedWords *mixed, Cutter *cutter, Spans *words);
int cut_text(const Text *text, int hmm, Cutter *cutter, Spans *words);

#endif
