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

/* Where the pointer to the node after this one stands, and to the one before; NULL: to the first, to the last. */
static inline struct list_node **list_after(struct list *list, struct list_node *node)
{
	return node ? &node->next : &list->first;
}

static inline struct list_node **list_before(struct list *list, struct list_node *node)
{
	return node ? &node->prev : &list->last;
}

/* The node, which is in no list, comes before `next`; NULL: last. */
static inline void list_insert(struct list *list, struct list_node *node, struct list_node *next)
{
	node->next = next;
	node->prev = *list_before(list, next);
	*list_after(list, node->prev) = *list_before(list, next) = node;
}

static inline void list_remove(struct list *list, struct list_node *node)
{
	*list_after(list, node->prev) = node->next;
	*list_before(list, node->next) = node->prev;
}
