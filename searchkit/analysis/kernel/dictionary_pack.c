/* Making a dictionary: from a trie in memory to the block of bytes of dictionary.h. */

#include <stdlib.h>

#include "dictionary.h"

#define SMALL 64u   /* numbers of children below are placed by number */
#define BACK 32768u /* how far the search for the others goes back: further takes long and saves little */

typedef struct {
    const Trie *trie;
    uint32_t *first;          /* by node: where its children begin in `children`; one more than nodes */
    uint32_t *children;       /* nodes, by their parents */
    uint32_t *base;           /* by node: its `children` in the array */
    uint32_t *unit;           /* by node: its place in the array */
    uint16_t *label;          /* by node: the code of its character */
    uint16_t *value;          /* by node: the number of its frequency */
    uint16_t codes[CHARACTERS];
    uint64_t *frequencies;    /* by value; room for CHARACTERS */
    uint32_t n_codes, n_values;
    uint64_t *taken;          /* a bit for each unit; `capacity` of them */
    uint64_t *bases;          /* a bit for each: it is some node's `children` */
    uint32_t n_units, capacity;
} Packer;

typedef struct {
    uint32_t count, character;
} Counted;

/* The most frequent first, of equal ones the lower. */
static int compare_counted(const void *left, const void *right)
{
    const Counted *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return (a->character > b->character) - (a->character < b->character);
}

/* Codes from 1 by how many nodes a character leads to, so that the array gets dense. */
static const char *give_codes(Packer *packer, const uint32_t *characters, size_t count)
{
    Counted *counted = calloc(CHARACTERS, sizeof *counted);
    const char *error = counted ? NULL : "memory";
    for (uint32_t i = 0; counted && i < CHARACTERS; i++)
        counted[i].character = i;
    for (size_t i = 0; !error && i < packer->trie->slots; i++) {
        const TrieEdge *edge = &packer->trie->edges[i];
        if (edge->parent == TRIE_NONE)
            continue;
        if (edge->character < CHARACTERS)
            counted[edge->character].count += 2;
        else
            error = "a word has a character above U+FFFF";
    }
    for (size_t i = 0; !error && i < count; i++) {
        if (characters[i] < CHARACTERS)
            counted[characters[i]].count += 1;
        else
            error = "the model has a character above U+FFFF";
    }
    if (!error) {
        qsort(counted, CHARACTERS, sizeof *counted, compare_counted);
        for (packer->n_codes = 1; packer->n_codes < CHARACTERS; packer->n_codes++) {
            if (!counted[packer->n_codes - 1].count)
                break;
            packer->codes[counted[packer->n_codes - 1].character] = (uint16_t)packer->n_codes;
        }
        if (packer->n_codes == CHARACTERS)
            error = "the dictionary has too many characters";
    }
    free(counted);
    return error;
}

