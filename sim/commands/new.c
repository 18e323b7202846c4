/* new.c - `gpuplan new`: a commented scenario to start from. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/diagnostic.h"
#include "core/embedded.h"
#include "sim/commands/commands.h"
#include "sim/commands/options.h"

#define TEMPLATES_MAX 128
#define STEM_BYTES 64 /* our own names, and a longer one is only cut in a hint */
#define FOLDER "scenarios/"

static const char HELP[] =
    "gpuplan new [TEMPLATE] - print a commented scenario to start from\n"
    "\n"
    "  gpuplan new > my.yaml          a small one that runs in a moment\n"
    "  gpuplan new --list             what else there is\n"
    "  gpuplan new NAME > NAME        a table that a template reads is printed by its name\n";

enum { OPTION_LIST = OPTION_FIRST };

static const OptionSpec OPTIONS[] = {
    {"list", 'l', NULL, "name the templates", OPTION_LIST},
    {NULL, 0, NULL, NULL, 0},
};

/* Templates and the tables that they read; the names without their folder. */
static int template_names(const char *names[TEMPLATES_MAX])
{
    int count = 0;
    for (const EmbeddedFile *file = EMBEDDED_FILES; file->path != NULL && count < TEMPLATES_MAX;
         file++) {
        if (strncmp(file->path, FOLDER, strlen(FOLDER)) == 0) {
            names[count++] = file->path + strlen(FOLDER);
        }
    }
    return count;
}

/* "starter" or "starter.yaml". */
static const EmbeddedFile *template_find(const char *name)
{
    for (const EmbeddedFile *file = EMBEDDED_FILES; file->path != NULL; file++) {
        if (strncmp(file->path, FOLDER, strlen(FOLDER)) != 0) {
            continue;
        }
        const char *known = file->path + strlen(FOLDER);
        size_t length = strlen(name);
        if (strncmp(known, name, length) == 0 &&
            (known[length] == '\0' || strcmp(known + length, ".yaml") == 0)) {
            return file;
        }
    }
    return NULL;
}

/* The shortest template that begins like this, else the nearest in spelling; without its ending,
 * which nobody types. NULL: none. */
static const char *template_nearest(const char *wanted, const char *const *names, int count,
                                    char stems[TEMPLATES_MAX][STEM_BYTES])
{
    const char *stem_of[TEMPLATES_MAX];
    const char *best = NULL;
    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        bool scenario = length > 5 && strcmp(names[i] + length - 5, ".yaml") == 0;
        snprintf(stems[i], STEM_BYTES, "%.*s", (int)(scenario ? length - 5 : length), names[i]);
        stem_of[i] = stems[i];
        if (wanted[0] != '\0' && strncmp(stems[i], wanted, strlen(wanted)) == 0 &&
            (best == NULL || strlen(stems[i]) < strlen(best))) {
            best = stems[i];
        }
    }
    return best != NULL ? best : nearest_name(wanted, stem_of, count);
}

Status command_new(int argc, char **argv)
{
    const char *names[TEMPLATES_MAX];
    int count = template_names(names);
    OptionParser parser;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    for (int id; (id = options_next(&parser)) != OPTION_DONE;) {
        if (id == OPTION_STOP) {
            return parser.status;
        }
        for (int i = 0; i < count; i++) {
            puts(names[i]);
        }
        return STATUS_OK;
    }
    if (parser.operand_count > 1) {
        return usage_error(argv[0], "expected one template, found %d", parser.operand_count);
    }
    const char *wanted = parser.operand_count == 1 ? parser.operands[0] : "starter";
    const EmbeddedFile *file = template_find(wanted);
    if (file == NULL) {
        char stems[TEMPLATES_MAX][STEM_BYTES];
        const char *nearest = template_nearest(wanted, names, count, stems);
        return usage_error(argv[0],
                           nearest == NULL ? "no template %s; --list names them%s"
                                           : "no template %s; did you mean %s?",
                           wanted, nearest == NULL ? "" : nearest);
    }
    fwrite(file->text, 1, file->size, stdout);
    return STATUS_OK;
}
