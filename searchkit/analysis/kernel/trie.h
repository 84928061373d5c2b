/* A trie that grows: words of code points, each with a frequency. Edges stand in one hash table. */

#ifndef SEARCHKIT_TRIE_H
#define SEARCHKIT_TRIE_H

#include <stddef.h>
#include <stdint.h>

#define TRIE_ROOT 0u
#define TRIE_NONE UINT32_MAX

typedef struct {
    uint32_t parent; /* TRIE_NONE: the slot is free */
    uint32_t character;
    uint32_t child;
} TrieEdge;

typedef struct {
    uint64_t frequency;
    double log_frequency;
    int is_word; /* the word was added, perhaps with the frequency 0; else a word only goes through here */
} TrieNode;

typedef struct {
    TrieEdge *edges; /* `slots` of them, a power of two, at most half of them taken */
    size_t slots;
    TrieNode *nodes; /* node 0 is the root */
    uint32_t size;
    uint32_t capacity;
} Trie;

int trie_init(Trie *trie);
int trie_copy(Trie *copy, const Trie *trie);
void trie_free(Trie *trie);
uint32_t trie_step(const Trie *trie, uint32_t node, uint32_t character);
const TrieNode *trie_find(const Trie *trie, const uint32_t *word, size_t length);
double trie_log(uint64_t frequency);
int trie_add(Trie *trie, const uint32_t *word, size_t length, uint64_t frequency);

#endif