/* Sorts numbers. */
static int compare_numbers(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Values from 1 for the frequencies there are, and each node's. */
static const char *give_values(Packer *packer)
{
    const Trie *trie = packer->trie;
    uint64_t *sorted = malloc(trie->size * sizeof *sorted);
    if (!sorted)
        return "memory";
    for (uint32_t node = 0; node < trie->size; node++)
        sorted[node] = trie->nodes[node].frequency;
    qsort(sorted, trie->size, sizeof *sorted, compare_numbers);
    packer->n_values = 1;
    packer->frequencies[0] = 0;
    for (uint32_t i = 0; i < trie->size && packer->n_values < CHARACTERS; i++)
        if (sorted[i] != packer->frequencies[packer->n_values - 1])
            packer->frequencies[packer->n_values++] = sorted[i];
    free(sorted);
    if (packer->n_values == CHARACTERS)
        return "the dictionary has too many different frequencies";
    for (uint32_t node = 0; node < trie->size; node++) {
        const uint64_t *found = bsearch(&trie->nodes[node].frequency, packer->frequencies, packer->n_values,
                                        sizeof *found, compare_numbers);
        packer->value[node] = (uint16_t)(found - packer->frequencies); /* 0 is the first, all are there */
    }
    return NULL;
}

/* The children of each node, side by side. */
static void give_children(Packer *packer)
{
    const Trie *trie = packer->trie;
    for (size_t i = 0; i < trie->slots; i++)
        if (trie->edges[i].parent != TRIE_NONE)
            packer->first[trie->edges[i].parent + 1]++;
    for (uint32_t node = 0; node < trie->size; node++)
        packer->first[node + 1] += packer->first[node];
    for (size_t i = 0; i < trie->slots; i++) {
        const TrieEdge *edge = &trie->edges[i];
        if (edge->parent == TRIE_NONE)
            continue;
        packer->label[edge->child] = packer->codes[edge->character];
        /* Fills from behind: `first` of the next node is lowered, and so ends up as this one's. */
        packer->children[--packer->first[edge->parent + 1]] = edge->child;
    }
    for (uint32_t node = 0; node < trie->size; node++) /* now first[n + 1] is where n begins */
        packer->first[node] = packer->first[node + 1];
    packer->first[trie->size] = trie->size - 1;
}

/* Room for units up to `size`; -1 where memory is short. */
static int reserve(Packer *packer, uint64_t size)
{
    if (size <= packer->capacity)
        return 0;
    uint64_t capacity = (2 * size + 63) / 64 * 64, words = capacity / 64, known = packer->capacity / 64;
    if (capacity > UINT32_MAX / sizeof(Unit))
        return -1;
    uint64_t *taken = realloc(packer->taken, (words + 1) * sizeof *taken); /* window() reads one more */
    if (taken)
        packer->taken = taken;
    uint64_t *bases = taken ? realloc(packer->bases, words * sizeof *bases) : NULL;
    if (!bases)
        return -1;
    packer->bases = bases;
    memset(taken + known, 0, (words + 1 - known) * sizeof *taken);
    memset(bases + known, 0, (words - known) * sizeof *bases);
    packer->capacity = (uint32_t)capacity;
    return 0;
}

/* Which of 64 units from `index` on are taken. */
static uint64_t window(const Packer *packer, uint32_t index)
{
    const uint64_t *words = packer->taken + index / 64;
    uint32_t shift = index % 64;
    return shift ? words[0] >> shift | words[1] << (64 - shift) : words[0];
}

/* The first base, in 64 at a time from `*from` on, behind which all children find free units. -1 where
 * memory is short. */
static int find_base(Packer *packer, const uint32_t *children, uint32_t count, uint32_t *from)
{
    for (uint32_t base = *from / 64 * 64;; base += 64) { /* ends behind the last unit, where everything fits */
        if (reserve(packer, (uint64_t)base + 64 + CHARACTERS) < 0)
            return -1;
        uint64_t taken = packer->bases[base / 64];
        for (uint32_t i = 0; i < count && ~taken; i++)
            taken |= window(packer, base + packer->label[children[i]]);
        if (~taken) {
            while (taken & 1) {
                taken >>= 1;
                base++;
            }
            *from = base;
            return 0;
        }
    }
}

/* A base for one child in the next free unit from `*gap` on; 0 where that does not do. */
static int fill_gap(Packer *packer, uint32_t label, uint32_t *gap, uint32_t *base)
{
    while (*gap < packer->n_units && packer->taken[*gap / 64] >> *gap % 64 & 1)
        ++*gap;
    for (uint32_t place = *gap, tries = 0; place < packer->n_units && tries < 64; place++, tries++) {
        if (packer->taken[place / 64] >> place % 64 & 1 || place < label)
            continue;
        *base = place - label;
        if (!(packer->bases[*base / 64] >> *base % 64 & 1))
            return 1;
    }
    return 0;
}

/* Nodes that have children by their number, the most first; how many there are. */
static uint32_t order_nodes(const Packer *packer, uint32_t *order)
{
    uint32_t size = packer->trie->size, ordered = 0, counts[SMALL] = {0};
    for (uint32_t node = 0; node < size; node++) {
        uint32_t count = packer->first[node + 1] - packer->first[node];
        if (count >= SMALL)
            order[ordered++] = node;
        else
            counts[count]++;
    }
    for (uint32_t count = SMALL; --count > 0;) { /* from numbers to where those nodes begin */
        uint32_t before = counts[count];
        counts[count] = ordered;
        ordered += before;
    }
    for (uint32_t node = 0; node < size; node++) {
        uint32_t count = packer->first[node + 1] - packer->first[node];
        if (count > 0 && count < SMALL)
            order[counts[count]++] = node;
    }
    return ordered;
}

/* Places the children of each node where they fit, those of few children in the gaps that others left. The
 * search goes on where it stopped for the node before, and begins anew for each number of children. */
static const char *place(Packer *packer, uint32_t *order)
{
    uint32_t ordered = order_nodes(packer, order), from = 0, last_count = 0, gap = 0;
    packer->n_units = 1;
    packer->unit[TRIE_ROOT] = 0;
    if (reserve(packer, CHARACTERS) < 0)
        return "memory";
    packer->taken[0] = 1;
    for (uint32_t i = 0; i < ordered; i++) {
        const uint32_t *children = packer->children + packer->first[order[i]];
        uint32_t count = packer->first[order[i] + 1] - packer->first[order[i]];
        if (count >= SMALL)
            from = from > BACK ? from - BACK : 0;
        else if (count != last_count)
            from = 0;
        last_count = count;
        if (count > 1 || !fill_gap(packer, packer->label[children[0]], &gap, &from))
            if (find_base(packer, children, count, &from) < 0)
                return "memory";
        packer->bases[from / 64] |= UINT64_C(1) << from % 64;
        packer->base[order[i]] = from;
        for (uint32_t child = 0; child < count; child++) {
            uint32_t index = from + packer->label[children[child]];
            packer->taken[index / 64] |= UINT64_C(1) << index % 64;
            packer->unit[children[child]] = index;
            if (index >= packer->n_units)
                packer->n_units = index + 1;
        }
    }
    return NULL;
}

/* The block, as the header has it. */
static unsigned char *write_block(const Packer *packer, Header header, const unsigned char *key,
                                  const uint32_t *characters, size_t count, const double *emissions)
{
    header.magic = DICTIONARY_MAGIC;
    header.codes = packer->n_codes;
    header.values = packer->n_values;
    header.units = packer->n_units;
    Layout layout = dictionary_layout(&header);
    header.size = layout.size;
    unsigned char *block = calloc(1, layout.size);
    if (!block)
        return NULL;
    memcpy(block + layout.key, key, header.key_size);
    memcpy(block + layout.codes, packer->codes, sizeof packer->codes);
    for (uint32_t value = 0; value < packer->n_values; value++) {
        double log_frequency = packer->frequencies[value] ? trie_log(packer->frequencies[value]) : 0.0;
        memcpy(block + layout.logs + value * sizeof(double), &log_frequency, sizeof(double));
    }
    memcpy(block + layout.frequencies, packer->frequencies, packer->n_values * sizeof(uint64_t));
    double impossible[STATES] = {IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE};
    for (uint32_t code = 0; code < packer->n_codes; code++)
        memcpy(block + layout.emissions + code * sizeof impossible, impossible, sizeof impossible);
    for (size_t i = 0; i < count; i++)
        memcpy(block + layout.emissions + packer->codes[characters[i]] * sizeof impossible,
               emissions + i * STATES, sizeof impossible);
    Unit none = {NO_CHILDREN, 0, 0};
    for (uint32_t unit = 0; unit < packer->n_units; unit++)
        memcpy(block + layout.units + unit * sizeof none, &none, sizeof none);
    for (uint32_t node = 0; node < packer->trie->size; node++) { /* each but the root is some node's child */
        int has_children = packer->first[node + 1] > packer->first[node];
        Unit unit = {has_children ? packer->base[node] : NO_CHILDREN, packer->label[node], packer->value[node]};
        memcpy(block + layout.units + packer->unit[node] * sizeof unit, &unit, sizeof unit);
    }
    size_t covered = offsetof(Header, checksum) + sizeof header.checksum;
    memcpy(block, &header, sizeof header);
    header.checksum = dictionary_checksum(block + covered, layout.size - covered);
    memcpy(block, &header, sizeof header);
    return block;
}

/* A new block of the trie's words, whose size its header has; or NULL and what is wrong. `header` has the
 * total, the model and the size of the key. */
unsigned char *dictionary_pack(const Trie *trie, Header header, const unsigned char *key,
                               const uint32_t *characters, size_t count, const double *emissions,
                               const char **error)
{
    unsigned char *block = NULL;
    Packer *packer = calloc(1, sizeof *packer);
    uint32_t *order = malloc(trie->size * sizeof *order);
    *error = "memory";
    if (packer && order) {
        packer->trie = trie;
        packer->first = calloc((size_t)trie->size + 1, sizeof *packer->first);
        packer->children = malloc(trie->size * sizeof *packer->children);
        packer->base = malloc(trie->size * sizeof *packer->base);
        packer->unit = malloc(trie->size * sizeof *packer->unit);
        packer->label = calloc(trie->size, sizeof *packer->label);
        packer->value = calloc(trie->size, sizeof *packer->value);
        packer->frequencies = malloc(CHARACTERS * sizeof *packer->frequencies);
        if (packer->first && packer->children && packer->base && packer->unit && packer->label &&
            packer->value && packer->frequencies) {
            *error = give_codes(packer, characters, count);
            if (!*error)
                *error = give_values(packer);
            if (!*error) {
                give_children(packer);
                *error = place(packer, order);
            }
            if (!*error && !(block = write_block(packer, header, key, characters, count, emissions)))
                *error = "memory";
        }
        free(packer->first);
        free(packer->children);
        free(packer->base);
        free(packer->unit);
        free(packer->label);
        free(packer->value);
        free(packer->frequencies);
        free(packer->taken);
        free(packer->bases);
    }
    free(packer);
    free(order);
    return block;
}
