/* Doubly linked lists through a node in what they hold. All zero is an empty list. */
#pragma once

#include "kernel/abi/types.h"
#include <stddef.h>

struct list_node {
	struct list_node *next, *prev; /* NULL: none */
};

struct list {
	struct list_node *first, *last;
};

/* What has the node as this member; NULL for NULL. */
#define list_owner(node, type, member)                                                             \
	({                                                                                         \
		struct list_node *owned = (node);                                                  \
		owned ? (type *)((char *)owned - offsetof(type, member)) : NULL;                   \
	})

/* The node, which is in no list, comes first. */
static inline void list_push(struct list *list, struct list_node *node)
{
	node->next = list->first;
	node->prev = NULL;
	*(list->first ? &list->first->prev : &list->last) = node;
	list->first = node;
}

/* Takes the first one out; there is one. */
static inline void list_pop(struct list *list)
{
	list->first = list->first->next;
	*(list->first ? &list->first->prev : &list->last) = NULL;
}

/* The node, which is in no list, comes before `next`; NULL: last. */
void list_insert(struct list *list, struct list_node *node, struct list_node *next);
void list_remove(struct list *list, struct list_node *node);
