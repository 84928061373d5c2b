/* Characters: the tables, and composition. See characters.h. */

#include "characters.h"

#include <stdlib.h>
#include <string.h>

uint16_t character_blocks[BLOCKS];
uint32_t (*character_entries)[BLOCK_SIZE] = NULL;

static size_t block_count = 0;
static uint16_t uniform_blocks[256]; /* for each class the block that has nothing else, or 0 */
static unsigned char *is_shared = NULL; /* for each block, is it one of these? */
static Composition *pairs = NULL;
static size_t pair_count = 0;
static uint32_t small_digits[64][2];
static size_t small_digit_count = 0;
static bool is_loaded = false;

/* What characters expand to: where each text begins in `expansion_texts`. */
typedef struct {
    uint32_t code;
    uint16_t start;
    uint16_t length;
} Expansion;

static Expansion expansions[1024];
static size_t expansion_count = 0;
static uint32_t expansion_texts[4096];
static size_t expansion_texts_length = 0;

/* Hangul by arithmetic: The Unicode Standard, section 3.12. */
enum {
    LEADING = 0x1100,
    VOWEL = 0x1161,
    TRAILING = 0x11A7,
    SYLLABLE = 0xAC00,
    LEADINGS = 19,
    VOWELS = 21,
    TRAILINGS = 28,
};

uint32_t
compose(uint32_t base, uint32_t mark)
{
    /* Unsigned differences: what is below wraps to a large number. */
    if (base - LEADING < LEADINGS && mark - VOWEL < VOWELS)
        return SYLLABLE + ((base - LEADING) * VOWELS + (mark - VOWEL)) * TRAILINGS;
    if (base - SYLLABLE < LEADINGS * VOWELS * TRAILINGS && mark - TRAILING - 1 < TRAILINGS - 1)
        return (base - SYLLABLE) % TRAILINGS == 0 ? base + (mark - TRAILING) : 0;
    size_t low = 0, high = pair_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const Composition *pair = &pairs[middle];
        if (pair->base == base && pair->mark == mark)
            return pair->composed;
        if (pair->base < base || (pair->base == base && pair->mark < mark))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

const uint32_t *
expansion_of(uint32_t code, int *length)
{
    size_t low = 0, high = expansion_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (expansions[middle].code <= code)
            low = middle;
        else
            high = middle;
    }
    *length = expansions[low].length; /* characters_finish has seen that each of the class is there */
    return expansion_texts + expansions[low].start;
}

uint32_t
full_digit(uint32_t code)
{
    for (size_t i = 0; i < small_digit_count; i++)
        if (small_digits[i][0] == code)
            return small_digits[i][1];
    return code;
}

/* A new block as another one is; its number, or 0 where there is no memory for it. Block 0 exists. */
static uint16_t
new_block(uint16_t like)
{
    if (block_count > BLOCKS + 255) /* one for each place and for each class are all there can be */
        return 0;
    memcpy(character_entries[block_count], character_entries[like], sizeof *character_entries);
    return (uint16_t)block_count++;
}

/* The entry of a code point, to be changed: in a block that is not shared. NULL where memory is short. */
static uint32_t *
changeable(uint32_t code)
{
    uint16_t block = character_blocks[code >> BLOCK_SHIFT];
    if (is_shared[block]) {
        block = new_block(block);
        if (block == 0)
            return NULL;
        character_blocks[code >> BLOCK_SHIFT] = block;
    }
    return &character_entries[block][code & (BLOCK_SIZE - 1)];
}

/* The block with nothing but characters of one class that are their own normal forms; 0 for want of memory. */
static uint16_t
uniform_block(unsigned char name)
{
    if (uniform_blocks[name] == 0) {
        uint16_t block = new_block(0);
        if (block == 0)
            return 0;
        is_shared[block] = 1;
        for (size_t i = 0; i < BLOCK_SIZE; i++)
            character_entries[block][i] = name | (name == CLASS_INVISIBLE ? CONTINUES : 0);
        uniform_blocks[name] = block;
    }
    return uniform_blocks[name];
}

bool
characters_begin(void)
{
    if (character_entries != NULL)
        return false;
    /* All blocks that there can be: pages that nothing is written to take no memory. */
    character_entries = calloc(BLOCKS + 256, sizeof *character_entries);
    is_shared = calloc(BLOCKS + 256, 1);
    if (character_entries == NULL || is_shared == NULL)
        return false;
    block_count = 1;
    is_shared[0] = 1;
    for (size_t i = 0; i < BLOCK_SIZE; i++)
        character_entries[0][i] = CLASS_NONE;
    return true;
}

