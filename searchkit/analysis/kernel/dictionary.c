/* Opening a dictionary: see dictionary.h. */

#include "dictionary.h"

/* Where the parts begin. Nothing overflows, for each count is below the size of a block that is in memory. */
Layout dictionary_layout(const Header *header)
{
    Layout layout;
    layout.key = sizeof(Header);
    layout.codes = layout.key + (((size_t)header->key_size + 7) & ~(size_t)7);
    layout.logs = layout.codes + CHARACTERS * sizeof(uint16_t);
    layout.frequencies = layout.logs + (size_t)header->values * sizeof(double);
    layout.emissions = layout.frequencies + (size_t)header->values * sizeof(uint64_t);
    layout.units = layout.emissions + (size_t)header->codes * sizeof(double[STATES]);
    layout.size = layout.units + (size_t)header->units * sizeof(Unit);
    return layout;
}

/* A sum that any changed byte changes: four lanes of 8 bytes, each step one to one. Reads memory as fast as
 * it comes. Not against malice: whoever may write there may write a dictionary of his own. */
uint64_t dictionary_checksum(const unsigned char *data, size_t size)
{
    uint64_t lanes[4] = {1, 2, 3, 4};
    size_t at = 0;
    for (; at + sizeof lanes <= size; at += sizeof lanes) {
        uint64_t words[4];
        memcpy(words, data + at, sizeof words);
        for (int lane = 0; lane < 4; lane++) {
            uint64_t mixed = (lanes[lane] ^ words[lane]) * UINT64_C(0x9E3779B97F4A7C15);
            lanes[lane] = mixed ^ (mixed >> 32);
        }
    }
    for (; at < size; at++)
        lanes[at & 3] = (lanes[at & 3] ^ data[at]) * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t sum = size;
    for (int lane = 0; lane < 4; lane++) {
        sum = (sum ^ lanes[lane]) * UINT64_C(0xC2B2AE3D27D4EB4F);
        sum ^= sum >> 29;
    }
    return sum;
}

/* Finds the parts; says what is wrong, or NULL. Reads every byte once. */
const char *dictionary_open(Dictionary *dictionary, const unsigned char *data, size_t size)
{
    Header *header = &dictionary->header;
    if (size < sizeof *header)
        return "the dictionary is cut off";
    memcpy(header, data, sizeof *header);
    if (header->magic != DICTIONARY_MAGIC)
        return "this is no dictionary of this version and machine";
    if (!header->units || !header->values || header->codes > CHARACTERS || header->values > CHARACTERS ||
        header->key_size > size || header->units > size / sizeof(Unit))
        return "the dictionary has impossible sizes";
    Layout layout = dictionary_layout(header);
    if (header->size != size || layout.size != size)
        return "the dictionary is not as long as it says";
    size_t covered = offsetof(Header, checksum) + sizeof header->checksum;
    if (header->checksum != dictionary_checksum(data + covered, size - covered))
        return "the dictionary is damaged";
    dictionary->key = data + layout.key;
    dictionary->codes = data + layout.codes;
    dictionary->logs = data + layout.logs;
    dictionary->frequencies = data + layout.frequencies;
    dictionary->emissions = data + layout.emissions;
    dictionary->units = data + layout.units;
    return NULL;
}
