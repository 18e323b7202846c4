/* utf8.h - is this text? */
#ifndef TRACES_UTF8_H
#define TRACES_UTF8_H

#include <stddef.h>

/* Bytes up to the first that is neither UTF-8 nor a tab nor printable (a control byte, NUL
 * included); `characters` receives how many characters those are. */
size_t utf8_text_length(const char *bytes, size_t length, int *characters);

#endif
