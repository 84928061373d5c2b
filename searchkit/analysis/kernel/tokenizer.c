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
    cursor->listed = false;
    cursor->grouped = 0;
    cursor->inside = 0;
}

/* The character that is next: at the cursor's place, or of what stands there expanded. There is one. */
static inline Character
next_character(Cursor *cursor)
{
    if (cursor->inside == 0) {
        Character character = character_at(&cursor->text, cursor->at);
        if (character.class != CLASS_EXPANDS)
            return character;
        cursor->expansion = expansion_of(character.form, &cursor->expansion_length);
        cursor->expansion_end = character.end;
        cursor->inside = 1;
    }
    uint32_t code = cursor->expansion[cursor->inside - 1];
    return (Character){code, entry_class(entry_of(code)), cursor->expansion_end};
}

/* Goes on behind the character that was next. Sets what stands before. */
static inline void
pass(Cursor *cursor, const Character *character)
{
    cursor->listed = false;
    if (cursor->inside == 0) {
        cursor->at = character->end;
        cursor->before = character->class;
        return;
    }
    cursor->before = character->class != CLASS_DIGIT ? character->class : CLASS_NONE;
    if (cursor->inside++ == cursor->expansion_length) {
        cursor->inside = 0;
        cursor->at = cursor->expansion_end;
    }
}

/* The nearest visible character from a place on, and where it is; false where there is none. With `or_composing` also
   what may compose with the character before is looked through. */
static bool
visible_from(const Text *text, Py_ssize_t *at, uint32_t *code, bool or_composing)
{
    for (; *at < text->length; ++*at) {
        *code = code_at(text, *at);
        uint32_t entry = entry_of(*code);
        if (entry_class(entry) != CLASS_INVISIBLE && !(or_composing && entry & COMPOSES))
            return true;
    }
    return false;
}

static inline bool
joins(unsigned char name)
{
    return name == CLASS_HAN || name == CLASS_ASCII_LETTER || name == CLASS_LATIN;
}

#define SHORT_LINE 5 /* a line of fewer characters is a name or an item of a list */

bool
joins_lines(const Text *text, Py_ssize_t at)
{
    uint32_t code;
    Py_ssize_t behind = at + 1;
    if (!visible_from(text, &behind, &code, false) || !joins(entry_class(entry_of(code)))
        || entry_of(code) & COMPOSES || entry_form(entry_of(code), code) == ITERATION)
        return false;
    behind++;
    if (visible_from(text, &behind, &code, true))
        switch (entry_form(entry_of(code), code)) {
        case 0x3001: case '.': case ':': case ')':
            return false;
        }
    /* Spaces, and one carriage return directly before. */
    bool is_first = true;
    for (; at > 0; at--) {
        code = code_at(text, at - 1);
        if (code == ' ' || code == '\t' || code == 0x3000 || (code == '\r' && is_first))
            is_first = false;
        else if (entry_class(entry_of(code)) != CLASS_INVISIBLE)
            break;
    }
    for (int characters = 0; at > 0; at--) {
        code = code_at(text, at - 1);
        uint32_t entry = entry_of(code);
        unsigned char name = entry_class(entry);
        if (name == CLASS_LINE_END || code == JOINED)
            return false;
        if (name == CLASS_INVISIBLE)
            continue;
        if (characters == 0 && !joins(name))
            return false;
        characters += !(entry & COMPOSES);
        if (characters == SHORT_LINE)
            return true;
    }
    return false;
}

/* Is the visible character at a place, or behind it, a digit? Says which, and moves behind it. */
static bool
digit_at(const Text *text, Py_ssize_t *at, uint32_t *digit, bool *is_full_width)
{
    uint32_t code;
    while (*at < text->length && entry_class(entry_of(code_at(text, *at))) == CLASS_INVISIBLE)
        ++*at;
    if (*at == text->length)
        return false;
    code = code_at(text, *at);
    *digit = entry_form(entry_of(code), code);
    if (*digit < '0' || *digit > '9')
        return false;
    *is_full_width = code >= 0xFF10 && code <= 0xFF19;
    ++*at;
    return true;
}

/* The visible character at a place, or behind it, if it is a comma; 0 where it is not. Moves behind it. */
static uint32_t
comma_at(const Text *text, Py_ssize_t *at)
{
    while (*at < text->length && entry_class(entry_of(code_at(text, *at))) == CLASS_INVISIBLE)
        ++*at;
    return *at < text->length && is_comma(code_at(text, *at)) ? code_at(text, (*at)++) : 0;
}

/* Is the visible character at a place, or behind it, of the class of digits? */
static bool
is_digit_at(const Text *text, Py_ssize_t at)
{
    while (at < text->length && entry_class(entry_of(code_at(text, at))) == CLASS_INVISIBLE)
        at++;
    return at < text->length && entry_class(entry_of(code_at(text, at))) == CLASS_DIGIT;
}

Py_ssize_t
end_of_groups(const Text *text, Py_ssize_t start)
{
    Py_ssize_t at = start, end = 0;
    uint32_t digit, comma = 0;
    bool is_full_width, all_full_width = true;
    int digits = 0;
    while (digits < 4 && digit_at(text, &at, &digit, &is_full_width)) {
        if (digits++ == 0 && digit == '0')
            return 0;
        all_full_width = all_full_width && is_full_width;
    }
    if (digits == 0 || digits > 3)
        return 0;
    for (;;) {
        Py_ssize_t behind = at;
        uint32_t found = comma_at(text, &behind);
        if (found == 0 || !is_digit_at(text, behind))
            return is_digit_at(text, at) ? 0 : end;
        if (comma != 0 && comma != found)
            return 0;
        comma = found;
        for (digits = 0; digits < 3; digits++) {
            if (!digit_at(text, &behind, &digit, &is_full_width))
                return 0;
            all_full_width = all_full_width && is_full_width;
        }
        if (comma != ',' && !all_full_width)
            return 0;
        end = at = behind;
    }
}