bool
characters_class(uint32_t first, uint32_t last, unsigned char name)
{
    if (first > last || last >= CODE_POINTS)
        return false;
    for (uint32_t code = first; code <= last;) {
        if (code % BLOCK_SIZE == 0 && last - code >= BLOCK_SIZE - 1
            && is_shared[character_blocks[code >> BLOCK_SHIFT]]) {
            uint16_t block = uniform_block(name);
            if (block == 0)
                return false;
            character_blocks[code >> BLOCK_SHIFT] = block;
            code += BLOCK_SIZE;
            continue;
        }
        uint32_t *entry = changeable(code);
        if (entry == NULL)
            return false;
        *entry = (*entry & ~(uint32_t)0xFF) | name | (name == CLASS_INVISIBLE ? CONTINUES : 0);
        code++;
    }
    return true;
}

bool
characters_form(uint32_t code, uint32_t form)
{
    uint32_t *entry = code < CODE_POINTS && form < CODE_POINTS ? changeable(code) : NULL;
    if (entry == NULL)
        return false;
    *entry = (*entry & ((1u << FORM_SHIFT) - 1)) | (((form - code) & FORM_MASK) << FORM_SHIFT);
    return true;
}

bool
characters_digit(uint32_t code, uint32_t digit)
{
    if (small_digit_count == sizeof small_digits / sizeof *small_digits || code >= CODE_POINTS
        || digit >= CODE_POINTS)
        return false;
    small_digits[small_digit_count][0] = code;
    small_digits[small_digit_count++][1] = digit;
    return true;
}

bool
characters_expansion(uint32_t code, const uint32_t *text, int length)
{
    if (expansion_count == sizeof expansions / sizeof *expansions || length < 1 || code >= CODE_POINTS
        || (size_t)length > sizeof expansion_texts / sizeof *expansion_texts - expansion_texts_length
        || (expansion_count != 0 && expansions[expansion_count - 1].code >= code))
        return false;
    expansions[expansion_count++] =
        (Expansion){code, (uint16_t)expansion_texts_length, (uint16_t)length};
    for (int i = 0; i < length; i++) {
        if (text[i] >= CODE_POINTS)
            return false;
        expansion_texts[expansion_texts_length++] = text[i];
    }
    return true;
}

/* Says that a character may compose with what stands before. */
static bool
flag_mark(uint32_t mark)
{
    uint32_t *entry = mark < CODE_POINTS ? changeable(mark) : NULL;
    if (entry == NULL)
        return false;
    *entry |= COMPOSES | CONTINUES;
    return true;
}

bool
characters_compositions(const Composition *compositions, size_t count)
{
    pairs = calloc(count ? count : 1, sizeof *pairs);
    if (pairs == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (compositions[i].base >= CODE_POINTS || compositions[i].composed >= CODE_POINTS
            || !flag_mark(compositions[i].mark))
            return false;
        pairs[i] = compositions[i];
    }
    pair_count = count;
    for (uint32_t i = 0; i < VOWELS; i++)
        if (!flag_mark(VOWEL + i))
            return false;
    for (uint32_t i = 1; i < TRAILINGS; i++)
        if (!flag_mark(TRAILING + i))
            return false;
    return true;
}

/* Is there a text that the character stands for? */
static bool
expands(uint32_t code)
{
    for (size_t i = 0; i < expansion_count; i++)
        if (expansions[i].code == code)
            return true;
    return false;
}

bool
characters_finish(void)
{
    for (uint32_t block = 0; block < BLOCKS; block++) {
        if (is_shared[character_blocks[block]])
            continue; /* its characters are their own normal forms */
        for (uint32_t i = 0; i < BLOCK_SIZE; i++) {
            uint32_t *entry = &character_entries[character_blocks[block]][i];
            uint32_t form = entry_form(*entry, (block << BLOCK_SHIFT) + i);
            if (form >= CODE_POINTS)
                return false;
            if (entry_class(*entry) == CLASS_EXPANDS && !expands((block << BLOCK_SHIFT) + i))
                return false;
            if (entry_of(form) & COMPOSES)
                *entry |= COMPOSES | CONTINUES;
        }
    }
    is_loaded = true;
    return true;
}

bool
characters_loaded(void)
{
    return is_loaded;
}
