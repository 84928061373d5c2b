/* Characters: the class and the normal form of each, and what a base and its marks compose to.

   The tables are made once, by `load` in module.c, from characters.txt and normalizer.txt; then they are only
   read, by any thread, with the interpreter's lock or without it. searchkit/analysis/characters.py is the
   definition. */

#ifndef SEARCHKIT_CHARACTERS_H
#define SEARCHKIT_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CLASS_HAN = 'H',
    CLASS_ASCII_LETTER = 'A', /* a to z, when normalized */
    CLASS_LATIN = 'L',        /* other Latin letters */
    CLASS_DIGIT = 'D',
    CLASS_SMALL_DIGIT = 'S',
    CLASS_WORD = 'W',
    CLASS_SYMBOL = 'Y',
    CLASS_INVISIBLE = 'I',
    CLASS_EXPANDS = 'E',
    CLASS_LINE_END = 'N',
    CLASS_PLUS = 'P',
    CLASS_HASH = 'X',
    CLASS_NONE = '-',
};

#define CODE_POINTS 0x110000u
#define FILLER 0x034Fu     /* invisible; in the place of a mark that its base was composed with */
#define LINE_BREAK 0x00B6u /* the end of a line, in bigrams */
#define JOINED 0xFFFFu     /* in the place of an end of a line within a sentence */
#define ITERATION 0x3005u  /* 々 */

/* An entry: bits 0 to 7 the class, 8 COMPOSES, 9 CONTINUES, 10 to 30 the normal form less the code point,
   modulo 2**21. So all entries of a block of equal characters are equal, and such blocks are one. */
#define COMPOSES 0x100u  /* it may compose with what stands before */
#define CONTINUES 0x200u /* it may belong to what stands before: it composes or is invisible */
#define FORM_SHIFT 10
#define FORM_MASK 0x1FFFFFu

#define BLOCK_SHIFT 8
#define BLOCK_SIZE (1u << BLOCK_SHIFT)
#define BLOCKS (CODE_POINTS >> BLOCK_SHIFT)

/* Both are read-only once they are loaded. Every block number is one of a block that exists. */
extern uint16_t character_blocks[BLOCKS];
extern uint32_t (*character_entries)[BLOCK_SIZE];

/* The entry of a code point. `code` is below CODE_POINTS, as all code points of a `str` are. */
static inline uint32_t
entry_of(uint32_t code)
{
    return character_entries[character_blocks[code >> BLOCK_SHIFT]][code & (BLOCK_SIZE - 1)];
}

static inline unsigned char
entry_class(uint32_t entry)
{
    return (unsigned char)(entry & 0xFF);
}

/* The normal form of `code`, whose entry is `entry`. */
static inline uint32_t
entry_form(uint32_t entry, uint32_t code)
{
    return (code + (entry >> FORM_SHIFT)) & FORM_MASK;
}

/* Is it a class whose runs are one token? */
static inline bool
is_run_class(unsigned char name)
{
    return name == CLASS_ASCII_LETTER || name == CLASS_LATIN || name == CLASS_DIGIT || name == CLASS_SMALL_DIGIT
        || name == CLASS_WORD;
}

/* The normalized character that a base and a mark, both normalized, compose to; 0 where they do not. */
uint32_t compose(uint32_t base, uint32_t mark);

/* The normalized characters that one of CLASS_EXPANDS stands for, and how many they are: one at least, and no mark,
   line end, plus or hash. */
const uint32_t *expansion_of(uint32_t code, int *length);

/* Is it a Han character, which 々 repeats? */
static inline bool
is_ideograph(uint32_t code)
{
    return code >= 0x3400
        && (code <= 0x4DBF || (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF)
            || (code >= 0x20000 && code <= 0x3FFFD));
}

/* The digit that a sub- or superscript digit stands for; any other character itself. */
uint32_t full_digit(uint32_t code);

/* A pair of base and mark, and what it composes to. */
typedef struct {
    uint32_t base, mark, composed;
} Composition;

/* Making the tables. All return false where memory is short, or a value is no code point. */
bool characters_begin(void);
bool characters_class(uint32_t first, uint32_t last, unsigned char name);
bool characters_form(uint32_t code, uint32_t form);
bool characters_digit(uint32_t code, uint32_t digit);
/* `compositions` are in order of base and mark. After all forms and classes. */
bool characters_compositions(const Composition *compositions, size_t count);
/* What a character of CLASS_EXPANDS stands for; in order of the characters. */
bool characters_expansion(uint32_t code, const uint32_t *text, int length);
/* After all compositions and expansions: marks what has a mark as its normal form. */
bool characters_finish(void);
/* Are there tables? */
bool characters_loaded(void);

#endif
