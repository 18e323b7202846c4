/* utf8.c - well-formed UTF-8: shortest forms, no surrogates (Unicode standard, table 3-7). */
#include "traces/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Bytes of the character that starts here; 0: ill-formed. */
static size_t character_length(const unsigned char *at, size_t left)
{
    unsigned lead = at[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] >= 0xa0) ||
        (lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] >= 0x90)) {
        return 0;
    }
    return length;
}

#define EVERY_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes that are all printable ASCII: none has its high bit, nor borrows it when 0x20 is
 * taken away, nor reaches it when one is added. */
static bool eight_are_plain(const unsigned char *at)
{
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    uint64_t high = eight | (eight - EVERY_BYTE(0x20)) | (eight + EVERY_BYTE(0x01));
    return (high & EVERY_BYTE(0x80)) == 0;
}

size_t utf8_text_length(const char *bytes, size_t length, int *characters)
{
    const unsigned char *text = (const unsigned char *)bytes;
    size_t at = 0;
    while (length - at >= 8 && eight_are_plain(text + at)) {
        at += 8;
    }
    while (at < length && text[at] >= 0x20 && text[at] < 0x7f) { /* nearly always all there is */
        at++;
    }
    *characters = (int)at;
    while (at < length) {
        size_t step = character_length(text + at, length - at);
        if (step == 0 || (text[at] < 0x20 && text[at] != '\t') || text[at] == 0x7f) {
            return at;
        }
        at += step;
        (*characters)++;
    }
    return at;
}