static inline bool
is_upper(uint32_t code)
{
    return code >= 'A' && code <= 'Z';
}

static inline bool
is_lower(uint32_t code)
{
    return code >= 'a' && code <= 'z';
}

int
word_parts(const Text *text, const Token *token, int borders[MOST_PARTS + 1])
{
    int count = 0;
    if (token->kind != CLASS_LATIN || token->length != token->end - token->start)
        return 0;
    for (int i = 1; i < token->length; i++) {
        Py_ssize_t at = token->start + i;
        uint32_t code = code_at(text, at);
        if (!is_upper(code))
            continue;
        uint32_t before = code_at(text, at - 1);
        if (is_lower(before)
            || (is_upper(before) && i + 1 < token->length && is_lower(code_at(text, at + 1)))) {
            if (++count == MOST_PARTS)
                return 0;
            borders[count] = i;
        }
    }
    if (count == 0)
        return 0;
    borders[0] = 0;
    borders[++count] = token->length;
    return count;
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

/* Adds the rest of the run that the token begins. */
static void
take_run(Cursor *cursor, Token *token, bool was_expanded)
{
    const Text *text = &cursor->text;
    while (token->length < LONGEST && cursor->at < text->length) {
        Character next = next_character(cursor);
        if (run_of(next.class) != token->kind)
            return;
        /* What stands for a number is one for itself. */
        if (token->kind == CLASS_DIGIT && (cursor->inside == 1 || (was_expanded && cursor->inside == 0)))
            return;
        cursor->token[token->length++] = next.form;
        token->end = next.end;
        was_expanded = cursor->inside != 0;
        pass(cursor, &next);
        if (cursor->at < cursor->grouped && is_comma(code_at(text, cursor->at)))
            token->end = cursor->at = character_at(text, cursor->at).end;
    }
}

/* The sign that joins the number that ends here with the next one; 0 where there is none. */
static unsigned char
joint_at(const Cursor *cursor)
{
    const Text *text = &cursor->text;
    if (cursor->inside != 0 || cursor->at >= text->length)
        return 0;
    Character sign = character_at(text, cursor->at);
    if ((sign.form != '.' && sign.form != ':') || sign.end >= text->length)
        return 0;
    Character next = character_at(text, sign.end);
    if (next.class == CLASS_EXPANDS) {
        int length;
        next.class = entry_class(entry_of(*expansion_of(next.form, &length)));
    }
    return next.class == CLASS_DIGIT ? (unsigned char)sign.form : 0;
}

bool
next_token(Cursor *cursor, Token *token)
{
    const Text *text = &cursor->text;
    while (cursor->at < text->length) {
        Py_ssize_t start = cursor->at;
        Character character = next_character(cursor);
        unsigned char class = character.class, before = cursor->before;
        bool listed = cursor->listed, is_expanded = cursor->inside != 0;
        if (class == CLASS_INVISIBLE) { /* only at the beginning of a text */
            cursor->at = character.end;
            continue;
        }
        pass(cursor, &character);
        switch (class) {
        case CLASS_LINE_END:
            if (character.form == '\r') {
                Py_ssize_t behind = start + 1;
                uint32_t code;
                if (visible_from(text, &behind, &code, false) && code == '\n' && joins_lines(text, behind))
                    continue; /* the line end behind it is none */
            }
            if (character.form != '\n' || !joins_lines(text, start))
                cursor->line++;
            continue;
        case CLASS_NONE:
            cursor->listed = before == CLASS_DIGIT && is_comma(character.form);
            continue;
        case CLASS_PLUS:
        case CLASS_HASH:
            continue;
        }
        token->start = start;
        token->end = character.end;
        token->line = cursor->line;
        token->kind = run_of(class);
        token->text = cursor->token;
        token->length = 1;
        token->joint = 0;
        if (character.form == ITERATION && before == CLASS_HAN && is_ideograph(cursor->token[0]))
            return true; /* the same again */
        cursor->token[0] = character.form;
        if (!is_run_class(class))
            return true;
        int marks = 0;
        Py_ssize_t end = class == CLASS_ASCII_LETTER && run_of(before) != CLASS_LATIN && cursor->inside == 0
            ? end_of_c_marks(text, cursor->at, cursor->token + 1, &marks)
            : 0;
        if (end != 0) {
            token->length += marks;
            token->end = cursor->at = end;
            cursor->before = CLASS_HASH; /* or plus: neither is a letter */
            return true;
        }
        if (class == CLASS_DIGIT && !is_expanded && !listed && before != CLASS_DIGIT) {
            cursor->grouped = end_of_groups(text, start);
            if (cursor->at < cursor->grouped && is_comma(code_at(text, cursor->at)))
                token->end = cursor->at = character_at(text, cursor->at).end;
        }
        take_run(cursor, token, is_expanded);
        if (class == CLASS_DIGIT)
            token->joint = joint_at(cursor);
        else if (class == CLASS_SMALL_DIGIT)
            for (int i = 0; i < token->length; i++)
                cursor->token[i] = full_digit(cursor->token[i]);
        return true;
    }
    return false;
}
