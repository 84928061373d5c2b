/* jieba's dictionary and model in one block of bytes, which many processes can map.
 *
 * A header, the key (what the dictionary was made from), and at multiples of 8 bytes: the code of every
 * character below U+10000, the logarithm and the number of each frequency, the emissions of each code, and a
 * double array: the units of a trie, where the unit of a node's child stands at `children` + the child's code
 * and is labelled with that code. No two nodes have the same `children`, so the label says enough.
 * Written and read by the same kind of machine: `magic` holds the order of bytes.
 */

#ifndef SEARCHKIT_DICTIONARY_H
#define SEARCHKIT_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "trie.h"

#define DICTIONARY_MAGIC UINT64_C(0x0001746B7A6A6B73) /* raised when the layout changes */
#define CHARACTERS 0x10000u
#define NO_CHILDREN UINT32_MAX
#define IMPOSSIBLE (-3.14e100) /* jieba's logarithm of 0 */

enum { BEGIN, END, MIDDLE, SINGLE, STATES }; /* by their letters: of two equal paths jieba takes the later */

typedef struct {
    uint64_t magic;
    uint64_t size;     /* of the whole */
    uint64_t checksum; /* of all behind it */
    uint64_t total;    /* of the frequencies */
    uint32_t key_size;
    uint32_t codes;  /* each is below */
    uint32_t values; /* each is below; 0 stands for no word */
    uint32_t units;
    double start[STATES];
    double transitions[STATES][STATES]; /* from, to */
} Header;

typedef struct {
    uint32_t children;
    uint16_t label; /* a code; 0: the unit is free */
    uint16_t value;
} Unit;

/* The parts of a block that stands the checks of dictionary_open. */
typedef struct {
    Header header;
    const unsigned char *key;
    const unsigned char *codes;       /* uint16_t */
    const unsigned char *logs;        /* double */
    const unsigned char *frequencies; /* uint64_t */
    const unsigned char *emissions;   /* double[STATES] */
    const unsigned char *units;       /* Unit */
} Dictionary;

typedef struct {
    size_t key, codes, logs, frequencies, emissions, units, size;
} Layout;

Layout dictionary_layout(const Header *header);
uint64_t dictionary_checksum(const unsigned char *data, size_t size);
const char *dictionary_open(Dictionary *dictionary, const unsigned char *data, size_t size);
unsigned char *dictionary_pack(const Trie *trie, Header header, const unsigned char *key,
                               const uint32_t *characters, size_t count, const double *emissions,
                               const char **error);

/* Reads by memcpy, because the block may stand at any address. The indexes are below the sizes that
 * dictionary_open has compared with that of the block, or nothing is read. */

static inline uint32_t dictionary_code(const Dictionary *dictionary, uint32_t character)
{
    uint16_t code = 0;
    if (character < CHARACTERS)
        memcpy(&code, dictionary->codes + character * sizeof code, sizeof code);
    return code;
}

/* The unit of a node's child; label 0 where there is none. */
static inline Unit dictionary_step(const Dictionary *dictionary, uint32_t children, uint32_t code)
{
    Unit unit = {NO_CHILDREN, 0, 0};
    uint64_t index = (uint64_t)children + code;
    if (code && index < dictionary->header.units) {
        memcpy(&unit, dictionary->units + index * sizeof unit, sizeof unit);
        if (unit.label != code)
            unit.label = 0;
    }
    return unit;
}

/* The children of the root, which is unit 0. There is one: dictionary_open has seen to it. */
static inline uint32_t dictionary_root(const Dictionary *dictionary)
{
    Unit unit;
    memcpy(&unit, dictionary->units, sizeof unit);
    return unit.children;
}

static inline double dictionary_log(const Dictionary *dictionary, uint32_t value)
{
    double log_frequency = 0.0;
    if (value < dictionary->header.values)
        memcpy(&log_frequency, dictionary->logs + value * sizeof log_frequency, sizeof log_frequency);
    return log_frequency;
}

static inline uint64_t dictionary_frequency(const Dictionary *dictionary, uint32_t value)
{
    uint64_t frequency = 0;
    if (value < dictionary->header.values)
        memcpy(&frequency, dictionary->frequencies + value * sizeof frequency, sizeof frequency);
    return frequency;
}

static inline void dictionary_emissions(const Dictionary *dictionary, uint32_t code, double emissions[STATES])
{
    if (code && code < dictionary->header.codes)
        memcpy(emissions, dictionary->emissions + code * sizeof(double[STATES]), sizeof(double[STATES]));
    else
        for (int state = 0; state < STATES; state++)
            emissions[state] = IMPOSSIBLE;
}

#endif
