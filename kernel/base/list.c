/* Doubly linked lists. */
#include "kernel/base/list.h"

/* Where the pointer to the node after this one stands, and to the one before; NULL: to the first,
 * to the last. */
static struct list_node **list_after(struct list *list, struct list_node *node)
{
	return node ? &node->next : &list->first;
}

static struct list_node **list_before(struct list *list, struct list_node *node)
{
	return node ? &node->prev : &list->last;
}

void list_insert(struct list *list, struct list_node *node, struct list_node *next)
{
	node->next = next;
	node->prev = *list_before(list, next);
	*list_after(list, node->prev) = *list_before(list, next) = node;
}

void list_remove(struct list *list, struct list_node *node)
{
	*list_after(list, node->prev) = node->next;
	*list_before(list, node->next) = node->prev;
}
