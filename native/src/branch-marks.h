/* What a union file system wrote beside a name: its extended attributes. */
#pragma once

#include "../nsview.h"
#include "sink.h"

#include <stdbool.h>

/* Adds the marks that were asked for to a described entry, and their texts. False: these did not fit. */
bool add_marks(struct sink *texts, int dir, const char *name, int32_t asked, struct nsv_entry *entry);
