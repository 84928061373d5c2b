/* Tokenizer: text -> tokens. See tokenizer.h, and tokens.py for the definition. */

#include "tokenizer.h"

/* A visible character with what belongs to it: its normal form, composed with its marks. */
typedef struct {
    uint32_t form;
    unsigned char class;
    Py_ssize_t end; /* behind the last of the marks and invisible characters behind it */
} Character;

/* Composes the character with the marks behind it, and skips the invisible ones. Linear: all that is looked at
   is behind the character when this returns, but for one. */
static void
take_marks(const Text *text, Character *character)
{
    while (character->end < text->length) {
        uint32_t code = code_at(text, character->end);
        uint32_t entry = entry_of(code);
        uint32_t composed = entry & COMPOSES ? compose(character->form, entry_form(entry, code)) : 0;
        if (composed != 0) {
            character->form = composed;
            character->class = entry_class(entry_of(composed));
        }
        else if (entry_class(entry) != CLASS_INVISIBLE)
            return;
        character->end++;
    }
}

/* The character at a place below the text's length. An invisible one has nothing before it that it could belong
   to, so nothing belongs to it. */
static inline Character
character_at(const Text *text, Py_ssize_t at)
{
    uint32_t code = code_at(text, at);
    uint32_t entry = entry_of(code);
    Character character = {entry_form(entry, code), entry_class(entry), at + 1};
    if (at + 1 < text->length && entry_of(code_at(text, at + 1)) & CONTINUES
        && character.class != CLASS_INVISIBLE)
        take_marks(text, &character);
    return character;
}

void
cursor_begin(Cursor *cursor, Text text)
{
    cursor->text = text;
    cursor->at = 0;
    cursor->line = 0;
    cursor->before = 0;
}

/* Where the `++` or `#` at a place ends that make c++ and c# of a letter before it; 0 where there is none.
   Writes them to `marks`, which has room for two, and how many they are to `count`. */
static Py_ssize_t
end_of_c_marks(const Text *text, Py_ssize_t at, uint32_t *marks, int *count)
{
    if (at >= text->length)
        return 0;
    Character first = character_at(text, at);
    if (first.class == CLASS_HASH) {
        marks[0] = first.form;
        *count = 1;
        return first.end;
    }
    if (first.class != CLASS_PLUS || first.end >= text->length)
        return 0;
    Character second = character_at(text, first.end);
    if (second.class != CLASS_PLUS)
        return 0;
    if (second.end < text->length && character_at(text, second.end).class == CLASS_PLUS)
        return 0;
    marks[0] = first.form;
    marks[1] = second.form;
    *count = 2;
    return second.end;
}

/* The class that characters of one run share. */
static inline unsigned char
run_of(unsigned char name)
{
    return name == CLASS_ASCII_LETTER ? CLASS_LATIN : name;
}

bool
next_token(Cursor *cursor, Token *token)
{
    const Text *text = &cursor->text;
    while (cursor->at < text->length) {
        Py_ssize_t start = cursor->at;
        Character character = character_at(text, start);
        unsigned char class = character.class, before = cursor->before;
        cursor->at = character.end;
        if (class == CLASS_INVISIBLE) /* only at the beginning of a text */
            continue;
        cursor->before = class;
        switch (class) {
        case CLASS_LINE_END:
            cursor->line++;
            continue;
        case CLASS_NONE:
        case CLASS_PLUS:
        case CLASS_HASH:
            continue;
        }
        token->start = start;
        token->line = cursor->line;
        token->kind = run_of(class);
        token->text = cursor->token;
        cursor->token[0] = character.form;
        int length = 1;
        if (is_run_class(class)) {
            int marks = 0;
            Py_ssize_t end = class == CLASS_ASCII_LETTER && run_of(before) != CLASS_LATIN
                ? end_of_c_marks(text, cursor->at, cursor->token + 1, &marks)
                : 0;
            if (end != 0) {
                length += marks;
                cursor->at = end;
                cursor->before = CLASS_HASH; /* or plus: neither is a letter */
            }
            else
                while (length < LONGEST && cursor->at < text->length) {
                    Character next = character_at(text, cursor->at);
                    if (run_of(next.class) != token->kind)
                        break;
                    cursor->token[length++] = next.form;
                    cursor->at = next.end;
                    cursor->before = next.class;
                }
            if (class == CLASS_SMALL_DIGIT)
                for (int i = 0; i < length; i++)
                    cursor->token[i] = full_digit(cursor->token[i]);
        }
        token->end = cursor->at;
        token->length = length;
        return true;
    }
    return false;
}
