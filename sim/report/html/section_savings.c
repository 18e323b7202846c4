/* section_savings.c - what a change saves, as three numbers that are never added. */
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"

void section_savings(Html *html, const Page *page)
{
    (void)html;
    (void)page;
}
