/* A trie that grows: see trie.h. */

#include "trie.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64
#define FIRST_NODES 32
#define MOST_NODES 0x40000000u /* so that no size below overflows */

/* The slot where an edge is or would be. There always is a free one, which ends the search. */
static size_t slot_of(const Trie *trie, uint32_t node, uint32_t character)
{
    uint64_t hash = (((uint64_t)node << 32) | character) * UINT64_C(0x9E3779B97F4A7C15);
    size_t slot = (size_t)(hash >> 32) & (trie->slots - 1);
    while (trie->edges[slot].parent != TRIE_NONE &&
           (trie->edges[slot].parent != node || trie->edges[slot].character != character))
        slot = (slot + 1) & (trie->slots - 1);
    return slot;
}

/* Free slots, or NULL. */
static TrieEdge *new_edges(size_t slots)
{
    TrieEdge *edges = malloc(slots * sizeof *edges);
    if (edges)
        memset(edges, 0xFF, slots * sizeof *edges); /* every parent is TRIE_NONE */
    return edges;
}

/* An empty trie; -1 where memory is short. */
int trie_init(Trie *trie)
{
    trie->slots = FIRST_SLOTS;
    trie->capacity = FIRST_NODES;
    trie->size = 1;
    trie->edges = new_edges(FIRST_SLOTS);
    trie->nodes = calloc(FIRST_NODES, sizeof *trie->nodes);
    if (trie->edges && trie->nodes)
        return 0;
    trie_free(trie);
    return -1;
}

/* The same words in memory of their own; -1 where it is short. */
int trie_copy(Trie *copy, const Trie *trie)
{
    *copy = *trie;
    copy->edges = malloc(trie->slots * sizeof *copy->edges);
    copy->nodes = malloc(trie->capacity * sizeof *copy->nodes);
    if (!copy->edges || !copy->nodes) {
        trie_free(copy);
        return -1;
    }
    memcpy(copy->edges, trie->edges, trie->slots * sizeof *copy->edges);
    memcpy(copy->nodes, trie->nodes, trie->size * sizeof *copy->nodes);
    return 0;
}

/* Gives the memory back. */
void trie_free(Trie *trie)
{
    free(trie->edges);
    free(trie->nodes);
    trie->edges = NULL;
    trie->nodes = NULL;
}

/* The node behind this character, or TRIE_NONE. */
uint32_t trie_step(const Trie *trie, uint32_t node, uint32_t character)
{
    const TrieEdge *edge = &trie->edges[slot_of(trie, node, character)];
    return edge->parent == TRIE_NONE ? TRIE_NONE : edge->child;
}

/* The node of a word that was added, or NULL. */
const TrieNode *trie_find(const Trie *trie, const uint32_t *word, size_t length)
{
    uint32_t node = TRIE_ROOT;
    for (size_t i = 0; i < length && node != TRIE_NONE; i++)
        node = trie_step(trie, node, word[i]);
    return node != TRIE_NONE && trie->nodes[node].is_word ? &trie->nodes[node] : NULL;
}

/* Room for one more node and edge; -1 where memory is short. */
static int grow(Trie *trie)
{
    if (trie->size >= MOST_NODES)
        return -1;
    if (trie->size == trie->capacity) {
        uint32_t capacity = 2 * trie->capacity;
        TrieNode *nodes = realloc(trie->nodes, capacity * sizeof *nodes);
        if (!nodes)
            return -1;
        trie->nodes = nodes;
        trie->capacity = capacity;
    }
    if (2 * (size_t)trie->size >= trie->slots) { /* a tree has one edge fewer than nodes */
        Trie larger = *trie;
        larger.slots = 2 * trie->slots;
        larger.edges = new_edges(larger.slots);
        if (!larger.edges)
            return -1;
        for (size_t i = 0; i < trie->slots; i++) {
            const TrieEdge *edge = &trie->edges[i];
            if (edge->parent != TRIE_NONE)
                larger.edges[slot_of(&larger, edge->parent, edge->character)] = *edge;
        }
        free(trie->edges);
        *trie = larger;
    }
    return 0;
}

/* The logarithm of a frequency as Python's math.log has it. */
double trie_log(uint64_t frequency)
{
    return log((double)frequency);
}

/* Adds a word, or gives the one that is there another frequency; -1 where memory is short. */
int trie_add(Trie *trie, const uint32_t *word, size_t length, uint64_t frequency)
{
    uint32_t node = TRIE_ROOT;
    for (size_t i = 0; i < length; i++) {
        uint32_t next = trie_step(trie, node, word[i]);
        if (next == TRIE_NONE) {
            if (grow(trie) < 0)
                return -1;
            next = trie->size++;
            memset(&trie->nodes[next], 0, sizeof trie->nodes[next]);
            trie->edges[slot_of(trie, node, word[i])] = (TrieEdge){node, word[i], next};
        }
        node = next;
    }
    trie->nodes[node] = (TrieNode){frequency, frequency ? trie_log(frequency) : 0.0, 1};
    return 0;
}
